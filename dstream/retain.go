package dstream

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"

	"github.com/tidewheel/tidewheel/internal/codec"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/rdd"
)

// retained keeps the elements of a stream's newest batches, for the windows over
// it. Each batch is computed once, when its tick comes, and stays as it was.
type retained[T any] struct {
	node    *node
	parent  *node
	codec   codec.Codec[T]
	place   func(T, int) int // the partition of an element among n; nil: as it was
	fixed   int              // the number of partitions; 0: the session's
	ticks   int64            // how many are kept
	windows [][2]int64       // length and slide of each window over it
	failed  *brokenError     // the newest batch that is missing
	newest  int64            // tick
	batches map[int64][][]T  // by tick and partition

	slices *remembered[T] // the same for Slice; nil for most
}

// retain adds the keeper of a stream's batches, which are of type rdd.RDD[T].
func retain[T any](parent *node) *retained[T] {
	s := parent.session
	k := &retained[T]{parent: parent, batches: map[int64][][]T{}}
	k.node = newNode(s, "retain", parent.slide, parent)
	k.node.keep, k.node.includes = k, k.includes
	if s.options.Checkpoint != "" {
		var err error
		if k.codec, err = codec.Of[T](); err != nil {
			s.mistake("Window", "with a checkpoint, the elements of a window are written to the log: %v", err)
		}
	}
	return k
}

// window makes the keeper hold what a window needs.
func (k *retained[T]) window(length, slide int64) {
	k.ticks = max(k.ticks, length)
	k.windows = append(k.windows, [2]int64{length, slide})
}

// includes says whether a window includes the batch of a tick, now or later.
func (k *retained[T]) includes(tick int64) bool {
	for _, w := range k.windows {
		length, slide := w[0], w[1]
		end := (tick + slide - 1) / slide * slide // of the first window that could
		if end-length < tick {
			return true
		}
	}
	return false
}

// union is the collection of all batches after one tick and up to another, oldest
// first.
func (k *retained[T]) union(after, to int64) (rdd.RDD[T], error) {
	batches, err := k.between(after, to)
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	return fromPartitions(k.node.session.scope, "window", slices.Concat(batches...)), nil
}

// between returns the batches after one tick and up to another, oldest first, each by
// partition.
func (k *retained[T]) between(after, to int64) ([][][]T, error) {
	if k.failed != nil && k.failed.tick > after {
		return nil, k.failed
	}
	var batches [][][]T
	for tick := after + 1; tick <= to; tick++ {
		if batch := k.batches[tick]; len(batch) > 0 {
			batches = append(batches, batch)
		}
	}
	return batches, nil
}

func (k *retained[T]) describe() string {
	return fmt.Sprintf("retain %d %s", k.ticks, reflect.TypeFor[T]())
}

func (k *retained[T]) size() (n int64) {
	for _, partitions := range k.batches { //det:unordered a sum
		for _, partition := range partitions {
			n += int64(len(partition))
		}
	}
	return n
}

// group is the key group, as far as the log goes, of a batch.
func (k *retained[T]) group(tick int64) int { return int(tick % keyed.Groups) }

func (k *retained[T]) advance(ctx context.Context, tick int64) ([]change, error) {
	partitions, err := k.compute(ctx, tick)
	if err != nil {
		k.failed = &brokenError{tick, err}
		return nil, err
	}
	k.put(tick, partitions)
	if k.node.session.journal == nil {
		return nil, nil
	}
	return []change{{group: k.group(tick), data: k.encode(nil, tick)}}, nil
}

func (k *retained[T]) compute(ctx context.Context, tick int64) ([][]T, error) {
	made, _, err := k.parent.at(tick)
	if err != nil {
		return nil, err
	}
	return collectPartitions(ctx, made.(rdd.RDD[T]))
}

// put adds a batch and drops those that no window reaches any more.
func (k *retained[T]) put(tick int64, partitions [][]T) {
	k.newest = max(k.newest, tick)
	k.batches[tick] = partitions
	k.slices.put(tick, partitions, k.newest-k.ticks)
	for old := range k.batches { //det:unordered deletes only
		if old <= k.newest-k.ticks {
			delete(k.batches, old)
		}
	}
}

// encode appends a batch: tick, number of partitions, and for each partition the
// number of elements and the elements.
func (k *retained[T]) encode(data []byte, tick int64) []byte {
	partitions := k.batches[tick]
	data = binary.AppendUvarint(data, uint64(tick))
	data = binary.AppendUvarint(data, uint64(len(partitions)))
	for _, partition := range partitions {
		data = binary.AppendUvarint(data, uint64(len(partition)))
		for i := range partition {
			data = k.codec.Append(data, &partition[i])
		}
	}
	return data
}

// Partitions implements snapshots.State: all batches are in one table.
func (k *retained[T]) Partitions() int { return 1 }

// Apply implements snapshots.State: a change is any number of encoded batches.
func (k *retained[T]) Apply(_ int, changes [][]byte) (err error) {
	for _, data := range changes {
		for err == nil && len(data) > 0 {
			data, err = k.decode(data)
		}
	}
	return err
}

func (k *retained[T]) decode(data []byte) (rest []byte, err error) {
	in := reading{data: data}
	tick, count := in.uvarint(), in.count()
	partitions := make([][]T, count)
	for p := range partitions {
		partitions[p] = make([]T, in.count())
		for i := range partitions[p] {
			if in.err == nil {
				in.data, in.err = k.codec.Decode(in.data, &partitions[p][i])
			}
		}
	}
	if in.err != nil {
		return nil, in.err
	}
	k.put(int64(tick), k.replace(partitions))
	return in.data, nil
}

// replace puts elements whose place depends on the number of partitions where they
// belong now.
func (k *retained[T]) replace(partitions [][]T) [][]T {
	n := k.node.session.partitionsOr(k.fixed)
	if k.place == nil || len(partitions) == n {
		return partitions
	}
	placed := make([][]T, n)
	for _, partition := range partitions {
		for _, element := range partition {
			p := k.place(element, n)
			placed[p] = append(placed[p], element)
		}
	}
	return placed
}

// Snapshot implements snapshots.State.
func (k *retained[T]) Snapshot(group int, w io.Writer) error {
	var data []byte
	for _, tick := range slices.Sorted(maps.Keys(k.batches)) {
		if k.group(tick) == group {
			data = k.encode(data, tick)
		}
	}
	_, err := w.Write(data)
	return err
}

// Restore implements snapshots.State.
func (k *retained[T]) Restore(group int, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return k.Apply(group, [][]byte{data})
}

// retainReduced is retainPairs for batches that were reduced into a fixed number of
// partitions, or that of the session if it is 0: the pairs stay in those of their keys.
func retainReduced[K comparable, V any](parent *node, fixed int) *retained[rdd.Pair[K, V]] {
	k := retainPairs[K, V](parent)
	k.fixed = fixed
	hash := keyed.HasherOf[K]()
	k.place = func(p rdd.Pair[K, V], n int) int { return keyed.Partition(hash(p.Key), n) }
	return k
}

// retainPairs is retain for batches of type rdd.Pairs[K, V].
func retainPairs[K comparable, V any](parent *node) *retained[rdd.Pair[K, V]] {
	return retain[rdd.Pair[K, V]](derive(parent, "pairs", func(r rdd.Pairs[K, V]) rdd.RDD[rdd.Pair[K, V]] { return r.Map(rdd.MakePair) }))
}
