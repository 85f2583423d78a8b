package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/treeprint"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Node is an operator on tables. Its dynamic type is a pointer to one of the
// structs of this package.
type Node interface {
	// Output is the columns of the operator's result.
	Output() []Column

	// Children are the operator's inputs.
	Children() []Node

	// With is the same operator on other inputs, as many as Children gives and with
	// the same columns at the same positions.
	With(children []Node) Node

	// String is the operator alone, on one line.
	String() string
}

// Column is a column of an operator's result.
type Column struct {
	types.Field

	// Table is the name by which the column can be qualified; "" is none.
	Table string

	// Hidden is set on a column that can be named with its table only, and that no star
	// stands for: one that a join by name has put together with another.
	Hidden bool

	// Window is the grid of a column that is a time window, and nil for others.
	Window *bound.Window

	// Session is set on a column of spans that an aggregation by it puts together.
	Session bool

	// EventTime is set on the column by which a watermark is kept.
	EventTime *EventTime
}

// EventTime is what is known of an event-time column.
type EventTime struct {
	Delay time.Duration // how far rows may be behind the latest one
}

// EventTimeIn returns the position of the first column that is the event time, or -1.
func EventTimeIn(columns []Column) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.EventTime != nil })
}

// Schema returns the schema of columns.
func Schema(columns []Column) types.Schema {
	fields := make([]types.Field, len(columns))
	for i, column := range columns {
		fields[i] = column.Field
	}
	return types.Schema{Fields: fields}
}

// Tree prints a plan, one operator a line.
func Tree(root Node) string { return treeprint.Tree(root, Node.String, Node.Children) }

// Streaming reports whether a relation below root is unbounded.
func Streaming(root Node) bool {
	if scan, ok := root.(*Scan); ok {
		return scan.Relation.Streaming
	}
	for _, child := range root.Children() {
		if Streaming(child) {
			return true
		}
	}
	return false
}

// Rewrite rebuilds a plan from the relations up. f gets each operator with its
// inputs already rebuilt; it returns what stands in its place, or the operator
// itself. The result is root itself if nothing was replaced.
func Rewrite(root Node, f func(Node) Node) Node {
	children := root.Children()
	replaced := make([]Node, len(children))
	changed := false
	for i, child := range children {
		replaced[i] = Rewrite(child, f)
		changed = changed || replaced[i] != child
	}
	if changed {
		root = root.With(replaced)
	}
	return f(root)
}

// derive is the column that an expression over input gives under a name. A column
// passed on keeps what is known of it, and so does the time of a window.
func derive(expr bound.Expr, name string, input []Column) Column {
	column := Column{Field: types.Field{Name: name, Type: expr.Type(), Nullable: expr.Nullable()}}
	switch e := expr.(type) {
	case bound.Column:
		from := input[e.Index]
		column.Window, column.Session, column.EventTime = from.Window, from.Session, from.EventTime
		if from.Name == name {
			column.Table = from.Table
		}
	case bound.Call:
		if window, ok := windowTimeOf(e); ok {
			column.EventTime = input[window.Index].EventTime
		}
	}
	return column
}

// windowTimeOf returns the window column whose time e is.
func windowTimeOf(e bound.Call) (bound.Column, bool) {
	if e.Function != bound.WindowTime {
		return bound.Column{}, false
	}
	window, ok := e.Args[0].(bound.Column)
	return window, ok
}

func named(expr bound.Expr, name string) string {
	if expr.String() == name {
		return name
	}
	return expr.String() + " as " + name
}

func namedList(exprs []bound.Expr, names []string) string {
	texts := make([]string, len(exprs))
	for i, expr := range exprs {
		texts[i] = named(expr, names[i])
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
