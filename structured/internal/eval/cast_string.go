package eval

import (
	"bytes"
	"strconv"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// fromString parses values, of which blanks around them are no part. What is no calendar
// interval is null, with ANSI mode on too.
func (c caster) fromString(to types.Type) castLoop {
	if to == types.Calendar {
		c.failure = bound.GiveNull
	}
	parse := c.parser(to)
	if parse == nil {
		return nil
	}
	return c.fixed(types.String, to, func(out, in *vector.Column, row int) outcome {
		return valid(parse(out, row, text.Trim(in.String(row))))
	})
}

// parser returns what parses one value into a row, or nil.
func (c caster) parser(to types.Type) func(out *vector.Column, row int, value []byte) (ok bool) {
	switch to.Kind() {
	case types.KindBoolean:
		return func(out *vector.Column, row int, value []byte) bool {
			truth, ok := text.ParseBool(value)
			out.Bools.Put(row, truth)
			return ok
		}
	case types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint:
		return func(out *vector.Column, row int, value []byte) bool {
			number, ok := text.ParseWhole(value)
			if !ok && c.failure == bound.Wrap {
				number, ok = wholePart(value)
			}
			return ok && putChecked(out, row, number) == fine
		}
	case types.KindFloat:
		return func(out *vector.Column, row int, value []byte) bool {
			number, ok := text.ParseFloat(value, 32)
			out.Floats[row] = float32(number)
			return ok
		}
	case types.KindDouble:
		return func(out *vector.Column, row int, value []byte) (ok bool) {
			out.Doubles[row], ok = text.ParseFloat(value, 64)
			return ok
		}
	case types.KindDecimal:
		return func(out *vector.Column, row int, value []byte) bool {
			number, inRange, ok := text.ParseDecimal(value, to.Precision(), to.Scale())
			out.Decimals[row] = number
			return ok && inRange
		}
	case types.KindDate:
		return func(out *vector.Column, row int, value []byte) (ok bool) {
			out.Ints[row], ok = text.ParseDate(value)
			return ok
		}
	case types.KindTimestamp:
		return func(out *vector.Column, row int, value []byte) (ok bool) {
			out.Longs[row], ok = text.ParseTimestamp(value, c.zone)
			return ok
		}
	case types.KindTimestampNTZ:
		return func(out *vector.Column, row int, value []byte) (ok bool) {
			out.Longs[row], ok = text.ParseClock(value)
			return ok
		}
	case types.KindYearMonth, types.KindDayTime:
		return func(out *vector.Column, row int, value []byte) bool {
			number, ok := text.ParseIntervalLiteral(string(value), to)
			if ok {
				putWhole64(out, row, number)
			}
			return ok
		}
	case types.KindCalendar:
		return func(out *vector.Column, row int, value []byte) bool {
			v, err := text.ParseCalendarInterval(string(value))
			out.SetInterval(row, v)
			return err == nil
		}
	}
	return nil
}

// wholePart is the number in front of a point and digits, which count for nothing with
// ANSI mode off.
func wholePart(value []byte) (number int64, ok bool) {
	whole, fraction, ok := bytes.Cut(value, []byte{'.'})
	if !ok || len(bytes.Trim(fraction, "0123456789")) > 0 {
		return 0, false
	}
	if len(fraction) > 0 && len(bytes.Trim(whole, "+-")) == 0 {
		return 0, true
	}
	return text.ParseWhole(whole)
}

// isNumber says whether a string that is no decimal is a number all the same.
func isNumber(value string) bool {
	_, _, ok := text.ParseDecimal(text.Trim([]byte(value)), types.MaxPrecision, 0)
	return ok
}

// toString writes values as text.
func (c caster) toString(from types.Type) castLoop {
	add := c.appender(from)
	return func(out, in *vector.Column, n int, selection vector.Selection) *badValue {
		stringRows(out, in, n, selection, func(row int) { out.Bytes = add(out.Bytes, in, row) })
		return nil
	}
}

// appender returns what appends a value that is not null as text.
func (c caster) appender(from types.Type) func(dst []byte, in *vector.Column, row int) []byte {
	switch from.Kind() {
	case types.KindBoolean:
		return func(dst []byte, in *vector.Column, row int) []byte { return strconv.AppendBool(dst, in.Bools.Get(row)) }
	case types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint:
		return func(dst []byte, in *vector.Column, row int) []byte {
			return strconv.AppendInt(dst, wholeAt(in, row), 10)
		}
	case types.KindFloat:
		return func(dst []byte, in *vector.Column, row int) []byte { return text.AppendFloat(dst, in.Floats[row]) }
	case types.KindDouble:
		return func(dst []byte, in *vector.Column, row int) []byte { return text.AppendDouble(dst, in.Doubles[row]) }
	case types.KindDecimal:
		return func(dst []byte, in *vector.Column, row int) []byte {
			return text.AppendDecimal(dst, in.Decimals[row], from.Scale())
		}
	case types.KindString, types.KindBinary:
		return func(dst []byte, in *vector.Column, row int) []byte { return append(dst, in.String(row)...) }
	case types.KindDate:
		return func(dst []byte, in *vector.Column, row int) []byte { return text.AppendDate(dst, in.Ints[row]) }
	case types.KindTimestamp:
		return func(dst []byte, in *vector.Column, row int) []byte {
			return text.AppendClock(dst, calendar.Clock(in.Longs[row], c.zone))
		}
	case types.KindTimestampNTZ:
		return func(dst []byte, in *vector.Column, row int) []byte { return text.AppendClock(dst, in.Longs[row]) }
	case types.KindYearMonth:
		return func(dst []byte, in *vector.Column, row int) []byte { return text.AppendMonths(dst, in.Ints[row], from) }
	case types.KindDayTime:
		return func(dst []byte, in *vector.Column, row int) []byte {
			return text.AppendMicros(dst, in.Longs[row], from)
		}
	case types.KindCalendar:
		return func(dst []byte, in *vector.Column, row int) []byte {
			return text.AppendCalendarInterval(dst, in.Interval(row))
		}
	case types.KindArray, types.KindMap:
		return c.listAppender(from)
	case types.KindStruct:
		return c.structAppender(from)
	default:
		return func(dst []byte, _ *vector.Column, _ int) []byte { return dst }
	}
}

// appendOrNull appends a value, or the word null.
func appendOrNull(add func([]byte, *vector.Column, int) []byte, dst []byte, in *vector.Column, row int) []byte {
	if in.IsNull(row) {
		return append(dst, "null"...)
	}
	return add(dst, in, row)
}

// listAppender writes arrays as [a, b] and maps as {k -> v, k -> v}.
func (c caster) listAppender(from types.Type) func([]byte, *vector.Column, int) []byte {
	open, shut := byte('['), byte(']')
	var add func(dst []byte, elements *vector.Column, row int) []byte
	if from.Kind() == types.KindMap {
		open, shut = '{', '}'
		key, value := c.appender(from.Key()), c.appender(from.Value())
		add = func(dst []byte, entries *vector.Column, row int) []byte {
			dst = append(key(dst, &entries.Children[0], row), " -> "...)
			return appendOrNull(value, dst, &entries.Children[1], row)
		}
	} else {
		element := c.appender(from.Element())
		add = func(dst []byte, elements *vector.Column, row int) []byte {
			return appendOrNull(element, dst, elements, row)
		}
	}
	return func(dst []byte, in *vector.Column, row int) []byte {
		dst = append(dst, open)
		for i := in.Offsets[row]; i < in.Offsets[row+1]; i++ {
			if i > in.Offsets[row] {
				dst = append(dst, ", "...)
			}
			dst = add(dst, &in.Children[0], int(i))
		}
		return append(dst, shut)
	}
}

// structAppender writes structs as {a, b}.
func (c caster) structAppender(from types.Type) func([]byte, *vector.Column, int) []byte {
	var fields []func([]byte, *vector.Column, int) []byte
	for _, field := range from.Fields() {
		fields = append(fields, c.appender(field.Type))
	}
	return func(dst []byte, in *vector.Column, row int) []byte {
		dst = append(dst, '{')
		for i, field := range fields {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendOrNull(field, dst, &in.Children[i], row)
		}
		return append(dst, '}')
	}
}

// stringRows builds a string column of n rows: those selected and not null by
// appending to out.Bytes, the others empty or null.
func stringRows(out, in *vector.Column, n int, selection vector.Selection, add func(row int)) {
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
}
