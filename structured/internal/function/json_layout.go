package function

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// layOutJSON writes JSON that has no blanks as Jackson lays it out: a line for each member of an
// object, and arrays as they come.
func layOutJSON(text []byte) []byte {
	out := make([]byte, 0, 2*len(text))
	var within []byte // the brackets that are open
	depth := 0        // the objects among them
	line := func() { out = append(append(out, '\n'), strings.Repeat("  ", depth)...) }
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := stringEnd(text, i)
			out = append(out, text[i:end]...)
			i = end - 1
		case '{', '[':
			if text[i+1] == c+2 { // the bracket that closes it
				out = append(out, c, ' ', c+2)
				i++
				continue
			}
			within = append(within, c)
			if out = append(out, c); c == '[' {
				out = append(out, ' ')
				continue
			}
			depth++
			line()
		case '}', ']':
			within = within[:len(within)-1]
			if c == ']' {
				out = append(out, ' ', c)
				continue
			}
			depth--
			line()
			out = append(out, c)
		case ',':
			if out = append(out, c); within[len(within)-1] == '[' {
				out = append(out, ' ')
				continue
			}
			line()
		case ':':
			out = append(out, " : "...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// escapeJSON writes characters beyond ASCII as escapes of their code units.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r < utf8.RuneSelf {
			out = append(out, text[0])
		} else {
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04X`, unit)
			}
		}
		text = text[size:]
	}
	return out
}
