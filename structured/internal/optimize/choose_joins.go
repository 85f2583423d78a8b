package optimize

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/types"
)

// maxBroadcast is how many bytes a side of a join may have to be given to every
// partition of the other one: what Spark's autoBroadcastJoinThreshold is by default.
const maxBroadcast = 10 << 20

// chooseJoins lets each partition of one side of a join have the whole of the other one,
// where that is known to be small, or a hint asks for it: then the other side need not be
// exchanged by its keys. A side whose rows without partner are kept cannot be given to several.
func chooseJoins(sizes Sizes) rule {
	return func(root plan.Node) plan.Node {
		return plan.Rewrite(root, func(node plan.Node) plan.Node {
			join, ok := node.(*plan.Join)
			if !ok || join.Broadcast != plan.NoSide || plan.Streaming(join) {
				return node
			}
			if equalities, _ := join.Split(); len(equalities) == 0 {
				return node
			}
			side := sizes.broadcast(join)
			if side == plan.NoSide {
				return node
			}
			chosen := *join
			chosen.Broadcast = side
			return &chosen
		})
	}
}

// broadcast is the side of a join that is broadcast: one of those that hints ask for if there
// are any, else none if hints ask for a shuffle, else one that is small; of two the smaller.
func (s Sizes) broadcast(join *plan.Join) plan.Side {
	mayRight := !join.Kind.KeepsRight()
	mayLeft := join.Kind == physical.Inner || join.Kind == physical.RightOuter
	left, right := plan.StrategyOf(join.Left), plan.StrategyOf(join.Right)
	wantsLeft, wantsRight := mayLeft && left == plan.Broadcast, mayRight && right == plan.Broadcast
	switch {
	case wantsLeft && wantsRight:
		if s.bytesOr(join.Left, math.MaxInt64) < s.bytesOr(join.Right, math.MaxInt64) {
			return plan.LeftSide
		}
		return plan.RightSide
	case wantsLeft:
		return plan.LeftSide
	case wantsRight:
		return plan.RightSide
	case left == plan.Shuffle || right == plan.Shuffle:
		return plan.NoSide
	}
	side, least := plan.NoSide, int64(maxBroadcast)
	if bytes := s.bytesOr(join.Right, math.MaxInt64); mayRight && bytes <= least {
		side, least = plan.RightSide, bytes
	}
	if bytes := s.bytesOr(join.Left, math.MaxInt64); mayLeft && bytes < least {
		side = plan.LeftSide
	}
	return side
}

func (s Sizes) bytesOr(node plan.Node, otherwise int64) int64 {
	if bytes, ok := s.bytes(node); ok {
		return bytes
	}
	return otherwise
}

// bytes is how many bytes a table has: as many rows as it has at most, by a guess of how
// wide they are, or the bytes of the relations below it, by how much wider or narrower
// its rows are. As in Spark, a filter is taken to keep all rows. It is false if too little
// is known.
func (s Sizes) bytes(node plan.Node) (int64, bool) {
	width := rowWidth(node.Output())
	if rows, ok := mostRows(node); ok {
		return min(rows, maxBroadcast+1) * width, true
	}
	switch n := node.(type) {
	case *plan.Scan:
		if s == nil || n.Relation.Streaming {
			return 0, false
		}
		bytes, ok := s(n.Relation)
		return scaled(bytes, width, rowWidth(plan.NewScan(n.Relation).Output())), ok
	case *plan.Union:
		sum := int64(0)
		for _, input := range n.Inputs {
			bytes, ok := s.bytes(input)
			if !ok {
				return 0, false
			}
			sum += bytes
		}
		return sum, true
	case *plan.Join:
		if n.Kind.LeftOnly() {
			return s.bytes(n.Left)
		}
	case *plan.Filter, *plan.Project, *plan.Alias, *plan.Sort, *plan.Offset, *plan.Distinct, *plan.Deduplicate, *plan.Sample, *plan.Over, *plan.Aggregate:
		input := node.Children()[0]
		bytes, ok := s.bytes(input)
		return scaled(bytes, width, rowWidth(input.Output())), ok
	}
	return 0, false
}

// scaled is the size of a table whose rows change their width.
func scaled(bytes, width, before int64) int64 {
	return int64(float64(bytes) * float64(width) / float64(before))
}

// rowWidth is how many bytes a row has: a guess.
func rowWidth(columns []plan.Column) int64 {
	width := int64(8)
	for _, column := range columns {
		width += widthOf(column.Type)
	}
	return width
}

// mostRows is how many rows a table has at most.
func mostRows(node plan.Node) (rows int64, ok bool) {
	switch n := node.(type) {
	case *plan.Scan:
		return n.Relation.Rows, n.Relation.Rows > 0
	case *plan.Values:
		return int64(len(n.Rows)), true
	case *plan.Limit:
		if rows, ok = mostRows(n.Input); ok {
			return min(rows, n.N), true
		}
		return n.N, true
	case *plan.Aggregate:
		if rows, ok = mostRows(n.Input); len(n.Keys) == 0 {
			return 1, true
		}
		return rows, ok
	case *plan.Union:
		for _, input := range n.Inputs {
			more, ok := mostRows(input)
			if !ok {
				return 0, false
			}
			rows += more
		}
		return rows, true
	case *plan.Join:
		if n.Kind.LeftOnly() {
			return mostRows(n.Left)
		}
	case *plan.Filter, *plan.Project, *plan.Alias, *plan.Sort, *plan.Offset, *plan.Distinct, *plan.Deduplicate, *plan.Sample, *plan.Over:
		return mostRows(node.Children()[0])
	}
	return 0, false
}

func widthOf(t types.Type) int64 {
	switch t.Kind() {
	case types.KindString, types.KindBinary:
		return 32
	case types.KindArray, types.KindMap:
		return 256
	case types.KindStruct:
		width := int64(0)
		for _, field := range t.Fields() {
			width += widthOf(field.Type)
		}
		return width
	case types.KindDecimal:
		return 16
	}
	return 8
}
