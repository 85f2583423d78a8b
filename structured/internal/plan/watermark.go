package plan

import (
	"fmt"
	"time"
)

// Watermark declares a column to be the event time, and counts rows where it
// stands.
type Watermark struct {
	Input  Node
	Column int // of the input
	Delay  time.Duration
}

// Output returns the input's columns, of which Column alone is the event time.
func (w *Watermark) Output() []Column {
	columns := append([]Column{}, w.Input.Output()...)
	for i := range columns {
		columns[i].EventTime = nil
	}
	columns[w.Column].EventTime = &EventTime{Delay: w.Delay}
	return columns
}

// Children returns the input.
func (w *Watermark) Children() []Node { return []Node{w.Input} }

// With returns the same on another input.
func (w *Watermark) With(children []Node) Node {
	return &Watermark{Input: children[0], Column: w.Column, Delay: w.Delay}
}

func (w *Watermark) String() string {
	return fmt.Sprintf("Watermark %s delay %s", w.Input.Output()[w.Column].Name, w.Delay)
}
