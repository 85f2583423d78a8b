package function

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// numberPattern says how a number is written. In a pattern 9 is a digit or nothing, 0 a
// digit, G or a comma a comma, D or a point the point, $ itself; S is a sign, MI a minus
// or a blank, PR brackets < > around numbers below zero.
type numberPattern struct {
	text     string // in capitals
	lead     string // MI, S or ""
	currency bool
	whole    string // 9, 0 and commas
	point    bool
	fraction string // 9 and 0
	trail    string // PR, MI, S or ""
}

var numberParts = regexp.MustCompile(`^(MI|S)?(\$)?([09,]*)(\.)?([09]*)(PR|MI|S)?$`)

func parseNumberPattern(text string) (numberPattern, error) {
	upper := strings.ToUpper(text)
	wrong := func(condition, format string, args ...any) (numberPattern, error) {
		return numberPattern{}, fault.Analysisf("INVALID_FORMAT."+condition, "the format %q of a number "+format, append([]any{upper}, args...)...)
	}
	plain := strings.NewReplacer("G", ",", "D", ".").Replace(upper)
	digits := strings.IndexAny(plain, "09")
	switch {
	case text == "":
		return wrong("EMPTY", "is empty")
	case digits < 0:
		return wrong("WRONG_NUM_DIGIT", "has no digit, 0 or 9")
	case loneComma.MatchString(plain):
		return wrong("CONT_THOUSANDS_SEPS", "has a comma that is not between digits")
	case strings.LastIndexByte(plain, '$') > digits:
		return wrong("CUR_MUST_BEFORE_DIGIT", "has $ behind digits")
	}
	for _, token := range []string{".", "$", "S", "MI", "PR"} {
		if strings.Count(plain, token) > 1 {
			return wrong("WRONG_NUM_TOKEN", "has %s more than once", token)
		}
	}
	if point := strings.IndexByte(plain, '.'); point >= 0 && strings.LastIndexByte(plain, ',') > point {
		return wrong("THOUSANDS_SEPS_MUST_BEFORE_DEC", "has a comma behind the point")
	}
	parts := numberParts.FindStringSubmatch(plain)
	if parts == nil {
		return wrong("UNEXPECTED_TOKEN", "is not of the form [MI|S] [$] [0|9|G|,]… [.|D] [0|9]… [PR|MI|S]")
	}
	return numberPattern{upper, parts[1], parts[2] != "", parts[3], parts[4] != "", parts[5], parts[6]}, nil
}

// loneComma is a comma without a digit on both sides.
var loneComma = regexp.MustCompile(`(^|[^09]),|,([^09]|$)`)

