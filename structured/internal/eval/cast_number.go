package eval

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func longs(c *vector.Column) []int64     { return c.Longs }
func ints(c *vector.Column) []int32      { return c.Ints }
func smalls(c *vector.Column) []int16    { return c.Smalls }
func tinies(c *vector.Column) []int8     { return c.Tinies }
func doubles(c *vector.Column) []float64 { return c.Doubles }
func floats(c *vector.Column) []float32  { return c.Floats }

type whole interface{ int8 | int16 | int32 | int64 }

type float interface{ float32 | float64 }

// numbers converts between booleans and the numeric types.
func (c caster) numbers(from, to types.Type) castLoop {
	switch from.Kind() {
	case types.KindBoolean:
		return c.fromBool(to)
	case types.KindTinyint:
		return fromWhole(c, from, to, tinies)
	case types.KindSmallint:
		return fromWhole(c, from, to, smalls)
	case types.KindInt:
		return fromWhole(c, from, to, ints)
	case types.KindBigint:
		return fromWhole(c, from, to, longs)
	case types.KindFloat:
		return fromFloat(c, from, to, floats)
	case types.KindDouble:
		return fromFloat(c, from, to, doubles)
	case types.KindDecimal:
		return c.fromDecimal(from, to)
	}
	return nil
}

// direct is fixed for conversions that never fail: a plain loop over slices.
func direct[F, T any](from func(*vector.Column) []F, to func(*vector.Column) []T, convert func(F) T) castLoop {
	return func(out, in *vector.Column, n int, _ vector.Selection) *badValue {
		out.Resize(n)
		copyValid(out, in)
		values, results := from(in)[:n], to(out)[:n]
		for row, value := range values {
			results[row] = convert(value)
		}
		return nil
	}
}

func (c caster) fromBool(to types.Type) castLoop {
	return c.fixed(types.Boolean, to, func(out, in *vector.Column, row int) outcome {
		return putWhole(out, row, int64(in.Bools.Bit(row)))
	})
}

// putWhole writes a small whole number into a column of any numeric type.
func putWhole(out *vector.Column, row int, value int64) outcome {
	switch out.Type.Kind() {
	case types.KindTinyint:
		out.Tinies[row] = int8(value)
	case types.KindSmallint:
		out.Smalls[row] = int16(value)
	case types.KindInt:
		out.Ints[row] = int32(value)
	case types.KindBigint:
		out.Longs[row] = value
	case types.KindFloat:
		out.Floats[row] = float32(value)
	case types.KindDouble:
		out.Doubles[row] = float64(value)
	default:
		var ok bool
		out.Decimals[row], ok = decimal.Rescale(decimal.Of(value), 0, out.Type.Scale(), out.Type.Precision())
		return valid(ok)
	}
	return fine
}

func fromWhole[F whole](c caster, from, to types.Type, values func(*vector.Column) []F) castLoop {
	switch to.Kind() {
	case types.KindBoolean:
		return boolFrom(values)
	case types.KindTinyint:
		return narrow(c, from, to, values, tinies)
	case types.KindSmallint:
		return narrow(c, from, to, values, smalls)
	case types.KindInt:
		return narrow(c, from, to, values, ints)
	case types.KindBigint:
		return direct(values, longs, func(v F) int64 { return int64(v) })
	case types.KindFloat:
		return direct(values, floats, func(v F) float32 { return float32(v) })
	case types.KindDouble:
		return direct(values, doubles, func(v F) float64 { return float64(v) })
	case types.KindDecimal:
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome { return putWhole(out, row, int64(values(in)[row])) })
	}
	return nil
}

// narrow converts whole numbers; what does not fit wraps around.
func narrow[F, T whole](c caster, from, to types.Type, values func(*vector.Column) []F, results func(*vector.Column) []T) castLoop {
	return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
		value := values(in)[row]
		results(out)[row] = T(value)
		return fits(int64(T(value)) == int64(value))
	})
}

func fromFloat[F float](c caster, from, to types.Type, values func(*vector.Column) []F) castLoop {
	switch to.Kind() {
	case types.KindBoolean:
		return boolFrom(values)
	case types.KindTinyint:
		return cutFloat(c, from, to, values, tinies, math.MinInt8, math.MaxInt8)
	case types.KindSmallint:
		return cutFloat(c, from, to, values, smalls, math.MinInt16, math.MaxInt16)
	case types.KindInt:
		return cutFloat(c, from, to, values, ints, math.MinInt32, math.MaxInt32)
	case types.KindBigint:
		return cutFloat(c, from, to, values, longs, math.MinInt64, math.MaxInt64)
	case types.KindFloat:
		return direct(values, floats, func(v F) float32 { return float32(v) })
	case types.KindDouble:
		return direct(values, doubles, func(v F) float64 { return float64(v) })
	case types.KindDecimal:
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
			value := float64(values(in)[row])
			if math.IsNaN(value) || math.IsInf(value, 0) {
				out.SetNull(row) // with ANSI mode on as well, as in Spark
				return fine
			}
			var buffer [32]byte
			digits := text.AppendDouble(buffer[:0], value)
			number, inRange, ok := text.ParseDecimal(digits, to.Precision(), to.Scale())
			out.Decimals[row] = number
			return valid(ok && inRange)
		})
	}
	return nil
}

