package typed

import (
	"fmt"
	"iter"
	"runtime/debug"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// chunkSize is how many values of a partition's function are passed on together.
const chunkSize = 512

// MapPartitions is what do yields for the values of each partition.
//
// Rows are pushed, but do asks for them. So it runs as a coroutine, which is resumed for
// each chunk until it asks for more.
func MapPartitions[T, U any](f Flow[T], step string, do func(in iter.Seq[T], yield func(U) bool) error) Flow[U] {
	return Flow[U]{
		Steps: append(f.Steps[:len(f.Steps):len(f.Steps)], step),
		check: f.check,
		open: func(columns []types.Field, emit func([]U) error) (Sink, error) {
			p := &partition[T, U]{do: do, emit: emit}
			var err error
			p.input, err = f.open(columns, p.push)
			return p, err
		},
	}
}

// partition runs a function over the values of one partition after the other.
type partition[T, U any] struct {
	input Sink
	do    func(in iter.Seq[T], yield func(U) bool) error
	emit  func([]U) error

	resume func() (struct{}, bool) // until do wants a chunk; false when it has returned
	stop   func()
	chunk  []T
	ended  bool
	out    []U
	err    error // of do or emit
}

// Push implements Sink.
func (p *partition[T, U]) Push(b *vector.Batch) error { return p.input.Push(b) }

// End implements Sink.
func (p *partition[T, U]) End() error {
	if err := p.input.End(); err != nil {
		return err
	}
	p.begin()
	p.ended = true
	p.resume()
	p.stop()
	p.resume, p.ended = nil, false
	return p.err
}

// push lets do have a chunk. What do does not want is dropped.
func (p *partition[T, U]) push(rows []T) error {
	p.begin()
	p.chunk = rows
	p.resume()
	return p.err
}

// begin starts do, up to where it asks for the first chunk.
func (p *partition[T, U]) begin() {
	if p.resume != nil {
		return
	}
	p.out, p.err = p.out[:0], nil
	p.resume, p.stop = iter.Pull(p.run)
	p.resume()
}

// run is the coroutine. It yields to ask for a chunk.
func (p *partition[T, U]) run(ask func(struct{}) bool) {
	defer func() {
		if cause := recover(); cause != nil {
			p.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	in := func(yield func(T) bool) {
		for ask(struct{}{}) && !p.ended {
			for _, row := range p.chunk {
				if !yield(row) {
					return
				}
			}
		}
	}
	err := p.do(in, func(value U) bool {
		if p.out = append(p.out, value); len(p.out) >= chunkSize {
			p.flush()
		}
		return p.err == nil
	})
	if p.err == nil {
		p.err = err
	}
	p.flush()
}

func (p *partition[T, U]) flush() {
	if p.err == nil && len(p.out) > 0 {
		p.err = p.emit(p.out)
	}
	p.out = p.out[:0]
}
