package eval

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

const second = 1_000_000 // microseconds

// cast converts a column from one type to another. The loop sees only rows that
// count and are not null; ok = false means that the value cannot be converted.
type cast struct {
	call bound.Call
	arg  node
	loop castLoop
	out  vector.Column
}

// castLoop converts the rows of a selection; it returns the first row that cannot be
// converted, or -1.
type castLoop func(out, in *vector.Column, n int, selection vector.Selection) (bad int)

func newCast(call bound.Call, arg node) (node, error) {
	from, to := call.Args[0].Type(), call.Of
	if from == to {
		return arg, nil
	}
	location, err := time.LoadLocation(call.Zone)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", call, err)
	}
	c := &cast{call: call, arg: arg, loop: castOf(from.Kind(), to.Kind(), location), out: vector.NewColumn(to)}
	if c.loop == nil {
		return nil, fmt.Errorf("compile %s: no cast from %s to %s", call, from, to)
	}
	return c, nil
}

func (c *cast) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	in, err := c.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	c.out.Reset()
	if bad := c.loop(&c.out, in, b.Rows, selection); bad >= 0 {
		return nil, c.failure(in, bad)
	}
	return &c.out, nil
}

func (c *cast) failure(in *vector.Column, row int) error {
	value := in.Value(row)
	if text, ok := value.(string); ok {
		return failure(CastInvalidInput, c.call, fmt.Sprintf("%q is no %s", text, c.call.Of))
	}
	return failure(CastOverflow, c.call, fmt.Sprintf("%v is out of the range of %s", value, c.call.Of))
}

// castOf returns the loop for a pair of kinds, or nil.
func castOf(from, to types.Kind, zone *time.Location) castLoop {
	if from == types.KindVoid {
		return castNull
	}
	if to == types.KindString {
		return castToString(from, zone)
	}
	switch from {
	case types.KindString:
		return castFromString(to, zone)
	case types.KindBoolean:
		return castFromBool(to)
	case types.KindInt:
		return castFromWhole(to, ints)
	case types.KindBigint:
		return castFromWhole(to, longs)
	case types.KindDouble:
		return castFromDouble(to)
	case types.KindTimestamp:
		return castFromTimestamp(to)
	default:
		return nil
	}
}

func castNull(out, _ *vector.Column, n int, _ vector.Selection) int {
	for range n {
		out.AppendNull()
	}
	return -1
}

// fixed makes a loop of a conversion between fixed-width values.
func fixed[F, T any](values func(*vector.Column) []F, slice func(*vector.Column) []T, convert func(F) (T, bool)) castLoop {
	return func(out, in *vector.Column, n int, selection vector.Selection) int {
		out.Resize(n)
		copyValid(out, in)
		from, to := values(in), slice(out)
		bad := -1
		eachRow(n, selection, func(row int) {
			value, ok := convert(from[row])
			if !ok && bad < 0 && !in.IsNull(row) {
				bad = row
			}
			to[row] = value
		})
		return bad
	}
}

func longs(c *vector.Column) []int64     { return c.Longs }
func ints(c *vector.Column) []int32      { return c.Ints }
func doubles(c *vector.Column) []float64 { return c.Doubles }

// castFromWhole converts int and bigint.
func castFromWhole[T int32 | int64](to types.Kind, values func(*vector.Column) []T) castLoop {
	switch to {
	case types.KindBoolean:
		return boolFrom(values)
	case types.KindInt:
		return fixed(values, ints, func(v T) (int32, bool) { return int32(v), T(int32(v)) == v })
	case types.KindBigint:
		return fixed(values, longs, func(v T) (int64, bool) { return int64(v), true })
	case types.KindDouble:
		return fixed(values, doubles, func(v T) (float64, bool) { return float64(v), true })
	case types.KindTimestamp:
		return fixed(values, longs, func(v T) (int64, bool) { return int64(v) * second, int64(v)*second/second == int64(v) })
	default:
		return nil
	}
}

