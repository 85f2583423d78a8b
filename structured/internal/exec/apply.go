package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/typed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// apply runs functions of the program over rows.
type apply struct {
	sink typed.Sink
	emit Emit // of the call in progress
}

func newApply(node *physical.Apply) (Machine, error) {
	a := &apply{}
	var err error
	a.sink, err = node.Rows.Open(func(b *vector.Batch) error { return a.emit(b) })
	return a, err
}

func (a *apply) Push(_ int, b *vector.Batch, emit Emit) error {
	a.emit = emit
	return a.sink.Push(b)
}

func (a *apply) Marker(_ int, _ Marker, emit Emit) error {
	a.emit = emit
	return a.sink.End()
}

func (a *apply) Close() error { return nil }
