package function

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var oneDate = []types.Type{types.Date}

var dateFunctions = []Function{
	{Name: "date_add", Doc: "The date so many days later.", Least: 2, Most: 2, Bind: bindMoveDays("date_add"), Kernel: moveDays(1)},
	{Name: "date_sub", Doc: "The date so many days earlier.", Least: 2, Most: 2, Bind: bindMoveDays("date_sub"), Kernel: moveDays(-1)},
	{
		Name: "datediff", Aliases: []string{"date_diff"}, Doc: "The days from the second date to the first.", Params: []types.Type{types.Date, types.Date}, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = args[0].Ints[row] - args[1].Ints[row]
			return nil
		}),
	},
	{
		Name: "add_months", Doc: "The date so many months later, or the last of its month if that is shorter.", Params: []types.Type{types.Date, types.Int}, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			return putDay(out, row, calendar.AddMonths(int(args[0].Ints[row]), int(args[1].Ints[row])))
		}),
	},
	{
		Name: "last_day", Doc: "The last day of the date's month.", Params: oneDate, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			year, month, _ := calendar.Date(int(args[0].Ints[row]))
			return putDay(out, row, calendar.DayOf(year, month, calendar.DaysIn(year, month)))
		}),
	},
	{
		Name: "next_day", Doc: "The first date after the date that is on a day of the week, such as MO or Monday.", Params: []types.Type{types.Date, types.String}, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			weekday, ok := weekdayOf(string(args[1].String(row)))
			if !ok {
				return noValue("ILLEGAL_DAY_OF_WEEK", fmt.Sprintf("%q is no day of the week", args[1].String(row)))
			}
			day := int(args[0].Ints[row])
			return putDay(out, row, day+1+(weekday-calendar.Weekday(day+1)+7)%7)
		}),
	},
	datePart("year", "The year of a date.", func(year, _, _, _ int) int { return year }),
	datePart("quarter", "The quarter of a date, 1 to 4.", func(_, month, _, _ int) int { return (month + 2) / 3 }),
	datePart("month", "The month of a date, 1 to 12.", func(_, month, _, _ int) int { return month }),
	datePart("day", "The day of the month of a date, from 1.", func(_, _, day, _ int) int { return day }, "dayofmonth"),
	datePart("dayofyear", "The day of the year of a date, from 1.", func(year, _, _, day int) int { return day - calendar.DayOf(year, 1, 1) + 1 }),
	datePart("dayofweek", "The day of the week of a date, 1 for Sunday to 7.", func(_, _, _, day int) int { return (calendar.Weekday(day)+1)%7 + 1 }),
	datePart("weekday", "The day of the week of a date, 0 for Monday to 6.", func(_, _, _, day int) int { return calendar.Weekday(day) }),
	datePart("dayofweek_iso", "The day of the week of a date, 1 for Monday to 7.", func(_, _, _, day int) int { return calendar.Weekday(day) + 1 }),
	datePart("weekofyear", "The week of a date as ISO 8601 counts it.", func(_, _, _, day int) int { _, week := calendar.ISOWeek(day); return week }),
	datePart("yearofweek", "The year to which the week of a date belongs by ISO 8601.", func(_, _, _, day int) int { year, _ := calendar.ISOWeek(day); return year }),
	{
		Name: "monthname", Doc: "The name of a date's month in three letters.", Params: oneDate, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			_, month, _ := calendar.Date(int(args[0].Ints[row]))
			return append(dst, time.Month(month).String()[:3]...), nil
		}),
	},
	{
		Name: "dayname", Doc: "The name of a date's day of the week in three letters.", Params: oneDate, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return append(dst, weekdays[calendar.Weekday(int(args[0].Ints[row]))][:3]...), nil
		}),
	},
	{
		Name: "make_date", Doc: "The date of a year, a month and a day.", Params: []types.Type{types.Int, types.Int, types.Int}, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			year, month, day := int(args[0].Ints[row]), int(args[1].Ints[row]), int(args[2].Ints[row])
			if !calendar.Valid(year, month, day) {
				return noValue("DATETIME_FIELD_OUT_OF_BOUNDS", fmt.Sprintf("there is no %d-%02d-%02d", year, month, day))
			}
			return putDay(out, row, calendar.DayOf(year, month, day))
		}),
	},
	{
		Name: "unix_date", Doc: "The days from 1970-01-01 to a date.", Params: oneDate, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = args[0].Ints[row]
			return nil
		}),
	},
	{
		Name: "date_from_unix_date", Doc: "The date so many days after 1970-01-01.", Params: []types.Type{types.Int}, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = args[0].Ints[row]
			return nil
		}),
	},
	{
		Name: "trunc", Doc: "The first day of a date's year, quarter, month or week; null for other units.", Params: []types.Type{types.Date, types.String}, Result: types.Date,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			unit, ok := truncations[strings.ToUpper(string(args[1].String(row)))]
			if !ok || unit < byWeek {
				return null
			}
			return putDay(out, row, firstDay(int(args[0].Ints[row]), unit))
		}),
	},
	{
		Name: "days_between", Doc: "The interval of days from the second date to the first: what their difference is.", Params: []types.Type{types.Date, types.Date}, Result: types.Interval(types.Day, types.Day),
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Longs[row] = (int64(args[0].Ints[row]) - int64(args[1].Ints[row])) * calendar.Day
			return nil
		}),
	},
	{
		Name: "months_between", Doc: "The months from the second timestamp to the first: whole ones between equal days of the month or last days, else with 31 days to a month; rounded to 8 digits unless the third argument is false.",
		Params: []types.Type{types.Timestamp, types.Timestamp, types.Boolean}, Optional: 1, Result: types.Double,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			for i := range args {
				to := types.Timestamp
				if i == 2 {
					to = types.Boolean
				}
				var err error
				if args[i], err = b.Arg(args, i, to); err != nil {
					return nil, err
				}
			}
			return b.zoned("months_between", types.Double, args...), nil
		},
		Least: 2, Most: 3, Kernel: zonedStrict(monthsBetween),
	},
}

