package sql

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// kind tells tokens apart.
type kind uint8

const (
	end    kind = iota
	word        // a name or keyword
	quoted      // a name in back quotes
	text        // a string
	number      // digits, maybe with point, exponent and suffix
	symbol      // an operator or a mark
)

// token is one word of the text.
type token struct {
	kind kind
	text string // of a quoted name or a string its value, else as it is written
	at   syntax.Position
	from int // where it begins in the text, in bytes
	to   int // where it ends
}

// is reports whether the token is this keyword or symbol, given in upper case.
func (t token) is(want string) bool {
	switch t.kind {
	case word:
		return len(t.text) == len(want) && strings.EqualFold(t.text, want)
	case symbol:
		return t.text == want
	}
	return false
}

// isOneOf reports whether the token is one of these keywords or symbols.
func (t token) isOneOf(wants ...string) bool {
	for _, want := range wants {
		if t.is(want) {
			return true
		}
	}
	return false
}

// String is the token as an error shows it.
func (t token) String() string {
	switch t.kind {
	case end:
		return "end of input"
	case text:
		return "'" + t.text + "'"
	case quoted:
		return "`" + t.text + "`"
	default:
		return "'" + t.text + "'"
	}
}
