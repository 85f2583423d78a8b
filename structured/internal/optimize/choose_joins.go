package optimize

import (
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/types"
)

// maxBroadcast is how many bytes a side of a join may have to be given to every
// partition of the other one: what Spark's autoBroadcastJoinThreshold is by default.
const maxBroadcast = 10 << 20

// chooseJoins lets each partition of one side of a join have the whole of the other one,
// where that is known to be small: then the larger side need not be exchanged by its
// keys. A side whose rows without partner are kept cannot be given to several.
func chooseJoins(root plan.Node) plan.Node {
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		join, ok := node.(*plan.Join)
		if !ok || join.Broadcast != plan.NoSide || plan.Streaming(join) {
			return node
		}
		if equalities, _ := join.Split(); len(equalities) == 0 {
			return node
		}
		side, least := plan.NoSide, int64(maxBroadcast)
		if bytes, ok := size(join.Right); ok && bytes <= least && !join.Kind.KeepsRight() {
			side, least = plan.RightSide, bytes
		}
		if bytes, ok := size(join.Left); ok && bytes < least && (join.Kind == physical.Inner || join.Kind == physical.RightOuter) {
			side = plan.LeftSide
		}
		if side == plan.NoSide {
			return node
		}
		chosen := *join
		chosen.Broadcast = side
		return &chosen
	})
}

// size is how many bytes a table has at most, by a guess of how wide values are. It is
// false if that is not known.
func size(node plan.Node) (int64, bool) {
	rows, ok := mostRows(node)
	width := int64(8)
	for _, column := range node.Output() {
		width += widthOf(column.Type)
	}
	return rows * width, ok && rows <= maxBroadcast
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
