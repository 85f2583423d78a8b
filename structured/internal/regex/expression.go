package regex

import (
	"bytes"
	"fmt"
	"regexp"
)

// Expression is a compiled regular expression. It must not be used by several
// goroutines at once.
type Expression struct {
	text   string
	tree   *tree
	linear *regexp.Regexp // nil if only machine can match

	// What linear would match otherwise than Java: $ before the newline at the end, \b
	// among letters beyond ASCII, and empty matches right behind others.
	ends, words, empty bool

	machine *machine
}

// Compile reads an expression.
func Compile(text string) (*Expression, error) {
	parsed, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w in the regular expression %.1000q", err, text)
	}
	e := &Expression{text: text, tree: parsed, ends: parsed.ends, words: parsed.words, empty: parsed.root.least() == 0}
	if !parsed.backtracks {
		// An expression too large for Go is left to the machine.
		e.linear, _ = regexp.Compile(linearText(parsed.root))
	}
	return e, nil
}

// String returns the text of the expression.
func (e *Expression) String() string { return e.text }

// Groups returns the number of groups.
func (e *Expression) Groups() int { return e.tree.groups }

// Group returns the number of the group of a name; 0 if there is none.
func (e *Expression) Group(name string) int { return e.tree.names[name] }

// Match reports whether a part of s matches.
func (e *Expression) Match(s []byte) (bool, error) {
	if e.isLinear(s) {
		return e.linear.Match(s), nil
	}
	found, err := e.run(s, 0)
	return found != nil, err
}

// Find returns where the first match and its groups begin and end in s, -1 for groups
// that are not part of it; nil if nothing matches.
func (e *Expression) Find(s []byte) ([]int, error) {
	if e.isLinear(s) {
		return e.linear.FindSubmatchIndex(s), nil
	}
	return e.run(s, 0)
}

// FindAll returns all matches, one after the other, as Find does the first. With most
// above 0 they are so many at most.
func (e *Expression) FindAll(s []byte, most int) ([][]int, error) {
	if most <= 0 {
		most = -1
	}
	if !e.empty && e.isLinear(s) {
		return e.linear.FindAllSubmatchIndex(s, most), nil
	}
	var all [][]int
	for from := 0; from <= len(s) && len(all) != most; {
		found, err := e.run(s, from)
		if found == nil || err != nil {
			return all, err
		}
		all = append(all, found)
		if from = found[1]; found[0] == found[1] {
			from += width(s, from)
		}
	}
	return all, nil
}

func (e *Expression) isLinear(s []byte) bool {
	if e.linear == nil || e.ends && len(s) > 0 && lineEnds.has(last(s)) {
		return false
	}
	return !e.words || bytes.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

func (e *Expression) run(s []byte, from int) ([]int, error) {
	if e.machine == nil {
		e.machine = newMachine(e.tree)
	}
	found, err := e.machine.find(s, from)
	if err != nil {
		return nil, fmt.Errorf("%w of the regular expression %q", err, e.text)
	}
	return found, nil
}
