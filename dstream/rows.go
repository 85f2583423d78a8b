package dstream

import (
	"sync"

	"github.com/tidewheel/tidewheel/rdd"
)

// rows counts the elements of a source in one batch. A partition that is computed
// again, by another output or after a failure, counts once.
type rows struct {
	mu         sync.Mutex //det:lock what follows
	partitions []int64
}

// counted is a collection that counts what is read of it.
func counted[T any](r rdd.RDD[T], into *rows) rdd.RDD[T] {
	return rdd.MapChunks(r, "count", func(task rdd.Task, in rdd.Chunks[T]) rdd.Chunks[T] {
		return func(yield func([]T, error) bool) {
			n := int64(0)
			defer func() { into.set(task.Partition(), n) }()
			for chunk, err := range in {
				n += int64(len(chunk))
				if !yield(chunk, err) {
					return
				}
			}
		}
	})
}

// set notes how many elements a partition had, as far as it was read.
func (r *rows) set(partition int, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.partitions) <= partition {
		r.partitions = append(r.partitions, 0)
	}
	r.partitions[partition] = max(r.partitions[partition], n)
}

// take returns the sum and begins anew.
func (r *rows) take() (sum int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.partitions {
		sum += n
	}
	r.partitions = r.partitions[:0]
	return sum
}
