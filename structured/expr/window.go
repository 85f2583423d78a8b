package expr

import (
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// SQL is an expression written as SQL, with a name if the text gives one: "a + 1 AS b".
// It knows every function of the engine. A mistake in the text is reported by the
// operation that gets it.
func SQL(text string) Column {
	node, err := sql.ParseExpression(text, sql.Given{})
	if err != nil {
		return of(syntax.Invalid{Condition: "PARSE_SYNTAX_ERROR", Message: err.Error()})
	}
	return of(node)
}

// WindowSpec says which rows a window function sees for a row: those of its partition,
// in an order, within a frame. It is made by PartitionBy or OrderBy.
type WindowSpec struct{ over syntax.Over }

// PartitionBy makes partitions of the rows with equal keys.
func PartitionBy[C Arg](keys ...C) WindowSpec {
	return WindowSpec{syntax.Over{PartitionBy: syntaxOf(Columns(keys...))}}
}

// OrderBy makes one partition of all rows, in an order.
func OrderBy[C Arg](keys ...C) WindowSpec { return WindowSpec{}.OrderBy(keys...) }

// OrderBy orders the rows of a partition: ascending with nulls first, unless Desc and
// the like say otherwise.
func (w WindowSpec) OrderBy[C Arg](keys ...C) WindowSpec {
	w.over.OrderBy = nil
	for _, key := range syntaxOf(Columns(keys...)) {
		if _, ok := key.(syntax.Order); !ok {
			key = syntax.Order{Arg: key, NullsFirst: true}
		}
		w.over.OrderBy = append(w.over.OrderBy, key)
	}
	return w
}

// Bound is an end of a frame.
type Bound struct{ bound syntax.Bound }

// The bounds that depend on no number. In a frame of values the current row stands for
// all rows that are equal in the order.
var (
	UnboundedPreceding = Bound{syntax.Bound{Kind: syntax.UnboundedPreceding}}
	CurrentRow         = Bound{syntax.Bound{Kind: syntax.CurrentRow}}
	UnboundedFollowing = Bound{syntax.Bound{Kind: syntax.UnboundedFollowing}}
)

// Preceding is so many rows, or so much less, than the current one: a number, or an
// interval as SQL("INTERVAL 1 HOUR").
func Preceding(by any) Bound { return offset(syntax.Preceding, by) }

// Following is so many rows, or so much more, than the current one.
func Following(by any) Bound { return offset(syntax.Following, by) }

func offset(kind syntax.BoundKind, by any) Bound {
	return Bound{syntax.Bound{Kind: kind, Offset: Lit(by).Syntax()}}
}

// Rows is a frame that counts rows.
func (w WindowSpec) Rows(from, to Bound) WindowSpec { return w.frame(true, from, to) }

// Range is a frame of the rows whose sort key is within these distances of the current
// row's. Without a frame it is the whole partition, or, in an order, all rows up to the
// current one and its equals.
func (w WindowSpec) Range(from, to Bound) WindowSpec { return w.frame(false, from, to) }

func (w WindowSpec) frame(rows bool, from, to Bound) WindowSpec {
	w.over.Frame = &syntax.Frame{Rows: rows, From: from.bound, To: to.bound}
	return w
}

// Over makes a window function of an aggregate function, or of one of those below. It
// may stand in Select, WithColumn and WithColumns over tables that do not grow.
func (c Column) Over(w WindowSpec) Column {
	call, ok := c.Syntax().(syntax.Call)
	if !ok {
		return of(syntax.Invalid{Message: c.String() + " is no function, and so none over a window"})
	}
	over := w.over
	call.Over = &over
	return of(call)
}

// RowNumber is the number of a row in the order of its partition, from 1.
func RowNumber() Column { return call("row_number") }

// Rank is 1 and the number of rows before this row and its equals.
func Rank() Column { return call("rank") }

// DenseRank is 1 and the number of different rows before this one.
func DenseRank() Column { return call("dense_rank") }

// PercentRank is (rank - 1) / (rows - 1), and 0 of one row.
func PercentRank() Column { return call("percent_rank") }

// CumeDist is the part of the rows up to the last of this row's equals.
func CumeDist() Column { return call("cume_dist") }

// Ntile is which of n parts of the partition a row is in, from 1; the first ones are
// longer by one.
func Ntile(n int) Column { return call("ntile", Lit(n)) }

// Lag is the value so many rows before this one, null where there is none.
func Lag[C Arg](c C, rows int) Column { return call("lag", columnOf(c), Lit(rows)) }

// Lead is the value so many rows behind this one, null where there is none.
func Lead[C Arg](c C, rows int) Column { return call("lead", columnOf(c), Lit(rows)) }

// First is the value of the first row, of a group or a frame.
func First[C Arg](c C) Column { return call("first", columnOf(c)) }

// Last is the value of the last row, of a group or a frame.
func Last[C Arg](c C) Column { return call("last", columnOf(c)) }

// NthValue is the value of the n-th row of a frame, from 1.
func NthValue[C Arg](c C, n int) Column { return call("nth_value", columnOf(c), Lit(n)) }

// CaseBuilder is a choice between values, which As, Else or any use of Column ends.
type CaseBuilder struct {
	Column
	args []Column
}

// When is the value where the condition is true, else null.
func When(condition Column, value any) CaseBuilder {
	return CaseBuilder{}.When(condition, value)
}

// When is the value where the condition is true and none before it.
func (b CaseBuilder) When(condition Column, value any) CaseBuilder {
	args := append(b.args[:len(b.args):len(b.args)], condition, Lit(value))
	return CaseBuilder{call("case", args...), args}
}

// Else is the value where no condition is true.
func (b CaseBuilder) Else(value any) Column {
	return call("case", append(b.args[:len(b.args):len(b.args)], Lit(value))...)
}

func syntaxOf(columns []Column) []syntax.Node {
	list := make([]syntax.Node, len(columns))
	for i, column := range columns {
		list[i] = column.Syntax()
	}
	return list
}
