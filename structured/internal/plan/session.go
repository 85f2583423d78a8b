package plan

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Session gives each row the span of time that it keeps a session open: the input's
// columns, then the struct from Time to End. An aggregation by that column puts spans
// together that overlap or touch. A row whose Time or End is null, or whose End is not
// later than Time, is left out.
type Session struct {
	Input Node
	Time  bound.Expr // a timestamp, with or without time zone
	End   bound.Expr // of the type of Time, later by the gap after which a session ends
	Name  string
}

// Output returns the input's columns and the span, which is the event time if Time is.
func (s *Session) Output() []Column {
	input := s.Input.Output()
	span := derive(s.Time, s.Name, input)
	span.Field = types.Required(s.Name, types.WindowOf(s.Time.Type()))
	span.Table, span.Window, span.Session = "", nil, true
	return append(append(make([]Column, 0, len(input)+1), input...), span)
}

// Children returns the input.
func (s *Session) Children() []Node { return []Node{s.Input} }

// With returns the same on another input.
func (s *Session) With(children []Node) Node {
	return &Session{Input: children[0], Time: s.Time, End: s.End, Name: s.Name}
}

func (s *Session) String() string {
	return "Session " + s.Time.String() + " to " + s.End.String() + " as " + s.Name
}
