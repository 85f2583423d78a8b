package function

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var timestampFunctions = []Function{
	timePart("hour", "The hour of a timestamp in the session's time zone, 0 to 23.", types.Int, func(out *vector.Column, row int, ofDay int64) { out.Ints[row] = int32(ofDay / calendar.Hour) }),
	timePart("minute", "The minute of a timestamp, 0 to 59.", types.Int, func(out *vector.Column, row int, ofDay int64) { out.Ints[row] = int32(ofDay / calendar.Minute % 60) }),
	timePart("second", "The second of a timestamp, 0 to 59.", types.Int, func(out *vector.Column, row int, ofDay int64) { out.Ints[row] = int32(ofDay / calendar.Second % 60) }),
	timePart("second_fraction", "The second of a timestamp with its fraction, as a decimal(8,6).", types.Decimal(8, 6), func(out *vector.Column, row int, ofDay int64) {
		out.Decimals[row] = decimal.Of(ofDay % calendar.Minute)
	}),
	{
		Name: "date_part", Aliases: []string{"datepart", "extract"}, Doc: "The field of a time or interval that the first argument, a constant, names: YEAR, YEAROFWEEK, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DAYOFWEEK_ISO, DOY, HOUR, MINUTE, SECOND.",
		Least: 2, Most: 2, Bind: bindDatePart,
	},
	{Name: "date_trunc", Doc: "The timestamp cut to a unit, from MICROSECOND to YEAR; null for other units.", Least: 2, Most: 2, Bind: bindTruncate, Kernel: zonedStrict(truncate)},
	fromNumber("timestamp_seconds", "The timestamp so many seconds after 1970.", calendar.Second),
	fromNumber("timestamp_millis", "The timestamp so many milliseconds after 1970.", 1000),
	fromNumber("timestamp_micros", "The timestamp so many microseconds after 1970.", 1),
	toNumber("unix_seconds", "The whole seconds from 1970 to a timestamp, towards minus infinity.", calendar.Second),
	toNumber("unix_millis", "The whole milliseconds from 1970 to a timestamp, towards minus infinity.", 1000),
	toNumber("unix_micros", "The microseconds from 1970 to a timestamp.", 1),
	{Name: "make_timestamp", Doc: "The timestamp of a year, month, day, hour, minute and second, in the session's time zone or one that is given.", Least: 6, Most: 7, Bind: bindMakeTimestamp(types.Timestamp, false), Kernel: zonedStrict(makeTimestamp)},
	{Name: "try_make_timestamp", Doc: "make_timestamp with null for what is no time.", Least: 6, Most: 7, Bind: bindMakeTimestamp(types.Timestamp, true)},
	{Name: "make_timestamp_ltz", Doc: "make_timestamp.", Least: 6, Most: 7, Bind: bindMakeTimestamp(types.Timestamp, false)},
	{Name: "make_timestamp_ntz", Doc: "make_timestamp without a zone.", Least: 6, Most: 6, Bind: bindMakeTimestamp(types.TimestampNTZ, false)},
	{Name: "from_utc_timestamp", Doc: "The timestamp whose clock time in the session's zone is that of the argument in another zone, if read as a clock time in UTC.", Least: 2, Most: 2, Bind: bindShiftZone, Kernel: shiftZone(true)},
	{Name: "to_utc_timestamp", Doc: "The reverse of from_utc_timestamp.", Least: 2, Most: 2, Bind: bindShiftZone, Kernel: shiftZone(false)},
	{Name: "convert_timezone", Doc: "A clock time of one zone, the session's if not given, as one of another.", Least: 2, Most: 3, Bind: bindConvertZone, Kernel: strict(convertZone)},
	{Name: "timestampadd", Aliases: []string{"dateadd"}, Doc: "The timestamp, or date, so many units later. With two arguments: the date so many days later.", Least: 2, Most: 3, Bind: bindTimestampAdd, Kernel: zonedStrict(timestampAdd)},
	{Name: "timestampdiff", Doc: "The whole units from one timestamp to another.", Least: 3, Most: 3, Bind: bindTimestampDiff, Kernel: zonedStrict(timestampDiff)},
	{
		Name: "micros_between", Doc: "The interval from the second timestamp to the first: what their difference is. A day of it is one of the calendar.", Params: []types.Type{types.Timestamp, types.Timestamp}, Result: types.DayTime,
		Kernel: zonedStrict(microsBetween),
	},
	{Name: "add_interval_months", Doc: "A time plus or minus months: what + does.", Least: 3, Most: 3, Operator: true, Kernel: zonedStrict(addIntervalMonths)},
	{Name: "add_interval_days", Doc: "A date plus or minus days: what + does.", Least: 3, Most: 3, Operator: true, Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		return putDay(out, row, int(args[0].Ints[row])+int(args[2].Ints[row])*int(args[1].Longs[row]/calendar.Day))
	})},
	{Name: "add_interval_micros", Doc: "A timestamp plus or minus days and less: what + does. Days are those of the calendar in the session's time zone.", Least: 3, Most: 3, Operator: true, Kernel: zonedStrict(addIntervalMicros)},
}