// numbers is the type of the numbers that the pattern can read.
func (p *numberPattern) numbers() (types.Type, error) {
	scale := len(p.fraction)
	precision := len(p.whole) - strings.Count(p.whole, ",") + scale
	if precision > 38 {
		return types.Type{}, fault.Analysisf("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "the format %q has %d digits; a decimal has at most 38", p.text, precision)
	}
	return types.Decimal(precision, scale), nil
}

// write appends a number, given by its digits before and behind the point, without zeros
// at the outer ends. Digits for which the pattern has no room become #.
func (p *numberPattern) write(dst []byte, negative bool, whole, fraction string) []byte {
	from := len(dst)
	room := len(p.whole) - strings.Count(p.whole, ",")
	overflow := len(whole) > room || len(fraction) > len(p.fraction)
	switch {
	case p.lead == "S" && !negative:
		dst = append(dst, '+')
	case p.lead != "" && negative:
		dst = append(dst, '-')
	case p.lead == "MI":
		dst = append(dst, ' ')
	case p.trail == "PR" && negative:
		dst = append(dst, '<')
	}
	if p.currency {
		dst = append(dst, '$')
	}
	missing := room - len(whole)
	for i := range len(p.whole) {
		switch c := p.whole[i]; {
		case c == ',' && len(dst) > from && isDigit(dst[len(dst)-1]):
			dst = append(dst, ',')
		case c == ',':
			dst = blank(dst, from)
		case overflow:
			dst = append(dst, '#')
		case missing <= 0:
			dst = append(dst, whole[0])
			whole = whole[1:]
		default:
			missing--
			if c == '0' {
				dst = append(dst, '0')
			} else {
				dst = blank(dst, from)
			}
		}
	}
	if p.point {
		dst = p.writeFraction(dst, from, fraction, overflow)
	}
	switch {
	case p.trail == "S" && !negative:
		return append(dst, '+')
	case p.trail == "PR" && negative:
		return append(dst, '>')
	case p.trail == "PR":
		return append(dst, "  "...)
	case p.trail != "" && negative:
		return append(dst, '-')
	case p.trail == "MI":
		return append(dst, ' ')
	}
	return dst
}

func (p *numberPattern) writeFraction(dst []byte, from int, fraction string, overflow bool) []byte {
	if p.fraction == "" {
		return append(dst, ' ')
	}
	if len(dst) > from && dst[len(dst)-1] == ' ' {
		dst[len(dst)-1] = '0'
	}
	dst = append(dst, '.')
	for i := range len(p.fraction) {
		switch {
		case overflow:
			dst = append(dst, '#')
		case i < len(fraction):
			dst = append(dst, fraction[i])
		default:
			dst = append(dst, '0')
		}
	}
	return dst
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// blank appends a blank, or puts it before a sign that is last.
func blank(dst []byte, from int) []byte {
	if last := len(dst) - 1; last >= from && (dst[last] == '+' || dst[last] == '-' || dst[last] == '<') {
		return append(dst[:last], ' ', dst[last])
	}
	return append(dst, ' ')
}

// read returns the number that a text says in the type of numbers, and whether the text is
// of the pattern. Blanks count nowhere.
func (p *numberPattern) read(text string) (number decimal.Num, ok bool) {
	rest := strings.Join(strings.Fields(text), "")
	negative := false
	switch p.trail {
	case "S", "MI":
		rest, negative = cutSign(rest, p.trail, strings.CutSuffix)
	case "PR":
		var closed bool
		rest, negative = strings.CutPrefix(rest, "<")
		if rest, closed = strings.CutSuffix(rest, ">"); negative != closed {
			return number, false
		}
	}
	if p.lead != "" {
		rest, negative = cutSign(rest, p.lead, strings.CutPrefix)
	}
	if p.currency {
		if rest, ok = strings.CutPrefix(rest, "$"); !ok {
			return number, false
		}
	}
	whole, fraction, point := strings.Cut(rest, ".")
	if point && !p.point || rest == "" || !fits(whole, p.whole) || !fits(fraction, p.fraction) {
		return number, false
	}
	digits := "0" + strings.ReplaceAll(whole, ",", "") + "." + fraction
	number, _, _ = values.ParseDecimal([]byte(digits), 38, len(p.fraction))
	if negative {
		number = number.Negate()
	}
	return number, true
}

// cutSign cuts a minus, or for S also a plus.
func cutSign(text, token string, cut func(text, sign string) (string, bool)) (rest string, negative bool) {
	if rest, negative = cut(text, "-"); !negative && token == "S" {
		rest, _ = cut(text, "+")
	}
	return rest, negative
}

// fits reports whether digits are of the groups of a pattern, counted from the last: as
// many as it has if it begins with 0, and else at most as many.
func fits(digits, pattern string) bool {
	have, want := strings.Split(digits, ","), strings.Split(pattern, ",")
	if len(have) > len(want) {
		return false
	}
	for i := range want {
		group, exact := "", strings.HasPrefix(want[len(want)-1-i], "0")
		if i < len(have) {
			group = have[len(have)-1-i]
		}
		if len(group) > len(want[len(want)-1-i]) || exact && len(group) < len(want[len(want)-1-i]) {
			return false
		}
		if strings.Trim(group, "0123456789") != "" {
			return false
		}
	}
	return true
}

func (p *numberPattern) mismatch(text string) error {
	return noValue("INVALID_FORMAT.MISMATCH_INPUT", fmt.Sprintf("%q is no number of the format %q", text, p.text))
}