// cutFloat cuts fractions off. What is out of range becomes the nearest int or bigint,
// NaN 0, and of these the last bits remain.
func cutFloat[F float, T whole](c caster, from, to types.Type, values func(*vector.Column) []F, results func(*vector.Column) []T, least, greatest int64) castLoop {
	return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
		value := math.Trunc(float64(values(in)[row]))
		if value >= float64(least) && value < float64(greatest)+1 { // of bigint both are exact
			results(out)[row] = T(int64(value))
			return fine
		}
		saturated := saturate(value, math.MinInt32, math.MaxInt32)
		if to == types.Bigint {
			saturated = saturate(value, math.MinInt64, math.MaxInt64)
		}
		results(out)[row] = T(saturated)
		return wrapped
	})
}

func saturate(value float64, least, greatest int64) int64 {
	switch {
	case value != value:
		return 0
	case value <= float64(least):
		return least
	case value >= float64(greatest):
		return greatest
	}
	return int64(value)
}

func boolFrom[T whole | float](values func(*vector.Column) []T) castLoop {
	return func(out, in *vector.Column, n int, _ vector.Selection) *badValue {
		out.Resize(n)
		copyValid(out, in)
		for row, value := range values(in)[:n] {
			out.Bools.Put(row, value != 0)
		}
		return nil
	}
}

func (c caster) fromDecimal(from, to types.Type) castLoop {
	scale := from.Scale()
	convert := func(row int, in *vector.Column) (int64, bool) { return decimal.Whole(in.Decimals[row], scale) }
	switch to.Kind() {
	case types.KindBoolean:
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
			out.Bools.Put(row, in.Decimals[row].Sign() != 0)
			return fine
		})
	case types.KindTinyint:
		return cutDecimal(c, from, to, convert, tinies)
	case types.KindSmallint:
		return cutDecimal(c, from, to, convert, smalls)
	case types.KindInt:
		return cutDecimal(c, from, to, convert, ints)
	case types.KindBigint:
		return cutDecimal(c, from, to, convert, longs)
	case types.KindFloat:
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
			nearest, _ := new(big.Rat).SetFrac(in.Decimals[row].BigInt(), decimal128.GetScaleMultiplier(scale).BigInt()).Float32()
			out.Floats[row] = nearest
			return fine
		})
	case types.KindDouble:
		return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
			out.Doubles[row] = decimal.Float(in.Decimals[row], scale)
			return fine
		})
	case types.KindDecimal:
		return c.fixed(from, to, func(out, in *vector.Column, row int) (result outcome) {
			var ok bool
			out.Decimals[row], ok = decimal.Rescale(in.Decimals[row], scale, to.Scale(), to.Precision())
			return valid(ok)
		})
	}
	return nil
}

func cutDecimal[T whole](c caster, from, to types.Type, convert func(int, *vector.Column) (int64, bool), results func(*vector.Column) []T) castLoop {
	return c.fixed(from, to, func(out, in *vector.Column, row int) outcome {
		value, ok := convert(row, in)
		results(out)[row] = T(value)
		return fits(ok && int64(T(value)) == value)
	})
}

// bytesOfWhole writes whole numbers as their bytes, the highest first.
func bytesOfWhole(from types.Type) castLoop {
	return func(out, in *vector.Column, n int, selection vector.Selection) *badValue {
		stringRows(out, in, n, selection, func(row int) {
			switch from.Layout() {
			case types.Layout8:
				out.Bytes = append(out.Bytes, byte(in.Tinies[row]))
			case types.Layout16:
				out.Bytes = binary.BigEndian.AppendUint16(out.Bytes, uint16(in.Smalls[row]))
			case types.Layout32:
				out.Bytes = binary.BigEndian.AppendUint32(out.Bytes, uint32(in.Ints[row]))
			default:
				out.Bytes = binary.BigEndian.AppendUint64(out.Bytes, uint64(in.Longs[row]))
			}
		})
		return nil
	}
}
