package bound

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Expr is a value computed from one row. Its dynamic type is Column, Literal, Call,
// Lambda or Variable.
type Expr interface {
	Type() types.Type
	Nullable() bool // whether it may be null
	String() string // as in SQL, stable
}

// Column is the value in a column of the input.
type Column struct {
	Index int
	Field types.Field
}

// Literal is a constant. Value is nil for null, or of the Go type that package
// types lists.
type Literal struct {
	Value any
	Of    types.Type
}

// Call is a function applied to arguments.
type Call struct {
	Function Function
	Args     []Expr
	Of       types.Type // of the result

	// Zone is the IANA name of the session's time zone, for casts between string
	// and timestamp; "" otherwise.
	Zone string

	// Failure is what a value does for which the function has no result.
	Failure Failure

	User User // the function, if it is none of the library
}

// Failure is what becomes of a value for which a function has no result, such as a
// string that is no number, or a sum that overflows.
type Failure uint8

// The ways to fail.
const (
	Fail     Failure = iota // the query fails
	GiveNull                // the result is null: the try_ functions
	Wrap                    // what Spark does without ANSI mode: whole numbers wrap around, all else is null
)

// Type returns the column's type.
func (c Column) Type() types.Type { return c.Field.Type }

// Nullable reports whether the column may hold null.
func (c Column) Nullable() bool { return c.Field.Nullable }

func (c Column) String() string { return c.Field.Name }

// Type returns the literal's type.
func (l Literal) Type() types.Type { return l.Of }

// Nullable reports whether the literal is null.
func (l Literal) Nullable() bool { return l.Value == nil }

func (l Literal) String() string {
	switch value := l.Value.(type) {
	case nil:
		return "null"
	case string:
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	case float64:
		digits := strconv.FormatFloat(value, 'g', -1, 64)
		if value == math.Trunc(value) && !strings.ContainsAny(digits, "e.I") {
			digits += ".0" // not to be taken for a whole number
		}
		return digits
	case decimal128.Num:
		return string(text.AppendDecimal(nil, value, l.Of.Scale()))
	case []byte:
		return fmt.Sprintf("X'%X'", value)
	case types.CalendarInterval:
		return "interval '" + string(text.AppendCalendarInterval(nil, value)) + "'"
	case int32:
		switch l.Of.Kind() {
		case types.KindDate:
			return "date '" + string(text.AppendDate(nil, value)) + "'"
		case types.KindYearMonth:
			return string(text.AppendMonths(nil, value, l.Of))
		}
	case int64:
		switch l.Of.Kind() {
		case types.KindTimestamp:
			return "timestamp '" + time.UnixMicro(value).UTC().Format("2006-01-02T15:04:05.999999Z") + "'"
		case types.KindTimestampNTZ:
			return "timestamp_ntz '" + string(text.AppendClock(nil, value)) + "'"
		case types.KindDayTime:
			return string(text.AppendMicros(nil, value, l.Of))
		}
	}
	return fmt.Sprint(l.Value)
}

// Type returns the type of the result.
func (c Call) Type() types.Type { return c.Of }

// Nullable reports whether the result may be null: for most functions, whether an
// argument may be.
func (c Call) Nullable() bool {
	switch c.Function {
	case IsNull, IsNotNull, EqualNullSafe:
		return false
	case Field:
		return true
	}
	if c.User != nil || c.Failure != Fail || !strict(c.Function) {
		return true
	}
	for _, arg := range c.Args {
		if arg.Nullable() {
			return true
		}
	}
	return false
}

// PassesNull reports whether a function is known to be null where an argument is.
func (f Function) PassesNull() bool {
	switch f {
	case In, And, Or:
		return false
	}
	return strict(f)
}

// strict reports whether a function is null only where an argument is. Of the others
// that is not known.
func strict(function Function) bool {
	switch function {
	case Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, In, And, Or, Not, Add, Subtract, Multiply, Negate,
		Divide, Remainder, IntegralDivide, Cast, Lower, Upper, Trim, Length, Concat, Like, Split, WindowTime:
		return true
	}
	return false
}

func (c Call) String() string {
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = arg.String()
	}
	if c.Function == Cast && c.Failure == GiveNull {
		return "try_cast(" + args[0] + " as " + c.Of.String() + ")"
	}
	if c.Function == Cast {
		return "cast(" + args[0] + " as " + c.Of.String() + ")"
	}
	if index, ok := c.FieldIndex(); ok {
		return args[0] + "." + c.Args[0].Type().Fields()[index].Name
	}
	return Text(c.Function, args)
}

// Text is a function applied to arguments, as it is written in SQL.
func Text(function Function, args []string) string {
	switch {
	case isInfix(function) && len(args) == 2:
		return "(" + args[0] + " " + string(function) + " " + args[1] + ")"
	case function == Not && len(args) == 1:
		return "(not " + args[0] + ")"
	case function == IsNull && len(args) == 1:
		return "(" + args[0] + " is null)"
	case function == IsNotNull && len(args) == 1:
		return "(" + args[0] + " is not null)"
	case function == Negate && len(args) == 1:
		return "(- " + args[0] + ")"
	case function == In && len(args) > 0:
		return "(" + args[0] + " in (" + strings.Join(args[1:], ", ") + "))"
	}
	return string(function) + "(" + strings.Join(args, ", ") + ")"
}

func isInfix(function Function) bool {
	switch function {
	case Equal, NotEqual, EqualNullSafe, Less, LessEqual, Greater, GreaterEqual, And, Or,
		Add, Subtract, Multiply, Divide, Remainder, IntegralDivide, Like:
		return true
	}
	return false
}

// FieldIndex returns which field of its struct a call of Field takes, and false
// for other functions.
func (c Call) FieldIndex() (int, bool) {
	if c.Function != Field {
		return 0, false
	}
	index, ok := c.Args[1].(Literal).Value.(int32)
	return int(index), ok
}
