package dstream

import (
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// transform adds a stream whose batches are what the user's function makes of the
// parent's. The function runs in the session's loop; a panic fails the batch.
func transform[A, B any](parent *node, f func(made A, batch time.Time) B) *node {
	s := parent.session
	n := newNode(s, "transform", parent.slide, parent)
	n.build = func(tick int64) (made any, err error) {
		in, _, err := parent.at(tick)
		if err != nil {
			return nil, err
		}
		return protect(func() any { return f(in.(A), s.generator.time(tick)) })
	}
	return n
}

// protect calls a function of the user that makes a collection. A panic is an error,
// and so is a collection that can't be computed, such as a zero value.
func protect(f func() any) (made any, err error) {
	err = env.Protect(func() error {
		made = f()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, made.(interface{ Err() error }).Err()
}

// transformWith is transform for two parents of one slide.
func transformWith[A, B, C any](a, b *node, f func(A, B, time.Time) C) *node {
	s := a.session
	n := newNode(s, "transformWith", a.slide, a, b)
	sameSlide("TransformWith", a, b)
	n.build = func(tick int64) (made any, err error) {
		x, _, err := a.at(tick)
		if err != nil {
			return nil, err
		}
		y, _, err := b.at(tick)
		if err != nil {
			return nil, err
		}
		return protect(func() any { return f(x.(A), y.(B), s.generator.time(tick)) })
	}
	return n
}
