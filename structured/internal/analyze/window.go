package analyze

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// withWindow returns a binder for an operation on input with these expressions. If
// they use a time window or a session it is computed first, by a node of its own upon
// input.
func (a Analyzer) withWindow(input plan.Node, nodes ...syntax.Node) (plan.Node, *binder, error) {
	var window syntax.Node
	for _, node := range nodes {
		for part := range parts(node) {
			switch part.(type) {
			case syntax.Window, syntax.SessionWindow:
			default:
				continue
			}
			if window != nil && window.String() != part.String() {
				return nil, nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1039",
					"two different time windows in one operation: %s and %s; a row would be in every pair of them", window, part)
			}
			window = part
		}
	}
	var err error
	switch w := window.(type) {
	case nil:
		return input, a.binder(input), nil
	case syntax.Window:
		input, err = a.window(input, w)
	case syntax.SessionWindow:
		input, err = a.session(input, w)
	}
	if err != nil {
		return nil, nil, err
	}
	binder := a.binder(input)
	binder.window, binder.windowAt = window, len(binder.input)-1
	return input, binder, nil
}

// window computes the time windows of each row.
func (a Analyzer) window(input plan.Node, w syntax.Window) (plan.Node, error) {
	grid, err := gridOf(w)
	if err != nil {
		return nil, err
	}
	at, err := a.timeOf(input, w.Time)
	if err != nil {
		return nil, err
	}
	return &plan.Window{Input: input, Time: at, Grid: grid, Name: "window"}, nil
}

// session computes the span of each row that keeps its session open: until the gap is over.
// A gap that is a constant string is read now; whatever cannot be read or has no end fails
// the query, for a row must not be lost unseen.
func (a Analyzer) session(input plan.Node, w syntax.SessionWindow) (plan.Node, error) {
	at, err := a.timeOf(input, w.Time)
	if err != nil {
		return nil, err
	}
	gap, err := a.binder(input).bind(w.Gap)
	if err != nil {
		return nil, err
	}
	if literal, ok := gap.(bound.Literal); ok && literal.Of == types.String && literal.Value != nil {
		value, err := text.ParseCalendarInterval(literal.Value.(string))
		if err != nil {
			return nil, fault.Analysisf("CAST_INVALID_INPUT", "the gap %s of a session: %v; a length of time is written as '5 seconds'", literal, err)
		}
		gap = bound.Literal{Value: value, Of: types.Calendar}
	}
	strict := coerce.Session{Zone: a.Zone, ANSI: true}
	switch t := gap.Type(); {
	case t == types.Void:
		gap = strict.To(gap, types.Calendar)
	case t == types.String:
		gap = function.IntervalOf(gap)
	case t.Kind() != types.KindDayTime && t != types.Calendar:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
			"the gap of a session must be an interval or a string such as '5 seconds', but %s is %s", gap, t)
	}
	end, err := function.Arithmetic(strict, bound.Add, []bound.Expr{at, gap})
	return &plan.Session{Input: input, Time: at, End: end, Name: "session_window"}, err
}

// timeOf binds the time by which a row is placed in windows; that of a window is its
// last microsecond.
func (a Analyzer) timeOf(input plan.Node, node syntax.Node) (bound.Expr, error) {
	binder := a.binder(input)
	at, err := binder.bind(node)
	if err != nil {
		return nil, err
	}
	switch t := at.Type(); t {
	case types.Timestamp, types.TimestampNTZ:
		return at, nil
	case types.String, types.Date, types.Void:
		return binder.convert(at, types.Timestamp), nil
	default:
		if of, ok := windowed(t); ok {
			return bound.Call{Function: bound.WindowTime, Args: []bound.Expr{at}, Of: of}, nil
		}
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"a time window needs a timestamp or a window, but %s is %s", at, at.Type())
}

// windowed returns the type of the times of a window of type t.
func windowed(t types.Type) (types.Type, bool) {
	for _, of := range []types.Type{types.Timestamp, types.TimestampNTZ} {
		if t == types.WindowOf(of) {
			return of, true
		}
	}
	return types.Void, false
}

// gridOf checks the durations of a window.
func gridOf(w syntax.Window) (bound.Window, error) {
	for _, d := range []struct {
		name  string
		value time.Duration
		least time.Duration
	}{
		{"size", w.Size, 1}, {"slide", w.Slide, 1}, {"start", w.Start, w.Start},
	} {
		if d.value < d.least {
			return bound.Window{}, fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "%s: the %s must be positive, not %s", w, d.name, d.value)
		}
		if d.value%time.Microsecond != 0 {
			return bound.Window{}, fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
				"%s: the %s must be whole microseconds, not %s", w, d.name, d.value)
		}
	}
	if w.Slide > w.Size {
		return bound.Window{}, fault.Analysisf("DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION",
			"%s: the slide (%s) must not be longer than the size (%s)", w, w.Slide, w.Size)
	}
	if w.Start.Abs() >= w.Slide {
		return bound.Window{}, fault.Analysisf("DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION",
			"%s: the start (%s) must be shorter than the slide (%s)", w, w.Start, w.Slide)
	}
	return bound.Window{Size: w.Size.Microseconds(), Slide: w.Slide.Microseconds(), Start: w.Start.Microseconds()}, nil
}
