package bound

// Function names a scalar function. Unless it says otherwise, the result is null
// when an argument is null.
type Function string

// Comparisons: (T, T) boolean, for any ordered T. NaN equals NaN and is greater than every other
// number; -0.0 equals 0.0; strings compare by their bytes.
const (
	Equal         Function = "="
	NotEqual      Function = "<>"
	EqualNullSafe Function = "<=>" // true for two nulls, false for one; never null
	Less          Function = "<"
	LessEqual     Function = "<="
	Greater       Function = ">"
	GreaterEqual  Function = ">="

	// In is (T, T...) boolean: whether the first argument equals one of the others.
	// True if it does, else null if any argument is null, else false.
	In Function = "in"
)

// Logic in three values: boolean arguments and result.
const (
	And Function = "and" // false and null is false; the right side is evaluated only where the left is not false
	Or  Function = "or"  // true or null is true; the right side is evaluated only where the left is not true
	Not Function = "not"

	IsNull    Function = "isnull"    // (T) boolean, never null
	IsNotNull Function = "isnotnull" // (T) boolean, never null
)

// Arithmetic: (T, T) T, for any numeric T and intervals of one type, except where
// noted; decimals may differ in precision and scale, and the call's type is what the
// result is rounded to. A result outside of the range is the error
// ARITHMETIC_OVERFLOW, or NUMERIC_VALUE_OUT_OF_RANGE for decimals; Call.Failure has
// other ways.
const (
	Add      Function = "+"
	Subtract Function = "-"
	Multiply Function = "*"
	Negate   Function = "negative" // (T) T

	// Divide is (double, double) double, or of decimals. A divisor of 0 is the error DIVIDE_BY_ZERO.
	Divide Function = "/"

	// Remainder takes the sign of the dividend. A divisor of 0 is the error
	// DIVIDE_BY_ZERO.
	Remainder Function = "%"

	// IntegralDivide is (bigint, bigint) bigint, cut towards zero. A divisor of 0 is
	// the error DIVIDE_BY_ZERO.
	IntegralDivide Function = "div"
)

// Cast is (T) U, with U the type of the call. The pairs are: any type and itself;
// void to all; between booleans and all numbers (fractions are cut towards zero, but
// rounded for decimals; out of range or NaN is CAST_OVERFLOW, for decimals
// NUMERIC_VALUE_OUT_OF_RANGE); string to every type that is not nested (surrounding
// blanks are ignored; malformed is CAST_INVALID_INPUT), and every type to string;
// string and binary; whole numbers to binary; between dates and timestamps; timestamp
// to numbers (seconds, whole ones towards minus infinity) and numbers to timestamp;
// between intervals of one kind; between an interval of one unit and whole numbers or
// decimals; arrays, maps and structs part by part. Time zones are those of Call.Zone.
const Cast Function = "cast"

// Strings.
const (
	Lower  Function = "lower"  // (string) string
	Upper  Function = "upper"  // (string) string
	Trim   Function = "trim"   // (string) string: without the blanks (U+0020) at both ends
	Length Function = "length" // (string) int: in code points
	Concat Function = "concat" // (string...) string
	Like   Function = "like"   // (string, string) boolean: % any string, _ one character, \ escapes

	// Split is (string, string) array<string>: the first argument cut at every match
	// of the second, a regular expression. Empty pieces stay, those at the end too;
	// the empty string gives one empty piece.
	Split Function = "split"
)

// Structs and windows.
const (
	// Field is (struct, int literal) T: the field of that position. See
	// Call.FieldIndex.
	Field Function = "field"

	// WindowTime is (window) T: its end less one microsecond; T is the type of its end.
	WindowTime Function = "window_time"
)

// Choices, which evaluate an argument only for the rows that need it.
const (
	// Case is (boolean, T, boolean, T, …, T) T: the value behind the first condition
	// that is true, or the last one.
	Case Function = "case"

	// Coalesce is (T...) T: the first argument that is not null.
	Coalesce Function = "coalesce"
)
