package eval

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// The conditions of errors that data can cause, as Spark names them.
const (
	ArithmeticOverflow       = "ARITHMETIC_OVERFLOW"
	BinaryArithmeticOverflow = "BINARY_ARITHMETIC_OVERFLOW" // of 8 and 16 bits
	DivideByZero             = "DIVIDE_BY_ZERO"
	CastOverflow             = "CAST_OVERFLOW"
	CastInvalidInput         = "CAST_INVALID_INPUT"
	NumericOutOfRange        = "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"
	InvalidPattern           = "INVALID_PARAMETER_VALUE.PATTERN"
	InvalidInterval          = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING"
)

// failure is an error of the data in one row: a *fault.Error with the condition and
// the expression in which it arose.
func failure(condition string, expr bound.Expr, message string) error {
	return fault.Runtimef(condition, "%s, in %s", message, expr)
}
