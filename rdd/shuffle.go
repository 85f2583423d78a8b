package rdd

import (
	"github.com/tidewheel/tidewheel/scheduler"
)

// A shuffle block of pairs is a []Columns[K, V], in the order in which the map task
// met them. Blocks stay typed in memory, and nobody changes them once written.

// shuffle makes a dependency that ends a stage and notes it in the node's scope.
func (n *node) shuffle(parent *node, reducers int, write func(*scheduler.Task, int) ([]any, error)) *scheduler.Shuffle {
	return &scheduler.Shuffle{ID: n.session.newShuffle(), Parent: parent, Reducers: reducers, Write: write}
}

// input is one side of an operation by key. If its partitions are those of the
// operation already it is read as it is, else through a shuffle.
type input[K comparable, V any] struct {
	parent  *collection[Columns[K, V]]
	shuffle *scheduler.Shuffle // nil: no shuffle
}

// plan settles how the input is read.
func (in *input[K, V]) plan(n *node, target Partitioner) scheduler.Dependency {
	if in.parent.partitioner.equal(target) {
		return scheduler.Narrow{Parent: in.parent.node}
	}
	in.shuffle = n.shuffle(in.parent.node, target.partitions, func(task *scheduler.Task, partition int) ([]any, error) {
		return splitColumns(in.parent.compute(task, partition), target)
	})
	return in.shuffle
}

func (in *input[K, V]) read(task *scheduler.Task, partition int) KeyedChunks[K, V] {
	if in.shuffle == nil {
		return in.parent.compute(task, partition)
	}
	return fetchColumns[K, V](task, in.shuffle, partition)
}

// splitColumns writes the blocks of a map task.
func splitColumns[K comparable, V any](in KeyedChunks[K, V], target Partitioner) ([]any, error) {
	split := newSplitter[K](target)
	outputs := make([]pieces[K, V], target.partitions)
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		if target.partitions == 1 && split.custom == nil {
			outputs[0].appendAll(chunk)
			continue
		}
		parts, err := split.split(chunk.Keys, nil)
		if err != nil {
			return nil, err
		}
		values := chunk.Values[:len(parts)]
		for i, key := range chunk.Keys[:len(parts)] {
			outputs[parts[i]].append(key, values[i])
		}
	}
	return blocksOf(outputs), nil
}

func blocksOf[K, V any](outputs []pieces[K, V]) []any {
	blocks := make([]any, len(outputs))
	for i := range outputs {
		if all := outputs[i].all(); len(all) > 0 {
			blocks[i] = all
		}
	}
	return blocks
}

// pieces collects pairs in slices that are never moved, each twice as long as the
// one before, up to a limit.
type pieces[K, V any] struct {
	full []Columns[K, V]
	open Columns[K, V]
}

const (
	firstPiece = 16
	lastPiece  = 1 << 15
)

func (p *pieces[K, V]) append(key K, value V) {
	if len(p.open.Keys) == cap(p.open.Keys) {
		p.extend(1)
	}
	p.open.Keys = append(p.open.Keys, key)
	p.open.Values = append(p.open.Values, value)
}

func (p *pieces[K, V]) appendAll(chunk Columns[K, V]) {
	for len(chunk.Keys) > 0 {
		room := cap(p.open.Keys) - len(p.open.Keys)
		if room == 0 {
			p.extend(len(chunk.Keys))
			continue
		}
		n := min(room, len(chunk.Keys))
		p.open.Keys = append(p.open.Keys, chunk.Keys[:n]...)
		p.open.Values = append(p.open.Values, chunk.Values[:n]...)
		chunk = Columns[K, V]{chunk.Keys[n:], chunk.Values[n:]}
	}
}

// extend opens the next piece, for at least n pairs.
func (p *pieces[K, V]) extend(n int) {
	size := max(firstPiece, n, min(2*cap(p.open.Keys), lastPiece))
	if len(p.open.Keys) > 0 {
		p.full = append(p.full, p.open)
	}
	p.open = Columns[K, V]{make([]K, 0, size), make([]V, 0, size)}
	p.open.Values = p.open.Values[:0:size]
	p.open.Keys = p.open.Keys[:0:size]
}

func (p *pieces[K, V]) all() []Columns[K, V] {
	if len(p.open.Keys) == 0 {
		return p.full
	}
	return append(p.full, p.open)
}

// fetchColumns reads what the map tasks wrote for a reducer.
func fetchColumns[K, V any](task *scheduler.Task, shuffle *scheduler.Shuffle, reducer int) KeyedChunks[K, V] {
	return func(yield func(Columns[K, V], error) bool) {
		for block, err := range task.Fetch(shuffle, reducer) {
			if err != nil {
				yield(Columns[K, V]{}, err)
				return
			}
			for _, piece := range block.([]Columns[K, V]) {
				if !yieldColumns(task, piece, yield) {
					return
				}
			}
		}
	}
}

// yieldColumns passes on columns in chunks and says whether more are wanted.
func yieldColumns[K, V any](task *scheduler.Task, all Columns[K, V], yield func(Columns[K, V], error) bool) bool {
	for len(all.Keys) > 0 {
		if err := task.Turn(); err != nil {
			yield(Columns[K, V]{}, err)
			return false
		}
		n := min(len(all.Keys), chunkLength)
		if !yield(Columns[K, V]{all.Keys[:n:n], all.Values[:n:n]}, nil) {
			return false
		}
		all = Columns[K, V]{all.Keys[n:], all.Values[n:]}
	}
	return true
}
