package structured

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/callsite"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
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

var errOtherSession = errors.New("structured: the two tables are of different sessions; make both with the same one")

var errPivotOfSets = errors.New("structured: Pivot needs the groups of GroupBy, not of Rollup, Cube or GroupingSets")

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
	inputs    []*frame
	operation operation

	// place is the line of the program that made the frame, and what it called there.
	// It is found out only where it may be needed, since that takes microseconds.
	place string
}

// operation puts nodes upon plans.
type operation func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error)

// then returns the table that an operation makes of d.
func (d DataFrame) then(name string, do func(a analyze.Analyzer, input plan.Node) (plan.Node, error)) DataFrame {
	return d.with(name, nil, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) { return do(a, inputs[0]) })
}

// with returns the table that an operation makes of d and others. Two tables of
// different sessions have nothing to do with each other.
func (d DataFrame) with(name string, others []DataFrame, do operation) DataFrame {
	f := &frame{operation: do}
	for i, input := range append([]DataFrame{d}, others...) {
		switch {
		case f.err != nil:
		case input.frame == nil:
			f.place = place(name)
			f.err = f.mistake(errNoTable)
		case input.frame.err != nil:
			f.err = input.frame.err
		case i > 0 && input.frame.session != f.session:
			f.place = place(name)
			f.err = f.mistake(errOtherSession)
		default:
			f.session, f.inputs = input.frame.session, append(f.inputs, input.frame)
		}
	}
	f.start(name)
	return DataFrame{f}
}

// start carries the operation out, unless an input waits for its schema.
func (f *frame) start(name string) {
	if f.err != nil {
		return
	}
	nodes := make([]plan.Node, len(f.inputs))
	for i, input := range f.inputs {
		if nodes[i] = input.node; nodes[i] == nil {
			f.place = place(name)
			return
		}
	}
	var err error
	if f.node, err = f.operation(f.session.analyzer(), nodes); err != nil {
		f.place = place(name)
		f.node, f.err = nil, f.mistake(err)
	}
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

// analysis is a plan being made of frames.
type analysis struct {
	sources map[*plan.Relation]source.Source
	scans   map[*table]*plan.Scan // a table that is used twice is one relation
}

// analysed returns the logical plan and what its relations read.
func (d DataFrame) analysed(ctx context.Context) (plan.Node, map[*plan.Relation]source.Source, error) {
	if d.frame == nil {
		return nil, nil, errNoTable
	}
	a := &analysis{map[*plan.Relation]source.Source{}, map[*table]*plan.Scan{}}
	node, err := a.node(ctx, d.frame)
	return node, a.sources, err
}

func (a *analysis) node(ctx context.Context, f *frame) (plan.Node, error) {
	if f.err != nil {
		return nil, f.err
	}
	if f.table != nil {
		return a.scan(ctx, f)
	}
	inputs := make([]plan.Node, len(f.inputs))
	for i, input := range f.inputs {
		var err error
		if inputs[i], err = a.node(ctx, input); err != nil {
			return nil, err
		}
	}
	if f.node != nil {
		return f.node, nil
	}
	node, err := f.operation(f.session.analyzer(), inputs)
	if err != nil {
		return nil, f.mistake(err)
	}
	return node, nil
}

func (a *analysis) scan(ctx context.Context, f *frame) (plan.Node, error) {
	scan, ok := f.node.(*plan.Scan)
	if !ok {
		scan = a.scans[f.table]
	}
	if scan == nil {
		var err error
		if scan, err = f.table.scan(ctx); err != nil {
			return nil, f.mistake(err)
		}
		a.scans[f.table] = scan
	}
	a.sources[scan.Relation] = f.table.source
	return scan, nil
}

// physicalPlan returns the plan that computes the table, and its sources in the order
// of their numbers in physical.Scan; the first growing ones grow. A stream must be
// allowed in the output mode. now stands for the time in its expressions; random functions
// get their seeds.
func (d DataFrame) physicalPlan(ctx context.Context, mode physical.Mode, now bound.Expr) (root physical.Node, sources []source.Source, growing int, err error) {
	node, known, err := d.analysed(ctx)
	if err != nil {
		return nil, nil, 0, err
	}
	if err := analyze.Legal(node, mode); err != nil {
		return nil, nil, 0, err
	}
	node = plan.Rewrite(node, func(node plan.Node) plan.Node {
		return plan.MapExprs(node, func(expr bound.Expr) bound.Expr {
			return bound.Seed(bound.At(expr, now), d.session().seed)
		})
	})
	root, relations, err := planner.Plan(optimize.Optimize(node, d.frame.sizes(known)), mode)
	if err != nil {
		return nil, nil, 0, err
	}
	for _, relation := range relations {
		sources = append(sources, known[relation])
		if relation.Streaming {
			growing++
		}
	}
	return root, sources, growing, nil
}

// sizes asks sources how large they are, each once. One that cannot be asked says why when
// it is read.
func (f *frame) sizes(sources map[*plan.Relation]source.Source) optimize.Sizes {
	files := f.session.options.Env.FS()
	known := map[*plan.Relation]int64{}
	return func(relation *plan.Relation) (int64, bool) {
		sized, ok := sources[relation].(source.Sized)
		if !ok {
			return 0, false
		}
		bytes, asked := known[relation]
		if !asked {
			var err error
			if bytes, err = sized.Size(files); err != nil {
				bytes = -1
			}
			known[relation] = bytes
		}
		return bytes, bytes >= 0
	}
}

// sources are what the relations below f read, as far as these are known.
func (f *frame) sources() map[*plan.Relation]source.Source {
	known := map[*plan.Relation]source.Source{}
	var collect func(f *frame)
	collect = func(f *frame) {
		if scan, ok := f.node.(*plan.Scan); ok && f.table != nil {
			known[scan.Relation] = f.table.source
		}
		for _, input := range f.inputs {
			collect(input)
		}
	}
	collect(f)
	return known
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
