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
type Star struct{}

// Literal is a constant; see bound.Literal.
type Literal struct {
	Value any
	Of    types.Type
}

// Call is a function or operator by its SQL name, in lower case. Operators have the
// names that bound gives them.
type Call struct {
	Function string
	Args     []Node
}

// Cast is a conversion.
type Cast struct {
	Arg Node
	To  types.Type
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

// Invalid is what could not be written down, such as a literal of a type that has
// no counterpart. Analysis returns its message.
type Invalid struct{ Message string }

func (n Name) String() string    { return strings.Join(n.Parts, ".") }
func (Star) String() string      { return "*" }
func (l Literal) String() string { return bound.Literal(l).String() }
func (c Cast) String() string    { return "cast(" + c.Arg.String() + " as " + c.To.String() + ")" }
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

func (c Call) String() string {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = arg.String()
	}
	return bound.Text(bound.Function(c.Function), args)
}
