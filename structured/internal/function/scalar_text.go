package function

import (
	"strings"
	"time"

	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// scalarFromText appends the value that a text says, if it says one of the column's type,
// which is not nested. Blanks around days and times do not count.
func scalarFromText(out *vector.Column, text []byte, zone *time.Location) (ok bool) {
	switch t := out.Type; t.Kind() {
	case types.KindString:
		out.AppendString(text)
		return true
	case types.KindBoolean:
		isTrue := strings.EqualFold(string(text), "true")
		if ok = isTrue || strings.EqualFold(string(text), "false"); ok {
			out.AppendBool(isTrue)
		}
	case types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint:
		number, isWhole := values.ParseWhole(text)
		ok = isWhole && appendWhole(out, number)
	case types.KindFloat, types.KindDouble:
		number, isNumber := values.ParseFloat(text, 64)
		if ok = isNumber; ok && t == types.Double {
			out.AppendDouble(number)
		} else if ok {
			out.AppendFloat(float32(number))
		}
	case types.KindDecimal:
		number, fits, isNumber := values.ParseDecimal(text, t.Precision(), t.Scale())
		if ok = isNumber && fits; ok {
			out.AppendDecimal(number)
		}
	case types.KindCalendar:
		interval, err := values.ParseCalendarInterval(string(text))
		if ok = err == nil; ok {
			out.AppendInterval(interval)
		}
	case types.KindDate:
		day, isDate := values.ParseDate(values.Trim(text))
		if ok = isDate; ok {
			out.AppendInt(day)
		}
	case types.KindTimestamp:
		instant, isTime := values.ParseTimestamp(values.Trim(text), zone)
		if ok = isTime; ok {
			out.AppendLong(instant)
		}
	case types.KindTimestampNTZ:
		clock, isTime := values.ParseClock(values.Trim(text))
		if ok = isTime; ok {
			out.AppendLong(clock)
		}
	}
	return ok
}
