package physical

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// JoinKind says which pairs and which single rows a join gives.
type JoinKind uint8

// The kinds. A row that is given without a partner has nulls in its place.
const (
	Inner      JoinKind = iota // pairs
	LeftOuter                  // pairs, and left rows without a partner
	RightOuter                 // pairs, and right rows without a partner
	FullOuter                  // pairs, and rows of either side without a partner
	LeftSemi                   // left rows with a partner, once and alone
	LeftAnti                   // left rows without a partner, alone
)

func (k JoinKind) String() string {
	return [...]string{"inner", "left outer", "right outer", "full outer", "left semi", "left anti"}[k]
}

// KeepsLeft reports whether left rows without a partner are given with nulls.
func (k JoinKind) KeepsLeft() bool { return k == LeftOuter || k == FullOuter }

// KeepsRight reports whether right rows without a partner are given with nulls.
func (k JoinKind) KeepsRight() bool { return k == RightOuter || k == FullOuter }

// LeftOnly reports whether the result has the left side's columns alone.
func (k JoinKind) LeftOnly() bool { return k == LeftSemi || k == LeftAnti }

// HashJoin pairs the rows of Left, input 0, with those of Right, input 1, whose keys
// are equal and for which Condition is true. A null key equals nothing, unless
// NullSafe says otherwise; NaN equals NaN.
//
// One side is made a table first, and each row of the other side looks its partners up.
// If an input is a Broadcast it is that one, and each partition of the other side has
// the same table; else both are exchanged by their keys, and the smaller one of each
// partition is taken. Rows come in the order of the side that looks up, the partners
// of one in the order of the table's side; rows of the table without a partner come at
// the end.
type HashJoin struct {
	Left, Right         Node
	Kind                JoinKind
	LeftKeys, RightKeys []bound.Expr // over the columns of their side; of equal types
	NullSafe            []bool       // as long as the keys: whether nulls are equal
	Condition           bound.Expr   // over the left columns and then the right ones; nil for none
}

// Schema returns the columns of both sides, or of the left one alone.
func (j *HashJoin) Schema() types.Schema {
	return JoinSchema(j.Left.Schema(), j.Right.Schema(), j.Kind)
}

// JoinSchema is the columns of a join of two tables.
func JoinSchema(left, right types.Schema, kind JoinKind) types.Schema {
	fields := append([]types.Field{}, left.Fields...)
	if kind.LeftOnly() {
		return types.Schema{Fields: fields}
	}
	fields = append(fields, right.Fields...)
	for i := range fields {
		if i < left.Len() && kind.KeepsRight() || i >= left.Len() && kind.KeepsLeft() {
			fields[i].Nullable = true
		}
	}
	return types.Schema{Fields: fields}
}

// Children returns the side that is read last and then the table's side.
func (j *HashJoin) Children() []Node {
	if j.BroadcastLeft() {
		return []Node{j.Right, j.Left}
	}
	return []Node{j.Left, j.Right}
}

// BroadcastLeft reports whether the left side is made the table that all partitions
// of the right side have.
func (j *HashJoin) BroadcastLeft() bool {
	_, ok := j.Left.(*Broadcast)
	return ok
}

func (j *HashJoin) String() string {
	text := "HashJoin " + joinText(j.Kind, j.LeftKeys, j.RightKeys, j.NullSafe, j.Condition)
	if j.BroadcastLeft() {
		text += ", left first"
	}
	return text
}

func joinText(kind JoinKind, left, right []bound.Expr, nullSafe []bool, condition bound.Expr) string {
	keys := make([]string, len(left))
	for i := range left {
		equal := "="
		if nullSafe[i] {
			equal = "<=>"
		}
		keys[i] = fmt.Sprintf("%s %s %s", left[i], equal, right[i])
	}
	text := fmt.Sprintf("%s [%s]", kind, strings.Join(keys, ", "))
	if condition != nil {
		text += " where " + condition.String()
	}
	return text
}

// Broadcast is a whole table, for each partition of what it is joined with.
type Broadcast struct{ Input Node }

// Schema returns the input's columns.
func (b *Broadcast) Schema() types.Schema { return b.Input.Schema() }

// Children returns the input.
func (b *Broadcast) Children() []Node { return []Node{b.Input} }

func (b *Broadcast) String() string { return "Broadcast" }
