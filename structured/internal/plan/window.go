package plan

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Window gives one row for each time window that holds Time: the input's columns,
// then the window. A row whose Time is null gives none.
type Window struct {
	Input Node
	Time  bound.Expr // a timestamp, with or without time zone
	Grid  bound.Window
	Name  string
}

// Output returns the input's columns and the window, which is the event time if
// Time is.
func (w *Window) Output() []Column {
	input := w.Input.Output()
	window := derive(w.Time, w.Name, input)
	window.Field = types.Required(w.Name, types.WindowOf(w.Time.Type()))
	window.Table = ""
	window.Window = &w.Grid
	return append(append(make([]Column, 0, len(input)+1), input...), window)
}

// Children returns the input.
func (w *Window) Children() []Node { return []Node{w.Input} }

// With returns the same on another input.
func (w *Window) With(children []Node) Node {
	return &Window{Input: children[0], Time: w.Time, Grid: w.Grid, Name: w.Name}
}

func (w *Window) String() string {
	return "Window " + w.Time.String() + " by " + w.Grid.String() + " as " + w.Name
}
