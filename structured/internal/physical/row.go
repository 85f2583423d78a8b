package physical

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Project computes one output column from each expression.
type Project struct {
	Input Node
	Exprs []bound.Expr
	Names []string // as long as Exprs
}

// Schema returns a column for each expression.
func (p *Project) Schema() types.Schema {
	fields := make([]types.Field, len(p.Exprs))
	for i, expr := range p.Exprs {
		fields[i] = types.Field{Name: p.Names[i], Type: expr.Type(), Nullable: expr.Nullable()}
	}
	return types.Schema{Fields: fields}
}

// Children returns the input.
func (p *Project) Children() []Node { return []Node{p.Input} }

func (p *Project) String() string {
	columns := make([]string, len(p.Exprs))
	for i, expr := range p.Exprs {
		columns[i] = named(expr.String(), p.Names[i])
	}
	return "Project [" + strings.Join(columns, ", ") + "]"
}

// named is "text as name", or text alone if it is the name.
func named(text, name string) string {
	if text == name {
		return text
	}
	return text + " as " + name
}

// Filter keeps the rows for which Predicate is true.
type Filter struct {
	Input     Node
	Predicate bound.Expr // boolean
}

// Schema returns the input's columns.
func (f *Filter) Schema() types.Schema { return f.Input.Schema() }

// Children returns the input.
func (f *Filter) Children() []Node { return []Node{f.Input} }

func (f *Filter) String() string { return "Filter " + f.Predicate.String() }

// Explode gives one row for each element of List: some columns of the input, and
// after them the element. A row whose list is null or empty gives none, unless Outer is
// set.
type Explode struct {
	Input Node
	List  bound.Expr // an array
	Keep  []int      // the input's columns that are passed on, ascending
	Name  string     // of the element's column

	Outer    bool   // give a row with nulls for a row whose list is null or empty
	Position string // the name of a column before the element with its place, from 0; "" is none
}

// Schema returns the kept columns and the element.
func (e *Explode) Schema() types.Schema {
	schema := e.Input.Schema().Select(e.Keep)
	if e.Position != "" {
		schema.Fields = append(schema.Fields, types.Nullable(e.Position, types.Int))
	}
	schema.Fields = append(schema.Fields, types.Nullable(e.Name, e.List.Type().Element()))
	return schema
}

// Children returns the input.
func (e *Explode) Children() []Node { return []Node{e.Input} }

func (e *Explode) String() string {
	kept := strings.Join(e.Input.Schema().Select(e.Keep).Names(), ", ")
	text := "Explode "
	if e.Outer {
		text += "outer "
	}
	if e.Position != "" {
		text += e.Position + ", "
	}
	return fmt.Sprintf("%s%s as %s [%s]", text, e.List, e.Name, kept)
}

// Window gives one row for each time window that holds Time: the input's columns,
// and after them the window. With a grid that tumbles that is one row; a row whose
// Time is null gives none. Windows of one row come in ascending order.
type Window struct {
	Input Node
	Time  bound.Expr // a timestamp, with or without time zone
	Grid  bound.Window
	Name  string // of the window's column
}

// Schema returns the input's columns and the window.
func (w *Window) Schema() types.Schema {
	input := w.Input.Schema()
	fields := append([]types.Field{}, input.Fields...)
	return types.Schema{Fields: append(fields, types.Required(w.Name, types.WindowOf(w.Time.Type())))}
}

// Children returns the input.
func (w *Window) Children() []Node { return []Node{w.Input} }

func (w *Window) String() string {
	return "Window " + named(fmt.Sprintf("%s by %s", w.Time, w.Grid), w.Name)
}

// Watermark passes its input on and keeps count of it: the number of rows and the
// greatest time seen tell how far event time has come.
type Watermark struct {
	Input  Node
	ID     int // which of the query's watermarks; from 0, in plan order
	Column int // of the input: a timestamp, or a time window, whose time is its end less 1 µs
	Delay  time.Duration
}

// Schema returns the input's columns.
func (w *Watermark) Schema() types.Schema { return w.Input.Schema() }

// Children returns the input.
func (w *Watermark) Children() []Node { return []Node{w.Input} }

func (w *Watermark) String() string {
	return fmt.Sprintf("Watermark %s delay %s", w.Schema().Fields[w.Column].Name, w.Delay)
}
