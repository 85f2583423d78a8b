package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// stateless is the part of a machine without state: nothing happens at markers, and
// there is nothing to drop.
type stateless struct{}

func (stateless) Marker(int, Marker, Emit) error { return nil }
func (stateless) Close() error                   { return nil }

// filter passes on the rows for which its predicate is true, as a selection.
type filter struct {
	stateless
	predicate *eval.Program
	out       vector.Batch
}

func newFilter(predicate bound.Expr) (Machine, error) {
	program, err := eval.Compile(predicate)
	return &filter{predicate: program}, err
}

// Check implements Checking.
func (f *filter) Check(b *vector.Batch) error {
	_, err := f.predicate.Select(b)
	return err
}

func (f *filter) Push(_ int, b *vector.Batch, emit Emit) error {
	rows, err := f.predicate.Select(b)
	if err != nil || len(rows) == 0 {
		return err
	}
	f.out = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: rows}
	if len(rows) == b.Rows {
		f.out.Selection = nil
	}
	return emit(&f.out)
}
