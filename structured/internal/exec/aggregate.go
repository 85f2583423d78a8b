package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// layout is how the groups of an aggregation are kept: by its event time, or by its
// first time window, if it has one.
func layout(keys []physical.Key, aggregates []bound.Aggregate, eventTime int, merge bool) state.Layout {
	l := state.Layout{Time: eventTime, Aggregates: aggregates, Merge: merge}
	for i, key := range keys {
		k := state.Key{Type: key.Type}
		if key.Window != nil {
			k.Window = key.Window.Size
			if l.Time < 0 {
				l.Time = i
			}
		}
		l.Keys = append(l.Keys, k)
	}
	return l
}

// arguments are the columns that an aggregation reads.
type arguments struct {
	programs []*eval.Program // nil for count(*)
	columns  []*vector.Column
}

func newArguments(exprs []bound.Expr) (arguments, error) {
	a := arguments{programs: make([]*eval.Program, len(exprs)), columns: make([]*vector.Column, len(exprs))}
	for i, expr := range exprs {
		if expr == nil {
			continue
		}
		var err error
		if a.programs[i], err = eval.Compile(expr); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a *arguments) eval(b *vector.Batch) (err error) {
	for i, program := range a.programs {
		if program == nil {
			continue
		}
		if a.columns[i], err = program.Run(b); err != nil {
			return err
		}
	}
	return nil
}

// columnsOf fills columns with those of a batch from one position on.
func columnsOf(columns []*vector.Column, b *vector.Batch, from int) {
	for i := range columns {
		columns[i] = &b.Columns[from+i]
	}
}
