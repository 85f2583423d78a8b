package sql

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// span is what a unit of time stands for: months or microseconds, and the unit as
// which types of intervals count it.
type span struct {
	months, microseconds int64
	unit                 types.Unit
}

const (
	microsecond = 1
	millisecond = 1000 * microsecond
	second      = 1000 * millisecond
	minute      = 60 * second
	hour        = 60 * minute
	day         = 24 * hour
)

// spans are the units that intervals name, in the singular.
var spans = map[string]span{
	"YEAR":        {months: 12, unit: types.Year},
	"MONTH":       {months: 1, unit: types.Month},
	"WEEK":        {microseconds: 7 * day, unit: types.Day},
	"DAY":         {microseconds: day, unit: types.Day},
	"HOUR":        {microseconds: hour, unit: types.Hour},
	"MINUTE":      {microseconds: minute, unit: types.Minute},
	"SECOND":      {microseconds: second, unit: types.Second},
	"MILLISECOND": {microseconds: millisecond, unit: types.Second},
	"MICROSECOND": {microseconds: microsecond, unit: types.Second},
}

func spanOf(name string) (span, bool) {
	name = strings.ToUpper(name)
	s, ok := spans[name]
	if !ok {
		s, ok = spans[strings.TrimSuffix(name, "S")]
	}
	return s, ok
}

// interval reads INTERVAL and a constant: amounts with units, a string with both, or
// a string with the units from one to another.
func (p *parser) interval() (syntax.Node, bool, error) {
	first := p.ahead(1)
	signed := first.isOneOf("-", "+") && (p.ahead(2).kind == number || p.ahead(2).kind == text) && isUnit(p.ahead(3))
	if first.kind != number && first.kind != text && !signed {
		return nil, false, nil
	}
	start := p.next()
	sum := &intervalSum{at: start.at}
	if value := p.ahead(0); value.kind == text && !isUnit(p.ahead(1)) {
		p.next()
		return sum.finish(sum.words(value.text))
	}
	if text, from, to, ok := p.composed(signed); ok {
		return sum.finish(sum.composed(text, from, to))
	}
	for n := 0; ; n++ {
		at := p.at
		sign := ""
		if p.peek().isOneOf("-", "+") && n == 0 || p.sees("-") && p.ahead(1).kind == number && isUnit(p.ahead(2)) {
			sign = p.next().text
		}
		value, unit := p.peek(), p.ahead(1)
		if value.kind != number && value.kind != text || !isUnit(unit) {
			p.at = at
			if n > 0 {
				return sum.finish("")
			}
			return nil, false, p.unexpected("an amount and a unit of time")
		}
		p.at += 2
		amount := strings.TrimSpace(value.text)
		if sign == "-" {
			amount = negated(amount)
		}
		if wrong := sum.add(amount, unit.text); wrong != "" {
			return sum.finish(wrong)
		}
	}
}

// composed takes a string with the units from one to another, and the sign before it.
func (p *parser) composed(signed bool) (value, from, to string, ok bool) {
	at := 0
	if signed {
		at = 1
	}
	if p.ahead(at).kind != text || !p.ahead(at+2).is("TO") || p.ahead(at+3).kind != word {
		return "", "", "", false
	}
	value, from, to = strings.TrimSpace(p.ahead(at).text), p.ahead(at+1).text, p.ahead(at+3).text
	if signed && p.ahead(0).is("-") {
		value = negated(value)
	}
	p.at += at + 4
	return value, from, to, true
}

func isUnit(t token) bool {
	_, ok := spanOf(t.text)
	return t.kind == word && ok
}

func negated(amount string) string {
	if rest, ok := strings.CutPrefix(amount, "-"); ok {
		return rest
	}
	return "-" + strings.TrimPrefix(amount, "+")
}

// What is wrong with the text of an interval, as conditions of Spark.
const (
	noInterval      = "INVALID_TYPED_LITERAL"
	noAmount        = "_LEGACY_ERROR_TEMP_0026"
	noFraction      = "INVALID_INTERVAL_FORMAT.INVALID_FRACTION"
	intervalTooLong = "INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION"
	noSuchUnits     = "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION"
	otherForm       = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING"
	otherDayForm    = "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE"
	monthsTooMany   = "INVALID_INTERVAL_FORMAT.INTERVAL_PARSING"
	unitTooMany     = "_LEGACY_ERROR_TEMP_0063"
)

// intervalSum adds up the parts of an interval. Its methods return what is wrong, or "".
type intervalSum struct {
	at                   syntax.Position
	months, microseconds big.Rat
	units                []types.Unit
}

