package function

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// timePattern is a pattern of date_format and its relatives, in the letters of Java's
// DateTimeFormatter: G era, y year, M and L month, d day, D day of the year, F day of
// the week counted from the first of the month, q and Q quarter, E day of the week, a
// half of the day, H and k hour of the day, h and K of its half, m minute, s second, S
// fraction, VV, z, x, X, Z and O zone. What stands in brackets may be missing in a text
// that is read.
type timePattern []timeField

// timeField is a letter and how often it stands, a text, or an optional part.
type timeField struct {
	letter   byte // 0 for a text, '[' for an optional part
	count    int
	text     string
	optional timePattern
}

const (
	// Letters of weeks and those that the old and the new formats of Java disagree about.
	weekLetters = "YWwuec"

	// Letters of Java's that patterns may not have, here and in texts to be read.
	refusedLetters  = "ABnNp"
	unreadableTimes = "EFqQ"
)

// mostLetters is how often a letter may stand.
var mostLetters = map[byte]int{
	'y': 10, 'G': 4, 'M': 4, 'L': 4, 'E': 4, 'q': 4, 'Q': 4, 'D': 3, 'F': 1, 'a': 1, 'd': 2, 'H': 2, 'k': 2, 'h': 2, 'K': 2,
	'm': 2, 's': 2, 'S': 9, 'V': 2, 'z': 4, 'O': 4, 'x': 5, 'X': 5, 'Z': 5,
}

// parseTimePattern reads a pattern. With reading it is one for texts to be read, which
// may have fewer letters.
func parseTimePattern(pattern string, reading bool) (timePattern, error) {
	p := patternParser{rest: pattern, pattern: pattern, reading: reading}
	return p.fields(false)
}

type patternParser struct {
	rest, pattern string
	reading       bool
}

func (p *patternParser) fields(inBrackets bool) (timePattern, error) {
	fields := timePattern{}
	for p.rest != "" {
		c := p.rest[0]
		switch {
		case c == '\'':
			text, err := p.quoted()
			if err != nil {
				return nil, err
			}
			fields = append(fields, timeField{text: text})
		case isLetter(c):
			f, err := p.letters(c)
			if err != nil {
				return nil, err
			}
			fields = append(fields, f)
		case c == '[':
			p.rest = p.rest[1:]
			part, err := p.fields(true)
			if err != nil {
				return nil, err
			}
			fields = append(fields, timeField{letter: '[', optional: part})
		case c == ']' && inBrackets:
			p.rest = p.rest[1:]
			return fields, nil
		case strings.IndexByte("]#{}", c) >= 0:
			return nil, p.unrecognized("%q has no meaning here", c)
		default:
			fields = append(fields, timeField{text: p.rest[:1]})
			p.rest = p.rest[1:]
		}
	}
	return fields, nil
}

// quoted reads what stands between quotes, of which two are one.
func (p *patternParser) quoted() (string, error) {
	var text strings.Builder
	for rest := p.rest[1:]; ; {
		end := strings.IndexByte(rest, '\'')
		if end < 0 {
			return "", fault.Runtimef("", "pattern %q: a quote is not closed", p.pattern)
		}
		text.WriteString(rest[:end])
		rest = rest[end+1:]
		if !strings.HasPrefix(rest, "'") {
			p.rest = rest
			if text.Len() == 0 {
				return "'", nil
			}
			return text.String(), nil
		}
		text.WriteByte('\'')
		rest = rest[1:]
	}
}

func (p *patternParser) letters(c byte) (timeField, error) {
	n := len(p.rest) - len(strings.TrimLeft(p.rest, string(c)))
	p.rest = p.rest[n:]
	f := timeField{letter: c, count: n}
	most := mostLetters[c]
	switch {
	case strings.IndexByte(weekLetters, c) >= 0:
		return f, fault.Runtimef("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN",
			"pattern %q: there are no letters of weeks, such as %q; use the function extract", p.pattern, c)
	case strings.IndexByte(refusedLetters, c) >= 0, p.reading && strings.IndexByte(unreadableTimes, c) >= 0, most == 0:
		return f, fault.Runtimef("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "pattern %q: the letter %q stands for nothing", p.pattern, c)
	case n > most && strings.IndexByte("yGMLEqQ", c) >= 0:
		return f, fault.Runtimef("INVALID_DATETIME_PATTERN.LENGTH", "pattern %q: %q may stand %d times at most", p.pattern, c, most)
	case n > most, c == 'V' && n == 1, c == 'O' && n != 1 && n != 4:
		return f, p.unrecognized("%q cannot stand %d times", c, n)
	}
	return f, nil
}

// unrecognized is the error of what older formats of Java take.
func (p *patternParser) unrecognized(format string, args ...any) error {
	return fault.Runtimef("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "pattern %q: "+format, append([]any{p.pattern}, args...)...)
}

// mustTimePattern is parseTimePattern of a pattern that has a meaning.
func mustTimePattern(pattern string) timePattern {
	fields, err := parseTimePattern(pattern, false)
	if err != nil {
		panic(err)
	}
	return fields
}

// has reports whether a letter stands anywhere in the pattern.
func (p timePattern) has(letter byte) bool {
	for _, f := range p {
		if f.letter == letter || f.optional.has(letter) {
			return true
		}
	}
	return false
}