var weekdays = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

func weekdayOf(name string) (int, bool) {
	for i, full := range weekdays {
		if len(name) >= 2 && (len(name) <= 3 || len(name) == len(full)) && len(name) <= len(full) && strings.EqualFold(name, full[:len(name)]) {
			return i, true
		}
	}
	return 0, false
}

func putDay(out *vector.Column, row, day int) error {
	if day != int(int32(day)) {
		return noValue("DATETIME_OVERFLOW", "the date is out of range")
	}
	out.Ints[row] = int32(day)
	return nil
}

func bindMoveDays(name string) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		date, err := b.Arg(args, 0, types.Date)
		if err != nil {
			return nil, err
		}
		days, err := b.onlyInt(args, 1)
		return b.call(name, types.Date, date, days), err
	}
}

func moveDays(sign int) func(bound.Call) (Kernel, error) {
	return strict(func(out *vector.Column, args []*vector.Column, row int) error {
		return putDay(out, row, int(args[0].Ints[row])+sign*int(args[1].Ints[row]))
	})
}

func datePart(name, doc string, part func(year, month, dayOfMonth, day int) int, aliases ...string) Function {
	return Function{
		Name: name, Aliases: aliases, Doc: doc, Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			arg, err := b.Arg(args, 0, types.Date)
			return b.call(name, types.Int, arg), err
		},
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			day := int(args[0].Ints[row])
			year, month, dayOfMonth := calendar.Date(day)
			out.Ints[row] = int32(part(year, month, dayOfMonth, day))
			return nil
		}),
	}
}

// truncation is a unit that times are cut to.
type truncation int

const (
	byMicrosecond truncation = iota
	byMillisecond
	bySecond
	byMinute
	byHour
	byDay
	byWeek
	byMonth
	byQuarter
	byYear
)

var truncations = map[string]truncation{
	"MICROSECOND": byMicrosecond, "MILLISECOND": byMillisecond, "SECOND": bySecond, "MINUTE": byMinute, "HOUR": byHour,
	"DAY": byDay, "DD": byDay, "WEEK": byWeek, "MON": byMonth, "MONTH": byMonth, "MM": byMonth, "QUARTER": byQuarter,
	"YEAR": byYear, "YYYY": byYear, "YY": byYear,
}

// firstDay is the day on which the day's week, month, quarter or year begins.
func firstDay(day int, unit truncation) int {
	year, month, _ := calendar.Date(day)
	switch unit {
	case byWeek:
		return day - calendar.Weekday(day)
	case byMonth:
		return calendar.DayOf(year, month, 1)
	case byQuarter:
		return calendar.DayOf(year, (month-1)/3*3+1, 1)
	case byYear:
		return calendar.DayOf(year, 1, 1)
	}
	return day
}

func monthsBetween(out *vector.Column, args []*vector.Column, row int, zone *time.Location) error {
	dayA, ofDayA := calendar.Split(calendar.Clock(args[0].Longs[row], zone))
	dayB, ofDayB := calendar.Split(calendar.Clock(args[1].Longs[row], zone))
	yearA, monthA, a := calendar.Date(dayA)
	yearB, monthB, b := calendar.Date(dayB)
	months := float64((yearA-yearB)*12 + monthA - monthB)
	if a == b || a == calendar.DaysIn(yearA, monthA) && b == calendar.DaysIn(yearB, monthB) {
		out.Doubles[row] = months
		return nil
	}
	seconds := float64((a-b)*86400) + float64(ofDayA/calendar.Second-ofDayB/calendar.Second)
	difference := months + seconds/(31*86400)
	if given(args, 2, func(c *vector.Column) bool { return c.Bools.Get(row) }, true) {
		difference = math.Round(difference*1e8) / 1e8
	}
	out.Doubles[row] = difference
	return nil
}

// intervalFields are what can be taken out of an interval: of which unit, as which type.
var intervalFields = map[string]struct {
	unit   types.Unit
	result types.Type
}{
	"year": {types.Year, types.Int}, "month": {types.Month, types.Tinyint}, "day": {types.Day, types.Int},
	"hour": {types.Hour, types.Tinyint}, "minute": {types.Minute, types.Tinyint}, "second": {types.Second, types.Decimal(8, 6)},
}

// intervalPart is a field of an interval, whose units must have it.
func intervalPart(b Binding, name string, interval bound.Expr) (bound.Expr, error) {
	t := interval.Type()
	field, has := intervalFields[name]
	if from, to := t.Units(); t != types.Calendar && (field.unit < from || field.unit > to) {
		has = false
	}
	if !has {
		return nil, fault.Analysisf("INVALID_EXTRACT_FIELD", "%s is no field of %s", name, t)
	}
	return b.call("interval_"+name, field.result, interval), nil
}
