package analyze

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// withWindow returns a binder for an operation on input with these expressions. If
// they use a time window it is computed first, by a node of its own upon input.
func (a Analyzer) withWindow(input plan.Node, nodes ...syntax.Node) (plan.Node, *binder, error) {
	var window *syntax.Window
	for _, node := range nodes {
		for part := range parts(node) {
			found, ok := part.(syntax.Window)
			if !ok {
				continue
			}
			if window != nil && window.String() != found.String() {
				return nil, nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1039",
					"two different time windows in one operation: %s and %s; a row would be in every pair of them", window, found)
			}
			window = &found
		}
	}
	if window == nil {
		return input, a.binder(input), nil
	}
	grid, err := gridOf(*window)
	if err != nil {
		return nil, nil, err
	}
	at, err := a.timeOf(input, window.Time)
	if err != nil {
		return nil, nil, err
	}
	input = &plan.Window{Input: input, Time: at, Grid: grid, Name: "window"}
	binder := a.binder(input)
	binder.window, binder.windowAt = window, len(binder.input)-1
	return input, binder, nil
}

// timeOf binds the time by which a row is placed in windows; that of a window is its
// last microsecond.
func (a Analyzer) timeOf(input plan.Node, node syntax.Node) (bound.Expr, error) {
	binder := a.binder(input)
	at, err := binder.bind(node)
	if err != nil {
		return nil, err
	}
	switch at.Type() {
	case types.Timestamp:
		return at, nil
	case types.Window():
		return bound.Call{Function: bound.WindowTime, Args: []bound.Expr{at}, Of: types.Timestamp}, nil
	case types.String, types.Void:
		return binder.convert(at, types.Timestamp), nil
	}
	return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"a time window needs a timestamp or a window, but %s is %s", at, at.Type())
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
