package rdd

import (
	"context"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/scheduler"
)

// Take returns the first n elements, or all if there are fewer. It runs a job over
// the first partition; if that is not enough, further ones over more and more
// partitions, as many as the density so far makes likely, but at most four times as
// many as were read.
func (r RDD[T]) Take(ctx context.Context, n int) ([]T, error) {
	return take(ctx, "Take", r.collection, n, takeChunks[T])
}

// First returns the first element, or ErrEmpty.
func (r RDD[T]) First(ctx context.Context) (T, error) {
	return first(ctx, r.collection, takeChunks[T])
}

// IsEmpty says whether there are no elements. It reads as little as Take(ctx, 1).
func (r RDD[T]) IsEmpty(ctx context.Context) (bool, error) {
	some, err := take(ctx, "IsEmpty", r.collection, 1, takeChunks[T])
	return len(some) == 0, err
}

// All iterates over the elements, partition by partition. Each partition is a job of
// its own and in memory while it is read. An error ends the sequence.
func (r RDD[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return all(ctx, r.collection, collectChunks[T])
}

// Take returns the first n pairs, as [RDD.Take] does.
func (p Pairs[K, V]) Take(ctx context.Context, n int) ([]Pair[K, V], error) {
	return take(ctx, "Take", p.collection, n, takeColumns[K, V])
}

// First returns the first pair, or ErrEmpty.
func (p Pairs[K, V]) First(ctx context.Context) (Pair[K, V], error) {
	return first(ctx, p.collection, takeColumns[K, V])
}

// IsEmpty says whether there are no pairs. It reads as little as Take(ctx, 1).
func (p Pairs[K, V]) IsEmpty(ctx context.Context) (bool, error) {
	some, err := take(ctx, "IsEmpty", p.collection, 1, takeColumns[K, V])
	return len(some) == 0, err
}

// All iterates over the pairs, as [RDD.All] does.
func (p Pairs[K, V]) All(ctx context.Context) iter.Seq2[Pair[K, V], error] {
	return all(ctx, p.collection, collectColumns[K, V])
}

// taking returns the first elements of a partition, at most limit.
type taking[C, E any] func(in iter.Seq2[C, error], limit int) ([]E, error)

func takeChunks[T any](in Chunks[T], limit int) ([]T, error) {
	var taken []T
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		taken = append(taken, chunk[:min(len(chunk), limit-len(taken))]...)
		if len(taken) == limit {
			break
		}
	}
	return taken, nil
}

func takeColumns[K comparable, V any](in KeyedChunks[K, V], limit int) ([]Pair[K, V], error) {
	var taken []Pair[K, V]
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		for i, key := range chunk.Keys[:min(len(chunk.Keys), limit-len(taken))] {
			taken = append(taken, Pair[K, V]{key, chunk.Values[i]})
		}
		if len(taken) == limit {
			break
		}
	}
	return taken, nil
}

// takeScale is how many times more partitions a round of take may read than all
// rounds before it.
const takeScale = 4

func take[C, E any](ctx context.Context, end string, c *collection[C], n int, f taking[C, E]) ([]E, error) {
	if err := prepare(ctx, end, c); err != nil {
		return nil, err
	}
	taken := []E{}
	for read := 0; read < c.partitions && len(taken) < n; {
		missing := n - len(taken)
		next := read + takeRound(read, len(taken), missing, c.partitions-read)
		parts, err := runPrepared(ctx, end, c, read, next, func(_ *scheduler.Task, _ int, in iter.Seq2[C, error]) ([]E, error) {
			return f(in, missing)
		})
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			taken = append(taken, part[:min(len(part), n-len(taken))]...)
		}
		read = next
	}
	return taken, nil
}

// takeRound is how many partitions to read next, after found elements in read
// partitions, with missing still wanted and left partitions unread.
func takeRound(read, found, missing, left int) int {
	if read == 0 {
		return 1
	}
	wanted := takeScale * read
	if found > 0 {
		likely := 1.5 * float64(missing) * float64(read) / float64(found)
		if likely < float64(wanted) {
			wanted = max(int(likely)+1, 1)
		}
	}
	return min(wanted, left)
}

func first[C, E any](ctx context.Context, c *collection[C], f taking[C, E]) (element E, err error) {
	some, err := take(ctx, "First", c, 1, f)
	switch {
	case err != nil:
		return element, err
	case len(some) == 0:
		return element, fmt.Errorf("rdd: First: %w", ErrEmpty)
	}
	return some[0], nil
}

func all[C, E any](ctx context.Context, c *collection[C], collect func(*scheduler.Task, int, iter.Seq2[C, error]) ([]E, error)) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		var none E
		if err := prepare(ctx, "All", c); err != nil {
			yield(none, err)
			return
		}
		for partition := range c.partitions {
			part, err := runPrepared(ctx, "All", c, partition, partition+1, collect)
			if err != nil {
				yield(none, err)
				return
			}
			for _, element := range part[0] {
				if !yield(element, nil) {
					return
				}
			}
		}
	}
}
