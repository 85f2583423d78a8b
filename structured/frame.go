package structured

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/callsite"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/optimize"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/planner"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Error is a query that was refused: what it asks for makes no sense, cannot be done
// over a stream, or failed on a value. Its Condition is Spark's name for the reason.
type Error = fault.Error

var errNoTable = errors.New("structured: the zero DataFrame is no table; make one with Session.Read or Session.Stream")

// frame is a DataFrame: one operation upon another frame, or a table that is read.
// It is analysed when it is made, unless a source below must do I/O for its schema:
// then the operation is kept and analysed when the result is asked for. A frame is
// not changed once it is made.
type frame struct {
	session *Session
	node    plan.Node // nil after a mistake, and while it waits for a schema
	err     error     // the first mistake

	table     *table // what is read; nil for an operation
	input     *frame
	operation operation

	// place is the line of the program that made the frame, and what it called there.
	// It is found out only where it may be needed, since that takes microseconds.
	place string
}

// operation puts nodes upon a plan.
type operation func(a analyze.Analyzer, input plan.Node) (plan.Node, error)

// then returns the table that an operation makes of d.
func (d DataFrame) then(name string, do operation) DataFrame {
	if d.frame == nil {
		f := &frame{place: place(name)}
		f.err = f.mistake(errNoTable)
		return DataFrame{f}
	}
	f := &frame{session: d.frame.session, err: d.frame.err, input: d.frame, operation: do}
	switch {
	case f.err != nil:
	case d.frame.node == nil:
		f.place = place(name)
	default:
		var err error
		if f.node, err = do(f.session.analyzer(), d.frame.node); err != nil {
			f.place = place(name)
			f.node, f.err = nil, f.mistake(err)
		}
	}
	return DataFrame{f}
}

// place is where the program is now, in an operation of a DataFrame.
func place(operation string) string {
	return callsite.User() + ": " + operation
}

// mistake is err with the place where it was made.
func (f *frame) mistake(err error) error {
	if refused, ok := errors.AsType[*fault.Error](err); ok {
		placed := *refused
		placed.Place = f.place
		return &placed
	}
	return fmt.Errorf("%s: %w", f.place, err)
}

// analysed returns the logical plan and what its relations read.
func (d DataFrame) analysed(ctx context.Context) (plan.Node, map[*plan.Relation]source.Source, error) {
	if d.frame == nil {
		return nil, nil, errNoTable
	}
	sources := map[*plan.Relation]source.Source{}
	node, err := d.frame.analysed(ctx, sources)
	return node, sources, err
}

func (f *frame) analysed(ctx context.Context, sources map[*plan.Relation]source.Source) (plan.Node, error) {
	if f.err != nil {
		return nil, f.err
	}
	if f.table != nil {
		return f.scanned(ctx, sources)
	}
	input, err := f.input.analysed(ctx, sources)
	if err != nil || f.node != nil {
		return f.node, err
	}
	node, err := f.operation(f.session.analyzer(), input)
	if err != nil {
		return nil, f.mistake(err)
	}
	return node, nil
}

func (f *frame) scanned(ctx context.Context, sources map[*plan.Relation]source.Source) (plan.Node, error) {
	scan, ok := f.node.(*plan.Scan)
	if !ok {
		var err error
		if scan, err = f.table.scan(ctx); err != nil {
			return nil, f.mistake(err)
		}
	}
	sources[scan.Relation] = f.table.source
	return scan, nil
}

// physicalPlan returns the plan that computes the table, and its sources in the order
// of their numbers in physical.Scan. A stream must be allowed in the output mode.
func (d DataFrame) physicalPlan(ctx context.Context, mode physical.Mode) (physical.Node, []source.Source, error) {
	node, known, err := d.analysed(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := analyze.Legal(node, mode); err != nil {
		return nil, nil, err
	}
	root, relations, err := planner.Plan(optimize.Optimize(node), mode)
	if err != nil {
		return nil, nil, err
	}
	sources := make([]source.Source, len(relations))
	for i, relation := range relations {
		sources[i] = known[relation]
	}
	return root, sources, nil
}

// streaming reports whether the table grows.
func (d DataFrame) streaming(ctx context.Context) (bool, error) {
	node, _, err := d.analysed(ctx)
	if err != nil {
		return false, err
	}
	return plan.Streaming(node), nil
}

// session returns the session of the table, nil for the zero DataFrame.
func (d DataFrame) session() *Session {
	if d.frame == nil {
		return nil
	}
	return d.frame.session
}
