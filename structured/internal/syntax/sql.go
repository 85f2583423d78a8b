package syntax

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Position is a place in a text of SQL: both count from 1, columns in characters.
// The zero Position is none.
type Position struct{ Line, Column int }

func (p Position) String() string { return fmt.Sprintf("line %d, column %d", p.Line, p.Column) }

// TypedLiteral is a constant whose value analysis finds, as it may depend on the
// session's time zone or on types: a number with a suffix, or text behind the name of
// a type.
type TypedLiteral struct {
	// Type is one of tinyint, smallint, float, decimal, date, timestamp, timestamp_ntz,
	// timestamp_ltz and binary, whose text is in hexadecimal digits.
	Type string
	Text string
}

// Interval is a constant span of time. Months and Microseconds are both 0 or of any
// sign; an interval that has units of both kinds is Mixed.
type Interval struct {
	Months       int64
	Microseconds int64
	First, Last  types.Unit // the greatest and the smallest unit that the text names
}

// Mixed reports whether the interval has both months and days or less.
func (i Interval) Mixed() bool { return i.First <= types.Month && i.Last > types.Month }

// Aliases names the columns of a generator, of which there may be several.
type Aliases struct {
	Arg   Node
	Names []string
}

// Index is an element of an array or a value of a map.
type Index struct{ Arg, Key Node }

// Lambda is a function as an argument.
type Lambda struct {
	Params []string
	Body   Node
}

// Subquery is the one value of a table of one column and at most one row.
type Subquery struct{ Query Query }

// Exists is whether a table has a row.
type Exists struct{ Query Query }

// InQuery is whether the values of Args are a row of a table.
type InQuery struct {
	Args  []Node
	Query Query
}

// Parameter is a value that the caller of the text gives.
type Parameter struct {
	Name string // ":name" is name, the n-th "?" is n from 0
	At   Position
}

// Over is the rows that a window function sees.
type Over struct {
	Name        string // of an entry of the WINDOW clause that it starts from; "" is none
	PartitionBy []Node
	OrderBy     []Node // of Order
	Frame       *Frame // nil: what follows from OrderBy
}

// Frame is a stretch of the rows of a partition around the current one.
type Frame struct {
	Rows     bool // count rows; else compare values of the sort key
	From, To Bound
}

// Bound is an end of a frame.
type Bound struct {
	Kind   BoundKind
	Offset Node // of Preceding and Following
}

// BoundKind tells bounds apart.
type BoundKind uint8

// The kinds of bounds, from first to last.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

func (l TypedLiteral) String() string {
	switch l.Type {
	case "date", "timestamp", "timestamp_ntz", "timestamp_ltz":
		return l.Type + " '" + l.Text + "'"
	case "binary":
		return "x'" + l.Text + "'"
	default:
		return l.Text
	}
}

func (i Interval) String() string {
	switch {
	case i.Last <= types.Month:
		return string(text.AppendMonths(nil, int32(i.Months), types.Interval(i.First, i.Last)))
	case i.First >= types.Day:
		return string(text.AppendMicros(nil, i.Microseconds, types.Interval(i.First, i.Last)))
	}
	return fmt.Sprintf("interval of %d months and %d microseconds", i.Months, i.Microseconds)
}

func (a Aliases) String() string {
	return a.Arg.String() + " as (" + strings.Join(a.Names, ", ") + ")"
}
func (i Index) String() string { return i.Arg.String() + "[" + i.Key.String() + "]" }
func (l Lambda) String() string {
	return "lambda(" + strings.Join(l.Params, ", ") + " -> " + l.Body.String() + ")"
}
func (Subquery) String() string    { return "scalarsubquery()" }
func (Exists) String() string      { return "exists()" }
func (i InQuery) String() string   { return "(" + List(i.Args) + " in (subquery))" }
func (p Parameter) String() string { return ":" + p.Name }

func (o Over) String() string {
	var parts []string
	if o.Name != "" {
		parts = append(parts, o.Name)
	}
	if len(o.PartitionBy) > 0 {
		parts = append(parts, "partition by "+List(o.PartitionBy))
	}
	if len(o.OrderBy) > 0 {
		parts = append(parts, "order by "+List(o.OrderBy))
	}
	if o.Frame != nil {
		parts = append(parts, o.Frame.String())
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func (f Frame) String() string {
	unit := "range"
	if f.Rows {
		unit = "rows"
	}
	return unit + " between " + f.From.String() + " and " + f.To.String()
}

func (b Bound) String() string {
	switch b.Kind {
	case UnboundedPreceding:
		return "unbounded preceding"
	case Preceding:
		return b.Offset.String() + " preceding"
	case CurrentRow:
		return "current row"
	case Following:
		return b.Offset.String() + " following"
	default:
		return "unbounded following"
	}
}

// Strings is a literal of text.
func Strings(value string) Literal { return Literal{Value: value, Of: types.String} }
