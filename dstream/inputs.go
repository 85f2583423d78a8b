package dstream

import (
	"time"

	"github.com/tidewheel/tidewheel/rdd"
)

// Input is a DStream or Pairs, for Session.Transform.
type Input interface{ stream() *node }

func (d DStream[T]) stream() *node { return d.node }

func (p Pairs[K, V]) stream() *node { return p.node }

// Inputs holds the collections that several streams have at one batch time.
type Inputs struct {
	time time.Time
	made map[*node]any
}

// Time is the batch's time.
func (in Inputs) Time() time.Time { return in.time }

// Of returns the batch of one of the streams. A stream that Transform was not given
// has none: the zero value, which can't be computed.
func (in Inputs) Of[T any](d DStream[T]) rdd.RDD[T] {
	r, _ := in.made[d.node].(rdd.RDD[T])
	return r
}

// OfPairs returns the batch of one of the streams of pairs; see Of.
func (in Inputs) OfPairs[K comparable, V any](p Pairs[K, V]) rdd.Pairs[K, V] {
	r, _ := in.made[p.node].(rdd.Pairs[K, V])
	return r
}

// Transform applies f to the batches that several streams have at one time. They must
// have one slide. For the rest see DStream.Transform.
func (s *Session) Transform[T any](f func(in Inputs) rdd.RDD[T], streams ...Input) DStream[T] {
	if len(streams) == 0 {
		s.mistake("Transform", "no stream is given")
		return DStream[T]{newNode(s, "transform", 1)}
	}
	parents := make([]*node, len(streams))
	for i, stream := range streams {
		parents[i] = stream.stream()
		sameSlide("Transform", parents[0], parents[i])
	}
	n := newNode(s, "transform", parents[0].slide, parents...)
	if f == nil {
		s.mistake("Transform", "the function is nil")
	}
	n.build = func(tick int64) (any, error) {
		in := Inputs{time: s.generator.time(tick), made: make(map[*node]any, len(parents))}
		for _, parent := range parents {
			made, _, err := parent.at(tick)
			if err != nil {
				return nil, err
			}
			in.made[parent] = made
		}
		return protect(func() any { return f(in) })
	}
	return DStream[T]{n}
}
