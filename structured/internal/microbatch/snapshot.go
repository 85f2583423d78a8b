package microbatch

import (
	"context"
	"path"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/internal/snapshots"
	"github.com/tidewheel/tidewheel/structured/internal/run"
)

// restore brings the state to that after the last batch that is done. State of
// operators that the query no longer has is dropped: checkState has seen to it that
// this is what was asked for.
func (e *engine) restore(ctx context.Context) error {
	if e.Dir == "" {
		return nil
	}
	e.snapshots = snapshots.New(e.Env, path.Join(e.Dir, "snap"), e.Log, e.Recovered)
	return e.snapshots.Restore(ctx, e.operators)
}

// operatorsOf are the operators of a program, for their snapshots.
func operatorsOf(p *run.Program) []snapshots.Operator {
	var list []snapshots.Operator
	for _, o := range p.Operators() {
		list = append(list, snapshots.Operator{Name: o.Name, Groups: keyed.Groups, State: o})
	}
	return list
}