func timePart(name, doc string, result types.Type, put func(out *vector.Column, row int, ofDay int64)) Function {
	return Function{
		Name: name, Doc: doc, Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			t := args[0].Type()
			if t == types.TimestampNTZ {
				return b.call(name, result, args...), nil
			}
			arg, err := b.Arg(args, 0, types.Timestamp)
			return b.zoned(name, result, arg), err
		},
		Kernel: zonedStrict(func(out *vector.Column, args []*vector.Column, row int, zone *time.Location) error {
			_, ofDay := calendar.Split(calendar.Clock(args[0].Longs[row], zone))
			put(out, row, ofDay)
			return nil
		}),
	}
}

// constantText is a string that is known already.
func constantText(expr bound.Expr) (string, bool) {
	literal, ok := expr.(bound.Literal)
	if !ok {
		return "", false
	}
	text, ok := literal.Value.(string)
	return text, ok
}

var partNames = map[string]string{
	"YEAR": "year", "Y": "year", "YEARS": "year", "YR": "year", "YRS": "year", "YEAROFWEEK": "yearofweek",
	"QUARTER": "quarter", "QTR": "quarter", "MONTH": "month", "MON": "month", "MONS": "month", "MONTHS": "month",
	"WEEK": "weekofyear", "W": "weekofyear", "WEEKS": "weekofyear", "DAY": "day", "D": "day", "DAYS": "day",
	"DAYOFWEEK": "dayofweek", "DOW": "dayofweek", "DAYOFWEEK_ISO": "dayofweek_iso", "DOW_ISO": "dayofweek_iso", "DOY": "dayofyear",
	"HOUR": "hour", "H": "hour", "HOURS": "hour", "HR": "hour", "HRS": "hour",
	"MINUTE": "minute", "M": "minute", "MIN": "minute", "MINS": "minute", "MINUTES": "minute",
	"SECOND": "second_fraction", "S": "second_fraction", "SEC": "second_fraction", "SECS": "second_fraction", "SECONDS": "second_fraction",
}

func bindDatePart(b Binding, args []bound.Expr) (bound.Expr, error) {
	field, ok := constantText(args[0])
	if !ok {
		return nil, b.Mismatch(args, 0, "a constant")
	}
	name, ok := partNames[strings.ToUpper(field)]
	if !ok {
		return nil, fault.Analysisf("INVALID_EXTRACT_FIELD", "%s: %q is no field of a time", b.Name, field)
	}
	if isInterval(args[1].Type()) {
		return intervalPart(b, strings.TrimSuffix(name, "_fraction"), args[1])
	}
	return b.library(name, args[1:])
}

func bindTruncate(b Binding, args []bound.Expr) (bound.Expr, error) {
	unit, err := b.Arg(args, 0, types.String)
	if err != nil {
		return nil, err
	}
	if args[1].Type() == types.TimestampNTZ {
		return b.call("date_trunc", types.TimestampNTZ, unit, args[1]), nil
	}
	at, err := b.Arg(args, 1, types.Timestamp)
	return b.zoned("date_trunc", types.Timestamp, unit, at), err
}

func truncate(out *vector.Column, args []*vector.Column, row int, zone *time.Location) (err error) {
	unit, ok := truncations[strings.ToUpper(string(args[0].String(row)))]
	if !ok {
		return null
	}
	instant := args[1].Longs[row]
	clock := calendar.Clock(instant, zone)
	day, ofDay := calendar.Split(clock)
	if unit < byDay {
		size := [...]int64{1, 1000, calendar.Second, calendar.Minute, calendar.Hour}[unit]
		out.Longs[row], err = near(instant-ofDay%size, float64(instant))
		return err
	}
	first := firstDay(day, unit)
	out.Longs[row], err = near(calendar.Instant(int64(first)*calendar.Day, zone), float64(instant)+float64(first-day)*calendar.Day)
	return err
}

