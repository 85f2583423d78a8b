package structured

import (
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// JoinKind says which pairs of rows, and which single rows, a join gives.
type JoinKind struct{ kind physical.JoinKind }

// The kinds of joins. A row that is given without a partner has nulls in its place.
var (
	Inner      = JoinKind{physical.Inner}      // pairs
	LeftOuter  = JoinKind{physical.LeftOuter}  // pairs, and left rows without a partner
	RightOuter = JoinKind{physical.RightOuter} // pairs, and right rows without a partner
	FullOuter  = JoinKind{physical.FullOuter}  // pairs, and rows of either side without a partner
	LeftSemi   = JoinKind{physical.LeftSemi}   // left rows that have a partner, once and alone
	LeftAnti   = JoinKind{physical.LeftAnti}   // left rows that have none, alone
)

func (k JoinKind) String() string { return k.kind.String() }

// Join pairs the rows of this table, the left one, with those of b for which the
// condition is true. It names columns of both: where a name is in both tables, Alias
// them first and qualify it. A null equals nothing, unless compared by EqNull.
// Equalities between the two tables make a join fast; the other parts of the condition
// are tested on the pairs that they leave.
//
// A stream can be joined with a table that does not grow, as long as it is the side
// whose rows are kept: the table is read when the query starts, and kept. The order of
// the result is unspecified.
func (d DataFrame) Join(b DataFrame, on expr.Column, kind JoinKind) DataFrame {
	return d.with("Join", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Join(inputs[0], inputs[1], kind.kind, on.Syntax())
	})
}

// JoinUsing pairs the rows of this table with those of b that have equal values in
// the columns of these names. The result has those columns once, before the others.
func (d DataFrame) JoinUsing(b DataFrame, kind JoinKind, names ...string) DataFrame {
	return d.with("JoinUsing", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.JoinUsing(inputs[0], inputs[1], kind.kind, names)
	})
}

// CrossJoin pairs each row of this table with each of b.
func (d DataFrame) CrossJoin(b DataFrame) DataFrame {
	return d.with("CrossJoin", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Join(inputs[0], inputs[1], physical.Inner, nil)
	})
}
