package bound

import "github.com/tidewheel/tidewheel/structured/types"

// AggregateFunction names a function of many rows.
type AggregateFunction string

// The aggregate functions. All but CountRows leave out rows whose argument is null.
const (
	CountRows AggregateFunction = "count(*)" // () bigint, never null
	Count     AggregateFunction = "count"    // (T) bigint, never null

	// Sum is (bigint) bigint, (double) double, (interval day to second) the same, or
	// (decimal(p,s)) a wider decimal of that scale; null without rows. A sum that leaves
	// the range is the error ARITHMETIC_OVERFLOW.
	Sum AggregateFunction = "sum"

	// Min and Max are (T) T, for an ordered T; null without rows. NaN is greater than
	// every other number.
	Min AggregateFunction = "min"
	Max AggregateFunction = "max"

	// First and Last are (T) T, null without rows: which row is first follows from the
	// order of the input's partitions.
	First AggregateFunction = "first"
	Last  AggregateFunction = "last"

	// CollectList and CollectSet are (T) array<T>, never null; the latter has equal
	// values once, in the order in which they come first.
	CollectList AggregateFunction = "collect_list"
	CollectSet  AggregateFunction = "collect_set"

	// BitAnd, BitOr and BitXor are (bigint) bigint; null without rows.
	BitAnd AggregateFunction = "bit_and"
	BitOr  AggregateFunction = "bit_or"
	BitXor AggregateFunction = "bit_xor"

	// Moments is (double) MomentsType: the number of values, their mean, and the sums of
	// the second to fourth powers of the distances from it. CoMoments is
	// (struct<x:double,y:double>) CoMomentsType: the number of pairs, both means, and the
	// sums of the products and of both squares of the distances. Neither is ever null.
	Moments   AggregateFunction = "moments"
	CoMoments AggregateFunction = "comoments"

	// Sketch is (T) binary: the registers of function.Observe for the hashes of the
	// values; null without rows.
	Sketch AggregateFunction = "sketch"
)

// MomentsType is the type of Moments.
func MomentsType() types.Type { return doubles("n", "mean", "m2", "m3", "m4") }

// CoMomentsType is the type of CoMoments.
func CoMomentsType() types.Type { return doubles("n", "x", "y", "xy", "xx", "yy") }

func doubles(names ...string) types.Type {
	fields := make([]types.Field, len(names))
	for i, name := range names {
		fields[i] = types.Nullable(name, types.Double)
	}
	return types.Struct(fields...)
}

// Aggregate is an aggregate function over an expression of the input. It is
// computed in steps: rows make a buffer, buffers merge, a buffer gives the result.
// A buffer is one column whose type is that of the result; a buffer of Count and
// CountRows starts at 0, of a function whose result is never null at what it is
// without rows, of the others at null.
type Aggregate struct {
	Function AggregateFunction
	Arg      Expr // nil for CountRows
	Of       types.Type

	User User // the function, if it is none of the library: its buffer is binary

	// Distinct says that the function stands for one over distinct values, which a query
	// over a stream cannot have.
	Distinct bool
}

// Nullable reports whether the result may be null.
func (a Aggregate) Nullable() bool {
	if a.User != nil {
		return false
	}
	switch a.Function {
	case CountRows, Count, CollectList, CollectSet, Moments, CoMoments:
		return false
	}
	return true
}

func (a Aggregate) String() string {
	if a.Arg == nil {
		return string(a.Function)
	}
	if a.Distinct {
		return string(a.Function) + "(distinct " + a.Arg.String() + ")"
	}
	return string(a.Function) + "(" + a.Arg.String() + ")"
}

// Order is one key of a sort.
type Order struct {
	Expr       Expr
	Descending bool
	NullsFirst bool
}

func (o Order) String() string {
	text := o.Expr.String() + " asc"
	if o.Descending {
		text = o.Expr.String() + " desc"
	}
	if o.NullsFirst {
		return text + " nulls first"
	}
	return text + " nulls last"
}
