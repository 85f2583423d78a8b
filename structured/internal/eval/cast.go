package eval

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// cast converts a column from one type to another.
type cast struct {
	call bound.Call
	arg  node
	loop castLoop
	out  vector.Column
}

// castLoop converts the rows of a selection, nulls to null, and fills out with n
// rows. It returns the first value that cannot be converted; if failures give null,
// there is none.
type castLoop func(out, in *vector.Column, n int, selection vector.Selection) *badValue

// badValue is a value that has no counterpart in a type.
type badValue struct {
	value    any
	from, to types.Type
}

// caster is what conversions depend on beside the types.
type caster struct {
	zone    *time.Location
	failure bound.Failure
}

func newCast(call bound.Call, arg node) (node, error) {
	from, to := call.Args[0].Type(), call.Of
	if from == to {
		return arg, nil
	}
	if from.Kind() == types.KindString && to.Kind() == types.KindString {
		return &relabel{arg: arg, of: to}, nil
	}
	zone, err := zoneOf(call)
	if err != nil {
		return nil, err
	}
	c := &cast{call: call, arg: arg, loop: caster{zone, call.Failure}.loop(from, to), out: vector.NewColumn(to)}
	if c.loop == nil {
		return nil, fmt.Errorf("compile %s: no cast from %s to %s", call, from, to)
	}
	return c, nil
}

// zoneOf returns the time zone of a call; it has one if it needs one.
func zoneOf(call bound.Call) (*time.Location, error) {
	if call.Zone == "" {
		return time.UTC, nil
	}
	zone, err := calendar.Zone(call.Zone)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", call, err)
	}
	return zone, nil
}

func (c *cast) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	in, err := c.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	c.out.Reset()
	if bad := c.loop(&c.out, in, b.Rows, selection); bad != nil {
		return nil, bad.failure(c.call)
	}
	return &c.out, nil
}

// relabel gives a column another collation, which its values do not tell.
type relabel struct {
	arg node
	of  types.Type
	out vector.Column
}

func (r *relabel) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	in, err := r.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	r.out = *in
	r.out.Type = r.of
	return &r.out, nil
}

func (v *badValue) failure(call bound.Call) error {
	switch value := v.value.(type) {
	case string:
		if v.to.Kind() == types.KindDecimal && isNumber(value) {
			return failure(NumericOutOfRange, call, fmt.Sprintf("%s does not fit a %s", value, v.to))
		}
		condition := CastInvalidInput
		switch v.to.Kind() {
		case types.KindYearMonth:
			condition = InvalidInterval
		case types.KindDayTime:
			condition = InvalidInterval + "_WITH_NOTICE"
		}
		return failure(condition, call, fmt.Sprintf("%q is no %s", value, v.to))
	default:
		condition := CastOverflow
		if v.to.Kind() == types.KindDecimal {
			condition = NumericOutOfRange
		}
		column := vector.NewColumn(v.from)
		_ = column.AppendValue(value) // which came out of a column of this type
		return failure(condition, call, fmt.Sprintf("%s is out of the range of %s", spelled(&column, 0), v.to))
	}
}

// spelled is a value as a cast to string in UTC writes it.
func spelled(c *vector.Column, row int) string {
	return string(caster{zone: time.UTC}.appender(c.Type)(nil, c, row))
}

// loop returns the loop for a pair of types, or nil.
func (c caster) loop(from, to types.Type) castLoop {
	switch {
	case from == to:
		return copyColumn
	case from == types.Void:
		return castNull
	case from.Kind() == types.KindString && to.Kind() == types.KindString,
		from == types.Binary && to.Kind() == types.KindString, from.Kind() == types.KindString && to == types.Binary:
		return copyColumn
	case to.Kind() == types.KindString:
		return c.toString(from)
	case from.Kind() == types.KindString:
		return c.fromString(to)
	case to == types.Binary && from.IsInteger():
		return bytesOfWhole(from)
	case from.IsNested() || to.IsNested():
		return c.nested(from, to)
	case from.IsTime() || to.IsTime():
		return c.times(from, to)
	case from.IsInterval() || to.IsInterval():
		return c.intervals(from, to)
	default:
		return c.numbers(from, to)
	}
}

// copyColumn is for types that differ in name only.
func copyColumn(out, in *vector.Column, n int, _ vector.Selection) *badValue {
	out.AppendRange(in, 0, n)
	return nil
}

func castNull(out, _ *vector.Column, n int, _ vector.Selection) *badValue {
	for range n {
		out.AppendNull()
	}
	return nil
}

// outcome says how the conversion of a value went.
type outcome int

const (
	fine    outcome = iota
	wrapped         // out of range; the value is what the old rules make of it
	bad
)

// fits is the outcome of a conversion that either works or has a wrapped value.
func fits(ok bool) outcome {
	if ok {
		return fine
	}
	return wrapped
}

// valid is the outcome of a conversion that either works or has no value.
func valid(ok bool) outcome {
	if ok {
		return fine
	}
	return bad
}

// fixed makes a loop of a conversion into fixed-width values: convert fills one row.
func (c caster) fixed(from, to types.Type, convert func(out, in *vector.Column, row int) outcome) castLoop {
	return func(out, in *vector.Column, n int, selection vector.Selection) (first *badValue) {
		out.Resize(n)
		copyValid(out, in)
		eachRow(n, selection, func(row int) {
			if in.IsNull(row) {
				return
			}
			switch result := convert(out, in, row); {
			case result == fine || result == wrapped && c.failure == bound.Wrap:
			case c.failure != bound.Fail:
				out.SetNull(row)
			case first == nil:
				first = &badValue{in.Value(row), from, to}
			}
		})
		return first
	}
}
