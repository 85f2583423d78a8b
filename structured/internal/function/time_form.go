package function

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// timeForm is how a format writes days and times: by patterns, of which nil stands for
// ISO 8601, and in a zone.
type timeForm struct {
	date, timestamp, clock timePattern // clock: of timestamps without a zone
	zone                   *time.Location
}

// option sets the form by an option; known is false if it is no option of times.
func (f *timeForm) option(name, value string) (known bool, err error) {
	switch name {
	case "dateformat":
		f.date, err = parseTimePattern(value, false)
	case "timestampformat":
		f.timestamp, err = parseTimePattern(value, false)
	case "timestampntzformat":
		f.clock, err = parseTimePattern(value, false)
	case "timezone":
		if f.zone, err = calendar.Zone(value); err != nil {
			err = fault.Runtimef("INVALID_TIMEZONE", "the option timeZone: %v", err)
		}
	default:
		return false, nil
	}
	return true, err
}

// readScalar appends the value that a text says, if it says one of the column's type, which is
// not nested.
func (f *timeForm) readScalar(out *vector.Column, text []byte) (ok bool) {
	switch {
	case out.Type == types.Date && f.date != nil:
		clock, _, ok := f.date.parse(string(text))
		if ok {
			day, _ := calendar.Split(clock)
			out.AppendInt(int32(day))
		}
		return ok
	case out.Type == types.Timestamp && f.timestamp != nil:
		clock, own, ok := f.timestamp.parse(string(text))
		if ok {
			out.AppendLong(calendar.Instant(clock, chosen(own, f.zone)))
		}
		return ok
	case out.Type == types.TimestampNTZ && f.clock != nil:
		clock, _, ok := f.clock.parse(string(text))
		if ok {
			out.AppendLong(clock)
		}
		return ok
	case out.Type == types.TimestampNTZ && values.HasZone(text):
		return false
	}
	return scalarFromText(out, text, f.zone)
}

// writeTime returns the text of a day or a time; ok is false if it is neither or has no
// pattern.
func (f *timeForm) writeTime(c *vector.Column, row int) (text []byte, ok bool) {
	switch {
	case c.Type == types.Date && f.date != nil:
		midnight := int64(c.Ints[row]) * calendar.Day
		return f.date.format(nil, midnight, midnight, f.zone), true
	case c.Type == types.Timestamp && f.timestamp != nil:
		return f.timestamp.format(nil, calendar.Clock(c.Longs[row], f.zone), c.Longs[row], f.zone), true
	case c.Type == types.TimestampNTZ && f.clock != nil:
		return f.clock.format(nil, c.Longs[row], c.Longs[row], time.UTC), true
	}
	return nil, false
}
