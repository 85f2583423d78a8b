package plan

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Aggregate groups rows by keys, nulls being equal, and gives each group's keys and
// then its results. Without keys there is one group, even without rows.
type Aggregate struct {
	Input    Node
	Keys     []bound.Expr
	KeyNames []string // as long as Keys

	Functions []bound.Aggregate
	Names     []string // as long as Functions
}

// Output returns the keys and the results.
func (a *Aggregate) Output() []Column {
	input := a.Input.Output()
	columns := make([]Column, 0, len(a.Keys)+len(a.Functions))
	for i, key := range a.Keys {
		column := derive(key, a.KeyNames[i], input)
		column.Session = false // it is put together
		columns = append(columns, column)
	}
	for i, function := range a.Functions {
		columns = append(columns, Column{Field: types.Field{
			Name: a.Names[i], Type: function.Of, Nullable: function.Nullable(),
		}})
	}
	return columns
}

// EventTime returns the position of the first key that is the event time, or -1.
func (a *Aggregate) EventTime() int { return EventTimeIn(a.Output()[:len(a.Keys)]) }

// Session returns the position of the key that is a session, or -1.
func (a *Aggregate) Session() int {
	input := a.Input.Output()
	return slices.IndexFunc(a.Keys, func(key bound.Expr) bool {
		column, ok := key.(bound.Column)
		return ok && input[column.Index].Session
	})
}

// Children returns the input.
func (a *Aggregate) Children() []Node { return []Node{a.Input} }

// With returns the same on another input.
func (a *Aggregate) With(children []Node) Node {
	return &Aggregate{Input: children[0], Keys: a.Keys, KeyNames: a.KeyNames, Functions: a.Functions, Names: a.Names}
}

func (a *Aggregate) String() string {
	functions := make([]string, len(a.Functions))
	for i, function := range a.Functions {
		functions[i] = function.String()
		if functions[i] != a.Names[i] {
			functions[i] += " as " + a.Names[i]
		}
	}
	return "Aggregate " + namedList(a.Keys, a.KeyNames) + " [" + strings.Join(functions, ", ") + "]"
}