func fromNumber(name, doc string, unit int64) Function {
	return Function{
		Name: name, Doc: doc, Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			t, err := b.numeric(args, 0)
			switch {
			case err != nil:
			case t.IsInteger():
				args[0] = b.To(args[0], types.Bigint)
			case unit != calendar.Second:
				err = b.Mismatch(args, 0, "a whole number")
			case t == types.Float:
				args[0] = b.To(args[0], types.Double)
			}
			return b.call(name, types.Timestamp, args...), err
		},
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			overflow := noValue("ARITHMETIC_OVERFLOW", "the timestamp is out of range")
			switch in := args[0]; in.Type.Layout() {
			case types.LayoutDouble:
				micros := in.Doubles[row] * float64(unit)
				if math.IsNaN(micros) || math.IsInf(micros, 0) {
					return null
				}
				out.Longs[row] = saturated(micros)
			case types.Layout128:
				micros, ok := decimal.Multiply(in.Decimals[row], in.Type.Scale(), decimal.Of(unit), 0, in.Type.Scale(), types.MaxPrecision)
				value, small := decimal.Whole(micros, in.Type.Scale())
				if !ok || !small {
					return overflow
				}
				out.Longs[row] = value
			default:
				out.Longs[row] = in.Longs[row] * unit
				if out.Longs[row]/unit != in.Longs[row] {
					return overflow
				}
			}
			return nil
		}),
	}
}

func toNumber(name, doc string, unit int64) Function {
	return Function{
		Name: name, Doc: doc, Params: []types.Type{types.Timestamp}, Result: types.Bigint,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Longs[row] = floorDiv(args[0].Longs[row], unit)
			return nil
		}),
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func bindMakeTimestamp(of types.Type, try bool) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		for i, to := range []types.Type{types.Int, types.Int, types.Int, types.Int, types.Int, types.Decimal(16, 6), types.String}[:len(args)] {
			var err error
			if args[i], err = b.Arg(args, i, to); err != nil {
				return nil, err
			}
		}
		call := b.call("make_timestamp", of, args...)
		if try {
			call.Failure = bound.GiveNull
		}
		if of == types.Timestamp {
			call.Zone = b.Zone
		}
		return call, nil
	}
}

func makeTimestamp(out *vector.Column, args []*vector.Column, row int, zone *time.Location) error {
	var f [5]int
	for i := range f {
		f[i] = int(args[i].Ints[row])
	}
	micros, small := decimal.Whole(args[5].Decimals[row], 0) // with its six digits as a whole number
	seconds := micros / calendar.Second
	if seconds == 60 && micros%calendar.Second == 0 {
		micros = 60 * calendar.Second
	} else if seconds > 59 {
		small = false
	}
	if !small || micros < 0 || !calendar.Valid(f[0], f[1], f[2]) || f[3] < 0 || f[3] > 23 || f[4] < 0 || f[4] > 59 {
		return noValue("DATETIME_FIELD_OUT_OF_BOUNDS", fmt.Sprintf("there is no %d-%02d-%02d %02d:%02d and %d microseconds", f[0], f[1], f[2], f[3], f[4], micros))
	}
	if len(args) == 7 {
		own, err := zoneAt(args[6], row)
		if err != nil {
			return err
		}
		zone = own
	}
	instant, ok := calendar.InstantAt(calendar.DayOf(f[0], f[1], f[2]), int64(f[3])*calendar.Hour+int64(f[4])*calendar.Minute+micros, zone)
	if !ok {
		return errTimestamp
	}
	out.Longs[row] = instant
	return nil
}

func zoneAt(c *vector.Column, row int) (*time.Location, error) {
	zone, err := calendar.Zone(string(c.String(row)))
	if err != nil {
		return nil, noValue("INVALID_TIMEZONE", err.Error())
	}
	return zone, nil
}

func bindShiftZone(b Binding, args []bound.Expr) (bound.Expr, error) {
	at, err := b.Arg(args, 0, types.Timestamp)
	if err != nil {
		return nil, err
	}
	zone, err := b.Arg(args, 1, types.String)
	return b.call(b.Name, types.Timestamp, at, zone), err
}

func shiftZone(fromUTC bool) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		zone, err := zoneAt(args[1], row)
		if err != nil {
			return err
		}
		if fromUTC {
			out.Longs[row] = calendar.Clock(args[0].Longs[row], zone)
		} else {
			out.Longs[row] = calendar.Instant(args[0].Longs[row], zone)
		}
		return nil
	})
}

func bindConvertZone(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args) == 2 {
		args = append([]bound.Expr{bound.Literal{Value: b.Zone, Of: types.String}}, args...)
	}
	for i, to := range []types.Type{types.String, types.String, types.TimestampNTZ} {
		var err error
		if args[i], err = b.Arg(args, i, to); err != nil {
			return nil, err
		}
	}
	return b.call("convert_timezone", types.TimestampNTZ, args...), nil
}

