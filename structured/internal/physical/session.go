package physical

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Session gives each row the span from Time to End: the input's columns, and after them the
// span, as a time window is carried. A row whose Time or End is null, or whose End is not
// later, gives none.
type Session struct {
	Input Node
	Time  bound.Expr // a timestamp
	End   bound.Expr // of the same type
	Name  string     // of the span's column
}

// Schema returns the input's columns and the span.
func (s *Session) Schema() types.Schema {
	fields := slices.Clone(s.Input.Schema().Fields)
	return types.Schema{Fields: append(fields, types.Required(s.Name, types.WindowOf(s.Time.Type())))}
}

// Children returns the input.
func (s *Session) Children() []Node { return []Node{s.Input} }

func (s *Session) String() string {
	return "Session " + named(fmt.Sprintf("%s to %s", s.Time, s.End), s.Name)
}

// SessionAggregate merges the buffers of PartialAggregate where the keys other than
// the session are equal and the sessions, spans of time, overlap or touch. It gives
// the results when its input has ended.
type SessionAggregate struct {
	Input      Node  // keys, then buffers; exchanged by the keys other than the session
	Keys       []Key // the session among them, whose Window is nil
	At         int   // the position in Keys of the session
	Aggregates []bound.Aggregate
	Names      []string // of the results; as long as Aggregates
}

// Schema returns the keys and the results.
func (s *SessionAggregate) Schema() types.Schema {
	return aggregateSchema(s.Keys, s.Aggregates, s.Names)
}

// Children returns the input.
func (s *SessionAggregate) Children() []Node { return []Node{s.Input} }

func (s *SessionAggregate) String() string {
	return aggregateText("SessionAggregate", keyNames(s.Keys), s.Aggregates)
}

// StatefulSessions is SessionAggregate with sessions that are kept from batch to
// batch. In mode Append it gives those that the marker's watermark closes, at their
// ends, and forgets them; a span that the late mark closes is dropped and counted, also
// if it would touch a session that is open. In mode Complete it gives all sessions and
// forgets none.
type StatefulSessions struct {
	SessionAggregate
	Name string // by which its state is found again; unique in the plan
	Mode Mode
}

// StateName returns Name.
func (s *StatefulSessions) StateName() string { return s.Name }

// Expires implements Stateful.
func (s *StatefulSessions) Expires() bool { return s.Mode != Complete && Marked(s.Input) }

// Signature implements Stateful.
func (s *StatefulSessions) Signature() string {
	var text strings.Builder
	fmt.Fprintf(&text, "sessions %q keys%s at %d functions", s.Name, keySignature(s.Keys), s.At)
	for _, aggregate := range s.Aggregates {
		text.WriteString(functionSignature(aggregate))
	}
	return text.String()
}

func (s *StatefulSessions) String() string {
	return aggregateText("StatefulSessions "+s.Name, keyNames(s.Keys), s.Aggregates) + " " + s.Mode.String()
}
