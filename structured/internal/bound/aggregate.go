package bound

import "github.com/tidewheel/tidewheel/structured/types"

// AggregateFunction names a function of many rows.
type AggregateFunction string

// The aggregate functions. All but CountRows leave out rows whose argument is null.
const (
	CountRows AggregateFunction = "count(*)" // () bigint, never null
	Count     AggregateFunction = "count"    // (T) bigint, never null

	// Sum is (bigint) bigint or (double) double; null without rows. A sum of bigint
	// that leaves the range is the error ARITHMETIC_OVERFLOW.
	Sum AggregateFunction = "sum"

	// Min and Max are (T) T, for an ordered T; null without rows. NaN is greater than
	// every other number.
	Min AggregateFunction = "min"
	Max AggregateFunction = "max"
)

// Aggregate is an aggregate function over an expression of the input. It is
// computed in steps: rows make a buffer, buffers merge, a buffer gives the result.
// A buffer is one column whose type is that of the result; a buffer of Count and
// CountRows starts at 0, of the others at null.
type Aggregate struct {
	Function AggregateFunction
	Arg      Expr // nil for CountRows
	Of       types.Type
}

// Nullable reports whether the result may be null.
func (a Aggregate) Nullable() bool {
	return a.Function != CountRows && a.Function != Count
}

func (a Aggregate) String() string {
	if a.Arg == nil {
		return string(a.Function)
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
