package sql

import (
	"math/big"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
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
	if value, unit := p.ahead(0), p.ahead(1); value.kind == text && !signed {
		if _, ok := spanOf(unit.text); !ok || unit.kind != word {
			p.next()
			return sum.finish(sum.words(value.text))
		}
		if p.ahead(2).is("TO") && p.ahead(3).kind == word {
			p.at += 4
			return sum.finish(sum.composed(value.text, unit.text, p.tokens[p.at-1].text))
		}
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
				return sum.finish(true)
			}
			return nil, false, p.unexpected("an amount and a unit of time")
		}
		p.at += 2
		amount := strings.TrimSpace(value.text)
		if sign == "-" {
			amount = negated(amount)
		}
		if !sum.add(amount, unit.text) {
			return sum.finish(false)
		}
	}
}

func isUnit(t token) bool {
	_, ok := spanOf(t.text)
	return t.kind == word && ok
}

func negated(amount string) string {
	if rest, ok := strings.CutPrefix(amount, "-"); ok {
		return rest
	}
	return "-" + amount
}

// intervalSum adds up the parts of an interval.
type intervalSum struct {
	at                   syntax.Position
	months, microseconds big.Rat
	units                []types.Unit
}

// add adds an amount of a unit; it reports whether that is possible.
func (s *intervalSum) add(amount, unit string) bool {
	u, ok := spanOf(unit)
	n, isNumber := new(big.Rat).SetString(amount)
	if !ok || !isNumber || len(amount) > 40 || strings.ContainsAny(amount, "eE/_xXbBoOpP") {
		return false
	}
	if !n.IsInt() && u.unit != types.Second { // seconds alone have fractions
		return false
	}
	s.months.Add(&s.months, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.months)))
	s.microseconds.Add(&s.microseconds, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.microseconds)))
	s.units = append(s.units, u.unit)
	return true
}

// words adds what a string of amounts and units says: "1 day 2 hours".
func (s *intervalSum) words(text string) bool {
	fields := strings.Fields(text)
	if len(fields) > 0 && strings.EqualFold(fields[0], "interval") {
		fields = fields[1:]
	}
	if len(fields) == 0 || len(fields)%2 != 0 {
		return false
	}
	for i := 0; i < len(fields); i += 2 {
		if !s.add(fields[i], fields[i+1]) {
			return false
		}
	}
	return true
}

// composed adds what a string in the form of two units says: "1-2" from year to
// month, "1 02:03:04.5" from day to second.
func (s *intervalSum) composed(text, from, to string) bool {
	first, ok := spanOf(from)
	last, also := spanOf(to)
	if !ok || !also || last.unit <= first.unit || (first.unit <= types.Month) != (last.unit <= types.Month) {
		return false
	}
	text = strings.TrimSpace(text)
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = rest, "-"
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == ' ' || r == ':' })
	if len(parts) != int(last.unit-first.unit)+1 {
		return false
	}
	for i, part := range parts {
		if !isDigit(part[0]) || !s.add(sign+part, (first.unit+types.Unit(i)).String()) {
			return false
		}
	}
	return true
}

// finish makes the literal. It has to be whole months and microseconds in the range
// of their types.
func (s *intervalSum) finish(ok bool) (syntax.Node, bool, error) {
	s.microseconds.SetInt(new(big.Int).Quo(s.microseconds.Num(), s.microseconds.Denom()))
	if !ok || len(s.units) == 0 || !s.months.IsInt() || !s.months.Num().IsInt64() || !s.microseconds.Num().IsInt64() ||
		int64(int32(s.months.Num().Int64())) != s.months.Num().Int64() {
		return nil, false, parseError("INVALID_INTERVAL_FORMAT", s.at, "an interval is written as in INTERVAL 1 DAY 2 HOURS, INTERVAL '1' MONTH or INTERVAL '1-2' YEAR TO MONTH")
	}
	i := syntax.Interval{
		Months: s.months.Num().Int64(), Microseconds: s.microseconds.Num().Int64(), First: types.Second, Last: types.Year,
	}
	for _, unit := range s.units {
		i.First, i.Last = min(i.First, unit), max(i.Last, unit)
	}
	return i, true, nil
}
