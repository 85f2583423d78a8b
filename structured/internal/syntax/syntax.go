// Package syntax holds expressions as they are written: names that are not looked
// up yet, functions by their SQL name, no types but those of literals. Package expr
// makes them for users; package analyze turns them into package bound's.
//
// Nodes are plain immutable values. Each prints itself as SQL; that text is also
// the name of a column that was not given one.
package syntax

import (
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Node is an expression. Its dynamic type is one of the structs of this package.
type Node interface {
	String() string
}

// Name is a column, possibly qualified, possibly followed by the names of fields
// inside it: table.column.field.
type Name struct{ Parts []string }

// Star is all columns.
type Star struct {
	Table  []string   // of that table or struct alone, if not nil
	Except [][]string // but for these names
}

// Literal is a constant; see bound.Literal.
type Literal struct {
	Value any
	Of    types.Type
}

// Call is a function or operator by its SQL name, in lower case. Operators have the
// names that bound gives them. The fields after Args are for functions of many rows.
type Call struct {
	Function string
	Args     []Node
	User     bound.User // the function, if it is none of the engine's

	Distinct    bool   // equal arguments count once
	Filter      Node   // only rows for which it is true count, if not nil
	WithinGroup []Node // the order of WITHIN GROUP (ORDER BY …), of Order
	IgnoreNulls bool
	Over        *Over // the rows that a window function sees; nil for no window function
}

// Cast is a conversion.
type Cast struct {
	Arg Node
	To  types.Type
	Try bool // null instead of an error
}

// Field is a field of a struct.
type Field struct {
	Arg  Node
	Name string
}

// Alias names a column.
type Alias struct {
	Arg  Node
	Name string
}

// Order is a key of a sort.
type Order struct {
	Arg        Node
	Descending bool
	NullsFirst bool
}

// Window is the time windows that hold Time.
type Window struct {
	Time               Node
	Size, Slide, Start time.Duration
}

// SessionWindow is the span of time by which a row at Time keeps a session open: up to
// Time plus Gap, an interval or a string.
type SessionWindow struct{ Time, Gap Node }

// Invalid is what could not be written down, such as a literal of a type that has
// no counterpart. Analysis returns its message.
type Invalid struct {
	Condition string // Spark's name, or ""
	Message   string
}

func (n Name) String() string    { return strings.Join(n.Parts, ".") }
func (l Literal) String() string { return bound.Literal(l).String() }
func (f Field) String() string   { return f.Arg.String() + "." + f.Name }
func (a Alias) String() string   { return a.Arg.String() + " as " + a.Name }
func (i Invalid) String() string { return "invalid" }

func (o Order) String() string {
	direction := " asc"
	if o.Descending {
		direction = " desc"
	}
	if o.NullsFirst {
		return o.Arg.String() + direction + " nulls first"
	}
	return o.Arg.String() + direction + " nulls last"
}

func (w Window) String() string {
	text := "window(" + w.Time.String() + ", " + w.Size.String()
	if w.Slide != w.Size || w.Start != 0 {
		text += ", " + w.Slide.String()
	}
	if w.Start != 0 {
		text += ", " + w.Start.String()
	}
	return text + ")"
}

func (w SessionWindow) String() string {
	return "session_window(" + w.Time.String() + ", " + w.Gap.String() + ")"
}

func (c Call) String() string {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = arg.String()
	}
	if c.Distinct {
		args = []string{"distinct " + strings.Join(args, ", ")}
	}
	text := bound.Text(bound.Function(c.Function), args)
	if len(c.WithinGroup) > 0 {
		text += " within group (order by " + List(c.WithinGroup) + ")"
	}
	if c.Filter != nil {
		text += " filter (where " + c.Filter.String() + ")"
	}
	if c.IgnoreNulls {
		text += " ignore nulls"
	}
	if c.Over != nil {
		text += " over " + c.Over.String()
	}
	return text
}

func (s Star) String() string {
	text := strings.Join(append(append([]string{}, s.Table...), "*"), ".")
	if len(s.Except) == 0 {
		return text
	}
	names := make([]string, len(s.Except))
	for i, name := range s.Except {
		names[i] = strings.Join(name, ".")
	}
	return text + " except (" + strings.Join(names, ", ") + ")"
}

func (c Cast) String() string {
	if c.Try {
		return "try_cast(" + c.Arg.String() + " as " + c.To.String() + ")"
	}
	return "cast(" + c.Arg.String() + " as " + c.To.String() + ")"
}

// List is the text of several expressions.
func List(nodes []Node) string {
	texts := make([]string, len(nodes))
	for i, node := range nodes {
		texts[i] = node.String()
	}
	return strings.Join(texts, ", ")
}
