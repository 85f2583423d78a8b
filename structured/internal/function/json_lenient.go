package function

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
)

// leniency is what JSON texts may have that JSON does not.
type leniency struct {
	singleQuotes bool // around strings
	namedNumbers bool // NaN, Infinity, INF
	leadingZeros bool // of numbers
	bareNames    bool // of members, without quotes
	comments     bool // as in Java
	anyEscapes   bool // a backslash before any character
	controls     bool // characters below the blank in strings
}

// first is the value that a text begins with, nil if it is none. What follows does not
// count.
func (l leniency) first(text []byte) jsontext.Value {
	if value := firstJSON(text); value != nil {
		return value
	}
	return firstJSON(l.strict(text))
}

// strict writes a text with the liberties that are allowed as JSON without them.
func (l leniency) strict(text []byte) []byte {
	out := make([]byte, 0, len(text)+8)
	for i := 0; i < len(text); {
		c := text[i]
		end := i + 1
		switch {
		case c == '"' || c == '\'' && l.singleQuotes:
			end = stringEnd(text, i)
			out = l.appendInQuotes(out, text[i+1:max(end-1, i+1)], c)
		case c == '/' && l.comments:
			end = commentEnd(text, i)
		case l.inWord(c):
			for end < len(text) && l.inWord(text[end]) {
				end++
			}
			out = l.appendWord(out, text[i:end], text[end:])
		default:
			out = append(out, c)
		}
		i = end
	}
	return out
}

// inWord reports whether numbers, the words of JSON or names without quotes have a character.
func (l leniency) inWord(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '+' || c == '-' || c == '.' ||
		l.bareNames && (c >= 0x80 || c == '$' || c == '@' || c == '#' || c == '*')
}

func (l leniency) appendWord(out, word, rest []byte) []byte {
	isName := l.bareNames && !isDigit(word[0]) && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte{':'})
	if isName || l.namedNumbers && slices.Contains(namedFloats, string(word)) {
		return append(append(append(out, '"'), word...), '"')
	}
	if l.leadingZeros {
		if word[0] == '-' {
			out, word = append(out, '-'), word[1:]
		}
		for len(word) > 1 && word[0] == '0' && isDigit(word[1]) {
			word = word[1:]
		}
	}
	return append(out, word...)
}

// stringEnd is the place behind a string that begins at from.
func stringEnd(text []byte, from int) int {
	for i := from + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[from]:
			return i + 1
		}
	}
	return len(text)
}

// appendInQuotes writes what stood between quotes between double quotes.
func (l leniency) appendInQuotes(out, inside []byte, quote byte) []byte {
	out = append(out, '"')
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		switch {
		case quote == '\'' && c == '"':
			out = append(out, '\\', '"')
		case c < ' ' && l.controls:
			out = fmt.Appendf(out, `\u%04x`, c)
		case c != '\\' || i+1 == len(inside):
			out = append(out, c)
		case inside[i+1] == 'u':
			n := 0
			out, n = appendUnits(out, inside[i:])
			i += n - 1
		default:
			i++
			if c := inside[i]; c != '\'' && (!l.anyEscapes || bytes.IndexByte([]byte(`"\/bfnrt`), c) >= 0) {
				out = append(out, '\\')
			}
			out = append(out, inside[i])
		}
	}
	return append(out, '"')
}

// appendUnits writes the escaped code unit that text begins with, or the two of a pair, and
// returns how many bytes they take. Half a pair is no character: Java writes a question mark.
func appendUnits(out, text []byte) ([]byte, int) {
	unit := escapedUnit(text)
	switch {
	case unit < 0:
		return append(out, '\\'), 1
	case !utf16.IsSurrogate(unit):
		return append(out, text[:6]...), 6
	case len(text) >= 12 && utf16.DecodeRune(unit, escapedUnit(text[6:])) != '\uFFFD':
		return append(out, text[:12]...), 12
	}
	return append(out, '?'), 6
}

// escapedUnit is the code unit of an escape such as \u00e9; -1 if text begins with none.
func escapedUnit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

func commentEnd(text []byte, from int) int {
	for _, kind := range []struct{ begin, end string }{{"//", "\n"}, {"/*", "*/"}} {
		if rest, ok := bytes.CutPrefix(text[from:], []byte(kind.begin)); ok {
			if at := bytes.Index(rest, []byte(kind.end)); at >= 0 {
				return from + 2 + at + len(kind.end)
			}
			return len(text)
		}
	}
	return from + 1
}