func castFromDouble(to types.Kind) castLoop {
	switch to {
	case types.KindBoolean:
		return boolFrom(doubles)
	case types.KindInt:
		return fixed(doubles, ints, func(v float64) (int32, bool) {
			return int32(v), v > math.MinInt32-1.0 && v < math.MaxInt32+1.0
		})
	case types.KindBigint:
		return fixed(doubles, longs, truncate)
	case types.KindTimestamp:
		return fixed(doubles, longs, func(v float64) (int64, bool) { return truncate(v * second) })
	default:
		return nil
	}
}

// truncate cuts the fraction off; ok is false for NaN and what is out of range.
func truncate(v float64) (whole int64, ok bool) {
	return int64(v), v >= math.MinInt64 && v < -math.MinInt64
}

func castFromTimestamp(to types.Kind) castLoop {
	switch to {
	case types.KindBigint:
		return fixed(longs, longs, func(v int64) (int64, bool) { return floorSeconds(v), true })
	case types.KindDouble:
		return fixed(longs, doubles, func(v int64) (float64, bool) { return float64(v) / second, true })
	default:
		return nil
	}
}

func floorSeconds(microseconds int64) int64 {
	seconds := microseconds / second
	if microseconds%second < 0 {
		seconds--
	}
	return seconds
}

func boolFrom[T int32 | int64 | float64](values func(*vector.Column) []T) castLoop {
	return func(out, in *vector.Column, n int, _ vector.Selection) int {
		out.Resize(n)
		copyValid(out, in)
		for row, value := range values(in)[:n] {
			out.Bools.Put(row, value != 0)
		}
		return -1
	}
}

func castFromBool(to types.Kind) castLoop {
	return func(out, in *vector.Column, n int, _ vector.Selection) int {
		out.Resize(n)
		copyValid(out, in)
		for row := range n {
			one := in.Bools.Bit(row)
			switch to {
			case types.KindInt:
				out.Ints[row] = int32(one)
			case types.KindBigint:
				out.Longs[row] = int64(one)
			case types.KindDouble:
				out.Doubles[row] = float64(one)
			}
		}
		return -1
	}
}

// castToString formats values as Spark does.
func castToString(from types.Kind, zone *time.Location) castLoop {
	var format func(dst []byte, in *vector.Column, row int) []byte
	switch from {
	case types.KindBoolean:
		format = func(dst []byte, in *vector.Column, row int) []byte { return strconv.AppendBool(dst, in.Bools.Get(row)) }
	case types.KindInt:
		format = func(dst []byte, in *vector.Column, row int) []byte {
			return strconv.AppendInt(dst, int64(in.Ints[row]), 10)
		}
	case types.KindBigint:
		format = func(dst []byte, in *vector.Column, row int) []byte { return strconv.AppendInt(dst, in.Longs[row], 10) }
	case types.KindDouble:
		format = func(dst []byte, in *vector.Column, row int) []byte { return appendDouble(dst, in.Doubles[row]) }
	case types.KindTimestamp:
		format = func(dst []byte, in *vector.Column, row int) []byte {
			return time.UnixMicro(in.Longs[row]).In(zone).AppendFormat(dst, "2006-01-02 15:04:05.999999")
		}
	default:
		return nil
	}
	return func(out, in *vector.Column, n int, selection vector.Selection) int {
		return stringRows(out, in, n, selection, func(row int) { out.Bytes = format(out.Bytes, in, row) })
	}
}

// stringRows builds a string column of n rows: those selected and not null by
// appending to out.Bytes, the others empty or null.
func stringRows(out, in *vector.Column, n int, selection vector.Selection, add func(row int)) int {
	out.Resize(n)
	copyValid(out, in)
	out.Bytes = out.Bytes[:0]
	out.Offsets[0] = 0
	at := 0
	eachRow(n, selection, func(row int) {
		for ; at < row; at++ {
			out.Offsets[at+1] = int32(len(out.Bytes))
		}
		if !in.IsNull(row) {
			add(row)
		}
		out.Offsets[row+1] = int32(len(out.Bytes))
		at = row + 1
	})
	for ; at < n; at++ {
		out.Offsets[at+1] = int32(len(out.Bytes))
	}
	return -1
}
