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
		err = env.Protect(func() error {
			made = f(in.(A), s.generator.time(tick))
			return nil
		})
		return made, err
	}
	return n
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
		err = env.Protect(func() error {
			made = f(x.(A), y.(B), s.generator.time(tick))
			return nil
		})
		return made, err
	}
	return n
}
