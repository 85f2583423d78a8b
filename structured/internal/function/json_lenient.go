package function

import (
	"bytes"
	"encoding/json/jsontext"
	"slices"
)

// leniency is what JSON texts may have that JSON does not.
type leniency struct {
	singleQuotes bool // around strings
	namedNumbers bool // NaN, Infinity, INF
	bareNames    bool // of members, without quotes
	comments     bool // as in Java
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
			out = appendInQuotes(out, text[i+1:max(end-1, i+1)], c)
		case c == '/' && l.comments:
			end = commentEnd(text, i)
		case isLetter(c) || c == '_' || c == '+' || c == '-':
			for end < len(text) && (isLetter(text[end]) || text[end] == '_' || '0' <= text[end] && text[end] <= '9') {
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

func (l leniency) appendWord(out, word, rest []byte) []byte {
	isName := bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte{':'})
	if l.bareNames && isName || l.namedNumbers && slices.Contains(namedFloats, string(word)) {
		return append(append(append(out, '"'), word...), '"')
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
func appendInQuotes(out, inside []byte, quote byte) []byte {
	out = append(out, '"')
	for i := 0; i < len(inside); i++ {
		switch {
		case quote == '\'' && inside[i] == '"':
			out = append(out, '\\', '"')
		case inside[i] == '\\' && i+1 < len(inside) && inside[i+1] == '\'':
		default:
			out = append(out, inside[i])
			if inside[i] == '\\' && i+1 < len(inside) {
				i++
				out = append(out, inside[i])
			}
		}
	}
	return append(out, '"')
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