// add adds an amount of a unit.
func (s *intervalSum) add(amount, unit string) string {
	u, ok := spanOf(unit)
	n, isNumber := new(big.Rat).SetString(amount)
	switch {
	case !ok || !isNumber || len(amount) > 40 || strings.ContainsAny(amount, "eE/_xXbBoOpP"):
		return noAmount
	case !n.IsInt() && u.unit != types.Second: // seconds alone have fractions
		return noFraction
	}
	s.months.Add(&s.months, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.months)))
	s.microseconds.Add(&s.microseconds, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.microseconds)))
	s.units = append(s.units, u.unit)
	return ""
}

// words adds what a string of amounts and units says: "1 day 2 hours".
func (s *intervalSum) words(value string) string {
	v, err := values.ParseCalendarInterval(value)
	if err != nil {
		return noInterval
	}
	s.months.SetInt64(int64(v.Months))
	ofDays := new(big.Rat).Mul(new(big.Rat).SetInt64(int64(v.Days)), new(big.Rat).SetInt64(day))
	s.microseconds.Add(ofDays, new(big.Rat).SetInt64(v.Microseconds))
	for _, field := range strings.Fields(value) {
		if unit, ok := spanOf(field); ok {
			s.units = append(s.units, unit.unit)
		}
	}
	return ""
}

// follower is how a unit behind another one is written: what is before it, and the
// greatest number that it may have.
type follower struct {
	separator string
	most      int
}

var followers = map[types.Unit]follower{types.Month: {"-", 11}, types.Hour: {" ", 23}, types.Minute: {":", 59}, types.Second: {":", 59}}

// mostDays is how many days an interval from day on may begin with.
const mostDays = 106751991

// composed adds what a string in the form of two units says: "1-2" from year to
// month, "1 02:03:04.5" from day to second.
func (s *intervalSum) composed(text, from, to string) string {
	first, ok := spanOf(from)
	last, also := spanOf(to)
	if !ok || !also || last.unit <= first.unit || (first.unit <= types.Month) != (last.unit <= types.Month) {
		return noSuchUnits
	}
	unmatched, tooMany := otherDayForm, unitTooMany
	if first.unit == types.Year {
		unmatched, tooMany = otherForm, monthsTooMany
	}
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = rest, "-"
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	for unit := first.unit; unit <= last.unit; unit++ {
		part := text
		if unit < last.unit {
			var found bool
			if part, text, found = strings.Cut(text, followers[unit+1].separator); !found {
				return unmatched
			}
		}
		whole, fraction, _ := strings.Cut(part, ".")
		n, err := strconv.ParseUint(whole, 10, 63)
		switch {
		case err != nil || unit != types.Second && whole != part || len(fraction) > 9, first.unit != types.Year && len(whole) > 9:
			if err != nil && tooMany == monthsTooMany && isDigits(whole) {
				return tooMany
			}
			return unmatched
		case unit > first.unit && n > uint64(followers[unit].most), unit == types.Day && n > mostDays:
			return tooMany
		}
		if s.add(sign+part, unit.String()) != "" {
			return unmatched
		}
	}
	if first.unit == types.Year && !isMonths(&s.months) {
		return tooMany
	}
	return ""
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// isMonths reports whether there can be an interval of so many months.
func isMonths(n *big.Rat) bool {
	return n.IsInt() && n.Num().IsInt64() && int64(int32(n.Num().Int64())) == n.Num().Int64()
}

// finish makes the literal. It has to be whole months and microseconds in the range
// of their types.
func (s *intervalSum) finish(wrong string) (syntax.Node, bool, error) {
	s.microseconds.SetInt(new(big.Int).Quo(s.microseconds.Num(), s.microseconds.Denom()))
	if wrong == "" && (!isMonths(&s.months) || !s.microseconds.Num().IsInt64()) {
		wrong = intervalTooLong
	}
	switch wrong {
	case "":
	case noFraction, intervalTooLong:
		return nil, false, fault.Analysisf(wrong, "%s: an interval has whole units, but for seconds, and at most 2^31 months or 2^63 microseconds", s.at)
	default:
		return nil, false, parseError(wrong, s.at, "an interval is written as in INTERVAL 1 DAY 2 HOURS, INTERVAL '1' MONTH or INTERVAL '1-2' YEAR TO MONTH")
	}
	i := syntax.Interval{
		Months: s.months.Num().Int64(), Microseconds: s.microseconds.Num().Int64(), First: types.Second, Last: types.Year,
	}
	for _, unit := range s.units {
		i.First, i.Last = min(i.First, unit), max(i.Last, unit)
	}
	return i, true, nil
}
