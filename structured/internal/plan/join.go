package plan

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
)

// Join pairs the rows of Left with those of Right for which Condition is true; see
// physical.JoinKind for what each kind gives.
type Join struct {
	Left, Right Node
	Kind        physical.JoinKind
	Condition   bound.Expr // over the left columns and then the right ones; nil for none

	// Broadcast is the side that every partition of the other one is to have as a whole,
	// instead of an exchange of both by their keys.
	Broadcast Side
}

// Output returns the columns of both sides, or of the left one alone.
func (j *Join) Output() []Column {
	left := append([]Column{}, j.Left.Output()...)
	if j.Kind.LeftOnly() {
		return left
	}
	columns := append(left, j.Right.Output()...)
	for i, field := range physical.JoinSchema(Schema(left), Schema(j.Right.Output()), j.Kind).Fields {
		columns[i].Field = field
	}
	return columns
}

// Children returns the left side and the right one.
func (j *Join) Children() []Node { return []Node{j.Left, j.Right} }

// With returns the same of other inputs.
func (j *Join) With(children []Node) Node {
	join := *j
	join.Left, join.Right = children[0], children[1]
	return &join
}

func (j *Join) String() string {
	text := "Join " + j.Kind.String()
	if j.Condition != nil {
		text += " on " + j.Condition.String()
	}
	return text + [...]string{NoSide: "", LeftSide: ", broadcast left", RightSide: ", broadcast right"}[j.Broadcast]
}

// Equality is a part of a join's condition that two values are equal, one computed
// from each side.
type Equality struct {
	Left     bound.Expr // over the columns of the left side
	Right    bound.Expr // over those of the right side
	NullSafe bool       // whether nulls are equal
}

// Split takes the equalities between the sides out of the condition. rest, the
// remainder, is over the columns of both; it is nil if there is none.
func (j *Join) Split() (equalities []Equality, rest bound.Expr) {
	if j.Condition == nil {
		return nil, nil
	}
	for _, part := range bound.Conjuncts(j.Condition) {
		if equality, ok := j.equality(part); ok {
			equalities = append(equalities, equality)
		} else {
			rest = bound.Conjunction(rest, part)
		}
	}
	return equalities, rest
}

func (j *Join) equality(part bound.Expr) (Equality, bool) {
	call, ok := part.(bound.Call)
	if !ok || call.Function != bound.Equal && call.Function != bound.EqualNullSafe {
		return Equality{}, false
	}
	left, right := call.Args[0], call.Args[1]
	if j.SideOf(left) == RightSide {
		left, right = right, left
	}
	if j.SideOf(left) != LeftSide || j.SideOf(right) != RightSide {
		return Equality{}, false
	}
	return Equality{left, j.OnRight(right), call.Function == bound.EqualNullSafe}, true
}

// Side is which columns of a join an expression reads.
type Side uint8

// The sides.
const (
	NoSide Side = iota
	LeftSide
	RightSide
	BothSides
)

// SideOf says which side's columns an expression over both reads.
func (j *Join) SideOf(expr bound.Expr) Side {
	side, left := NoSide, len(j.Left.Output())
	bound.Walk(expr, func(c bound.Column) {
		if c.Index < left {
			side |= LeftSide
		} else {
			side |= RightSide
		}
	})
	return side
}

// OnRight makes an expression over both sides that reads only the right one an
// expression over the right one.
func (j *Join) OnRight(expr bound.Expr) bound.Expr {
	left := len(j.Left.Output())
	return bound.Map(expr, func(e bound.Expr) bound.Expr {
		if column, ok := e.(bound.Column); ok {
			column.Index -= left
			return column
		}
		return e
	})
}
