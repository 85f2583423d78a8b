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

// arguments are the columns that an operator reads.
type arguments struct {
	programs *eval.Programs
	columns  []*vector.Column // nil where there is no expression
}

func newArguments(exprs []bound.Expr) (arguments, error) {
	programs, err := eval.CompileAll(exprs)
	return arguments{programs: programs}, err
}

func (a *arguments) eval(b *vector.Batch) (err error) {
	a.columns, err = a.programs.Run(b)
	return err
}

// columnsOf fills columns with those of a batch from one position on.
func columnsOf(columns []*vector.Column, b *vector.Batch, from int) {
	for i := range columns {
		columns[i] = &b.Columns[from+i]
	}
}