func convertZone(out *vector.Column, args []*vector.Column, row int) error {
	from, err := zoneAt(args[0], row)
	if err != nil {
		return err
	}
	to, err := zoneAt(args[1], row)
	if err != nil {
		return err
	}
	out.Longs[row] = calendar.Clock(calendar.Instant(args[2].Longs[row], from), to)
	return nil
}

// span is what a unit of timestampadd stands for.
type span struct{ months, micros int64 }

var spans = map[string]span{
	"YEAR": {12, 0}, "QUARTER": {3, 0}, "MONTH": {1, 0}, "WEEK": {0, 7 * calendar.Day}, "DAY": {0, calendar.Day}, "DAYOFYEAR": {0, calendar.Day},
	"HOUR": {0, calendar.Hour}, "MINUTE": {0, calendar.Minute}, "SECOND": {0, calendar.Second}, "MILLISECOND": {0, 1000}, "MICROSECOND": {0, 1},
}

func (b Binding) unit(arg bound.Expr) (bound.Expr, error) {
	name, ok := constantText(arg)
	if _, known := spans[strings.ToUpper(name)]; !ok || !known {
		return nil, fault.Analysisf("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "%s: %s is no unit of time", b.Name, arg)
	}
	return bound.Literal{Value: strings.ToUpper(name), Of: types.String}, nil
}

func bindTimestampAdd(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args) == 2 {
		return b.library("date_add", args)
	}
	unit, err := b.unit(args[0])
	if err != nil {
		return nil, err
	}
	amount, err := b.Arg(args, 1, types.Bigint)
	if err != nil {
		return nil, err
	}
	t := types.Timestamp
	if args[2].Type() == types.TimestampNTZ {
		return b.call("timestampadd", types.TimestampNTZ, unit, amount, args[2]), nil
	}
	at, err := b.Arg(args, 2, t)
	return b.zoned("timestampadd", t, unit, amount, at), err
}

func timestampAdd(out *vector.Column, args []*vector.Column, row int, zone *time.Location) (err error) {
	unit, amount, from := spans[string(args[0].String(row))], args[1].Longs[row], args[2].Longs[row]
	if unit.months != 0 {
		months := amount * unit.months
		if months/unit.months != amount || months != int64(int32(months)) {
			return errTimestamp
		}
		out.Longs[row], err = addMonths(from, int(months), zone)
		return err
	}
	micros := amount * unit.micros
	if micros/unit.micros != amount {
		return errTimestamp
	}
	if unit.micros%calendar.Day == 0 {
		out.Longs[row], err = addDayTime(from, micros, zone)
	} else {
		out.Longs[row], err = near(from+micros, float64(from)+float64(micros))
	}
	return err
}

func bindTimestampDiff(b Binding, args []bound.Expr) (bound.Expr, error) {
	unit, err := b.unit(args[0])
	if err != nil {
		return nil, err
	}
	t, _ := coerce.Common(args[1].Type(), args[2].Type())
	if t != types.TimestampNTZ {
		t = types.Timestamp
	}
	for i := 1; i < 3; i++ {
		if args[i], err = b.Arg(args, i, t); err != nil {
			return nil, err
		}
	}
	return b.zoned("timestampdiff", types.Bigint, unit, args[1], args[2]), nil
}

func timestampDiff(out *vector.Column, args []*vector.Column, row int, zone *time.Location) error {
	unit := spans[string(args[0].String(row))]
	from, to := args[1].Longs[row], args[2].Longs[row]
	if args[1].Type == types.TimestampNTZ {
		zone = time.UTC
	}
	switch {
	case unit.months != 0:
		out.Longs[row] = wholeMonths(from, to, zone) / unit.months
	default:
		micros, err := near(calendar.Clock(to, zone)-calendar.Clock(from, zone), float64(to)-float64(from))
		out.Longs[row] = micros / unit.micros
		return err
	}
	return nil
}

// wholeMonths counts the months that have passed from one timestamp to another.
func wholeMonths(from, to int64, zone *time.Location) int64 {
	dayA, ofDayA := calendar.Split(calendar.Clock(from, zone))
	dayB, ofDayB := calendar.Split(calendar.Clock(to, zone))
	yearA, monthA, a := calendar.Date(dayA)
	yearB, monthB, b := calendar.Date(dayB)
	months := int64((yearB-yearA)*12 + monthB - monthA)
	later := b > a || b == a && ofDayB >= ofDayA
	earlier := b < a || b == a && ofDayB <= ofDayA
	switch {
	case months > 0 && !later:
		months--
	case months < 0 && !earlier:
		months++
	}
	return months
}
