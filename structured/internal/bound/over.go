package bound

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// WindowFunction is a function of a row and of the rows around it, in the order of
// its partition.
type WindowFunction struct {
	Kind WindowKind

	// Aggregate is the function of kind OverFrame; its argument is over the input.
	Aggregate Aggregate

	// Args are the arguments of the other kinds, over the input, as the kind says.
	Args []Expr

	IgnoreNulls bool  // of Lag, Lead, FirstValue, LastValue and NthValue
	Frame       Frame // of OverFrame, FirstValue, LastValue and NthValue
	Of          types.Type
}

// WindowKind tells window functions apart.
type WindowKind string

// The window functions. Rows that are equal in the order are peers.
const (
	RowNumber   WindowKind = "row_number"   // () int: from 1
	Rank        WindowKind = "rank"         // () int: 1 and the number of rows before the peers
	DenseRank   WindowKind = "dense_rank"   // () int: 1 and the number of different rows before
	PercentRank WindowKind = "percent_rank" // () double: (rank - 1) / (rows - 1), 0 of one row
	CumeDist    WindowKind = "cume_dist"    // () double: the part of the rows up to the last peer
	Ntile       WindowKind = "ntile"        // (int literal) int: which of so many parts, the first ones longer by one

	// Lag and Lead are (T, int literal, T) T: the first argument in the row so many
	// before or behind, or the third one if there is none.
	Lag  WindowKind = "lag"
	Lead WindowKind = "lead"

	FirstValue WindowKind = "first_value" // (T) T: in the first row of the frame
	LastValue  WindowKind = "last_value"  // (T) T: in the last row of the frame
	NthValue   WindowKind = "nth_value"   // (T, int literal) T: in the n-th row of the frame, from 1

	OverFrame WindowKind = "aggregate" // the aggregate of the rows of the frame
)

// Frame is which rows of a partition a function sees for a row, from one bound to
// another, both included.
type Frame struct {
	Rows     bool // bounds count rows; else they are values of the sort key, and peers belong together
	From, To FrameBound
}

// FrameBound is an end of a frame.
type FrameBound struct {
	// Unbounded is the start of the partition in From, and its end in To.
	Unbounded bool

	// Rows is how many rows behind the current one the bound is; negative is before it.
	Rows int64

	// Value, of a frame of values, is the sort key at the bound, computed from the
	// current row: its own key with an offset added. Nil is the current row's peers.
	Value Expr
}

func (w WindowFunction) String() string {
	text := string(w.Kind) + "(" + strings.Join(texts(w.Args), ", ") + ")"
	switch w.Kind {
	case OverFrame:
		text = w.Aggregate.String()
	case FirstValue, LastValue, NthValue:
	default:
		return text
	}
	return text + " " + w.Frame.String()
}

func texts(exprs []Expr) []string {
	list := make([]string, len(exprs))
	for i, expr := range exprs {
		list[i] = expr.String()
	}
	return list
}

func (f Frame) String() string {
	unit := "range"
	if f.Rows {
		unit = "rows"
	}
	return unit + " from " + f.From.text(f.Rows, "start") + " to " + f.To.text(f.Rows, "end")
}

func (b FrameBound) text(rows bool, unbounded string) string {
	switch {
	case b.Unbounded:
		return unbounded
	case rows:
		return strconv.FormatInt(b.Rows, 10)
	case b.Value != nil:
		return b.Value.String()
	}
	return "peers"
}

// OverText is how rows are partitioned and ordered.
func OverText(partitionBy []Expr, orderBy []Order) string {
	orders := make([]string, len(orderBy))
	for i, order := range orderBy {
		orders[i] = order.String()
	}
	return "partition by [" + strings.Join(texts(partitionBy), ", ") + "] order by [" + strings.Join(orders, ", ") + "]"
}

// MapExprs is the function with each of its expressions replaced by what f gives.
func (w WindowFunction) MapExprs(f func(Expr) Expr) WindowFunction {
	if w.Aggregate.Arg != nil {
		w.Aggregate.Arg = f(w.Aggregate.Arg)
	}
	args := make([]Expr, len(w.Args))
	for i, arg := range w.Args {
		args[i] = f(arg)
	}
	w.Args = args
	for _, bound := range []*FrameBound{&w.Frame.From, &w.Frame.To} {
		if bound.Value != nil {
			bound.Value = f(bound.Value)
		}
	}
	return w
}
