package sql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// string reads a string whose quote is at the given byte. A doubled quote ends one string
// and begins the next, which the parser puts together. Unless the string is raw, a backslash gives the character after it another
// meaning.
func (l *lexer) string(at int, raw bool) error {
	quote := l.text[at]
	var value strings.Builder
	for i := at + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == quote:
			l.add(text, value.String(), i+1)
			return nil
		case c == '\\' && !raw:
			length := unescape(&value, l.text[i:])
			if length == 0 {
				return l.fail("a string is not closed")
			}
			i += length - 1
		default:
			value.WriteByte(c)
		}
	}
	return l.fail("a string is not closed")
}

// unescape writes what an escape at the start of s stands for and returns its length,
// 0 if s ends before it does.
func unescape(out *strings.Builder, s string) int {
	if len(s) < 2 {
		return 0
	}
	if r, length, ok := escapedCode(s); ok {
		out.WriteRune(r)
		return length
	}
	switch c := s[1]; c {
	case '0':
		out.WriteByte(0)
	case 'b':
		out.WriteByte('\b')
	case 'n':
		out.WriteByte('\n')
	case 'r':
		out.WriteByte('\r')
	case 't':
		out.WriteByte('\t')
	case 'Z':
		out.WriteByte(26)
	case '%', '_': // for LIKE, which knows them escaped
		out.WriteString(s[:2])
	default:
		_, size := utf8.DecodeRuneInString(s[1:])
		out.WriteString(s[1 : 1+size])
		return 1 + size
	}
	return 2
}

// escapedCode reads a character given by its number: three octal digits, or u and
// four, or U and eight hexadecimal ones.
func escapedCode(s string) (r rune, length int, ok bool) {
	digits, base, from := 3, 8, 1
	switch s[1] {
	case 'u':
		digits, base, from = 4, 16, 2
	case 'U':
		digits, base, from = 8, 16, 2
	}
	if len(s) < from+digits {
		return 0, 0, false
	}
	code, err := strconv.ParseUint(s[from:from+digits], base, 32)
	if err != nil || base == 8 && code > 0o177 || code > utf8.MaxRune {
		return 0, 0, false
	}
	return rune(code), from + digits, true
}
