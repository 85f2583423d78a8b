package sql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// lexer cuts a text into tokens.
type lexer struct {
	text string
	at   int // the next byte

	line, column int // of the byte at counted; column is from 0
	counted      int

	tokens []token
}

// lex returns the tokens of a text; the last one is of kind end.
func lex(text string) ([]token, error) {
	l := &lexer{text: text, line: 1}
	for {
		if err := l.skip(); err != nil {
			return nil, err
		}
		if l.at == len(l.text) {
			l.add(end, "", l.at)
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

// position is where the next byte is.
func (l *lexer) position() syntax.Position {
	l.column += utf8.RuneCountInString(l.text[l.counted:l.at])
	l.counted = l.at
	return syntax.Position{Line: l.line, Column: l.column + 1}
}

func (l *lexer) add(k kind, value string, to int) {
	l.tokens = append(l.tokens, token{k, value, l.position(), l.at, to})
	l.move(to)
}

// move goes on to a byte and counts the lines on the way.
func (l *lexer) move(to int) {
	for i := l.at; i < to; i++ {
		if l.text[i] == '\n' {
			l.line, l.column, l.counted = l.line+1, 0, i+1
		}
	}
	l.at = to
}

// fail is an error at the next byte.
func (l *lexer) fail(message string) error {
	return syntaxError(l.position(), message)
}

func syntaxError(at syntax.Position, message string) error {
	return parseError("PARSE_SYNTAX_ERROR", at, message)
}

func parseError(condition string, at syntax.Position, message string) error {
	return &fault.Error{Condition: condition, Stage: fault.Parse, Message: at.String() + ": " + message}
}

// skip passes blanks and comments. Comments in brackets nest; hints are none.
func (l *lexer) skip() error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r) || r == '\ufeff':
			l.move(l.at + size)
		case strings.HasPrefix(rest, "--"):
			l.move(l.at + lineComment(rest))
		case strings.HasPrefix(rest, "/*") && !strings.HasPrefix(rest, hintBegin):
			length, ok := bracketedComment(rest)
			if !ok {
				return parseError("UNCLOSED_BRACKETED_COMMENT", l.position(), "a comment that begins with /* has no */ at its end")
			}
			l.move(l.at + length)
		default:
			return nil
		}
	}
	return nil
}

// lineComment is the length of a comment up to the end of its line; a backslash
// there continues it.
func lineComment(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' && s[i-1] != '\\' {
			return i
		}
	}
	return len(s)
}

func bracketedComment(s string) (length int, ok bool) {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			if depth--; depth == 0 {
				return i + 2, true
			}
			i++
		}
	}
	return 0, false
}

// Hints stand between these.
const hintBegin, hintEnd = "/*+", "*/"

// symbols are the operators and marks, the longer of two that begin alike first.
var symbols = [...]string{
	hintBegin, hintEnd, ">>>", "<=>", "<<", ">>", "<>", "<=", ">=", "!=", "==", "!>", "!<", "||", "->", "=>", "::",
	"=", "<", ">", "!", "+", "-", "*", "/", "%", "~", "&", "|", "^", "(", ")", "[", "]", ",", ".", ";", ":", "?",
}

func (l *lexer) next() error {
	rest := l.text[l.at:]
	first := rest[0]
	switch {
	case first == '\'' || first == '"':
		return l.string(l.at, false)
	case (first == 'r' || first == 'R') && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		return l.string(l.at+1, true)
	case first == '`':
		return l.backQuoted()
	case isDigit(first) || first == '.' && len(rest) > 1 && isDigit(rest[1]) && !l.afterName():
		l.number()
		return nil
	}
	if length := nameLength(rest); length > 0 {
		l.add(word, rest[:length], l.at+length)
		return nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			l.add(symbol, s, l.at+len(s))
			return nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return l.fail("unexpected character " + quoteRune(r))
}

func quoteRune(r rune) string { return "'" + string(r) + "'" }

// afterName reports whether the token before touches this place and is a name: then
// a point separates the parts of a name, even before a digit.
func (l *lexer) afterName() bool {
	if len(l.tokens) == 0 {
		return false
	}
	last := l.tokens[len(l.tokens)-1]
	return last.to == l.at && (last.kind == word || last.kind == quoted || last.is("]") || last.is(")"))
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// nameLength is the length of the name at the start of s: letters, digits and
// underscores. The first may be a digit, as in 0x1F.
func nameLength(s string) int {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !('0' <= r && r <= '9') {
			return i
		}
	}
	return len(s)
}

// backQuoted reads a name in back quotes; a doubled one stands for one.
func (l *lexer) backQuoted() error {
	var value strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		if l.text[i] != '`' {
			value.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '`' {
			value.WriteByte('`')
			i++
			continue
		}
		if value.Len() == 0 {
			return l.fail("a name is empty")
		}
		l.add(quoted, value.String(), i+1)
		return nil
	}
	return l.fail("a back quote is not closed")
}

// number reads a number: digits with at most one point, an exponent and a suffix. If
// letters follow that are none of these, it is a name.
func (l *lexer) number() {
	rest := l.text[l.at:]
	i := digits(rest, 0)
	point := i < len(rest) && rest[i] == '.'
	if point {
		i = digits(rest, i+1)
	}
	if e := exponent(rest, i); e > i {
		i = e
	}
	mantissa := i
	i += suffix(rest[i:], point || mantissa != digits(rest, 0))
	if name := nameLength(rest); name > i { // 1a, 0x1F
		l.add(word, rest[:name], l.at+name)
		return
	}
	if nameLength(rest[i:]) > 0 { // 1.5x is 1.5 and x
		i = mantissa
	}
	l.add(number, rest[:i], l.at+i)
}

func digits(s string, from int) int {
	for from < len(s) && isDigit(s[from]) {
		from++
	}
	return from
}

// exponent returns where the exponent ends that begins at i, or i if there is none.
func exponent(s string, i int) int {
	if i >= len(s) || s[i] != 'e' && s[i] != 'E' {
		return i
	}
	from := i + 1
	if from < len(s) && (s[from] == '+' || s[from] == '-') {
		from++
	}
	if to := digits(s, from); to > from {
		return to
	}
	return i
}

// suffix is the length of the suffix that gives a number its type.
func suffix(s string, fraction bool) int {
	for _, suffix := range [...]string{"BD", "L", "S", "Y", "F", "D"} {
		whole := suffix == "L" || suffix == "S" || suffix == "Y"
		if len(s) >= len(suffix) && strings.EqualFold(s[:len(suffix)], suffix) && !(fraction && whole) &&
			nameLength(s[len(suffix):]) == 0 {
			return len(suffix)
		}
	}
	return 0
}
