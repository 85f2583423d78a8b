package expr

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Eq is true where c equals x, null where one of them is null.
func (c Column) Eq(x any) Column { return c.binary(bound.Equal, x) }

// Ne is true where c differs from x, null where one of them is null.
func (c Column) Ne(x any) Column { return c.binary(bound.NotEqual, x) }

// EqNull is Eq with null equal to null and to nothing else: it is never null.
func (c Column) EqNull(x any) Column { return c.binary(bound.EqualNullSafe, x) }

// Lt is true where c is less than x. Strings compare by their bytes; NaN is greater
// than every other number.
func (c Column) Lt(x any) Column { return c.binary(bound.Less, x) }

// Le is true where c is less than or equal to x.
func (c Column) Le(x any) Column { return c.binary(bound.LessEqual, x) }

// Gt is true where c is greater than x.
func (c Column) Gt(x any) Column { return c.binary(bound.Greater, x) }

// Ge is true where c is greater than or equal to x.
func (c Column) Ge(x any) Column { return c.binary(bound.GreaterEqual, x) }

// Between is true where c is at least low and at most high.
func (c Column) Between(low, high any) Column { return c.Ge(low).And(c.Le(high)) }

// In is true where c equals one of values; where it does not, it is null if c or
// one of values is null.
func (c Column) In(values ...any) Column {
	args := []Column{c}
	for _, value := range values {
		args = append(args, Lit(value))
	}
	return call(string(bound.In), args...)
}

// And is true where both are; false and null is false.
func (c Column) And(x any) Column { return c.binary(bound.And, x) }

// Or is true where one of both is; true or null is true.
func (c Column) Or(x any) Column { return c.binary(bound.Or, x) }

// Not is true where c is false, null where it is null.
func (c Column) Not() Column { return c.unary(bound.Not) }

// IsNull is true where c is null, else false.
func (c Column) IsNull() Column { return c.unary(bound.IsNull) }

// IsNotNull is false where c is null, else true.
func (c Column) IsNotNull() Column { return c.unary(bound.IsNotNull) }

// Plus adds numbers. A result out of the type's range fails the query.
func (c Column) Plus(x any) Column { return c.binary(bound.Add, x) }

// Minus subtracts numbers. A result out of the type's range fails the query.
func (c Column) Minus(x any) Column { return c.binary(bound.Subtract, x) }

// Times multiplies numbers. A result out of the type's range fails the query.
func (c Column) Times(x any) Column { return c.binary(bound.Multiply, x) }

// Divide divides numbers; the result is a double, whatever they are. A divisor of
// zero fails the query.
func (c Column) Divide(x any) Column { return c.binary(bound.Divide, x) }

// Mod is the remainder, with the sign of c. A divisor of zero fails the query.
func (c Column) Mod(x any) Column { return c.binary(bound.Remainder, x) }

// Negate is the number with its sign changed.
func (c Column) Negate() Column { return c.unary(bound.Negate) }

// Like is true where the string matches the pattern: % stands for any string, _ for
// one character, and a backslash takes the meaning from the character after it.
func (c Column) Like(pattern string) Column { return c.binary(bound.Like, pattern) }

// Cast converts to another type. A value that has no counterpart there fails the
// query.
func (c Column) Cast(to types.Type) Column {
	return of(syntax.Cast{Arg: c.Syntax(), To: to})
}

// Field is a field of a struct.
func (c Column) Field(name string) Column {
	return of(syntax.Field{Arg: c.Syntax(), Name: name})
}

// As names the column.
func (c Column) As(name string) Column {
	return of(syntax.Alias{Arg: c.Syntax(), Name: name})
}

// Asc sorts by c, the smallest first and nulls before all.
func (c Column) Asc() Column { return c.order(false, true) }

// Desc sorts by c, the greatest first and nulls after all.
func (c Column) Desc() Column { return c.order(true, false) }

// NullsFirst sorts nulls before all else, in the direction that c has.
func (c Column) NullsFirst() Column { return c.order(c.descends(), true) }

// NullsLast sorts nulls after all else, in the direction that c has.
func (c Column) NullsLast() Column { return c.order(c.descends(), false) }

func (c Column) order(descending, nullsFirst bool) Column {
	arg := c.Syntax()
	if order, ok := arg.(syntax.Order); ok {
		arg = order.Arg
	}
	return of(syntax.Order{Arg: arg, Descending: descending, NullsFirst: nullsFirst})
}

func (c Column) descends() bool {
	order, ok := c.Syntax().(syntax.Order)
	return ok && order.Descending
}

func (c Column) unary(function bound.Function) Column {
	return call(string(function), c)
}

func (c Column) binary(function bound.Function, x any) Column {
	return call(string(function), c, Lit(x))
}
