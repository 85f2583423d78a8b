package regex

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// flags are those of (?i), with fold beyond ASCII, (?s), (?m), (?x) and (?d).
type flags struct{ fold, foldAll, dotAll, lines, comments, unixLines bool }

func (f *flags) set(letter byte, on bool) bool {
	switch letter {
	case 'i':
		f.fold = on
	case 'u', 'U':
		f.foldAll = on
	case 's':
		f.dotAll = on
	case 'm':
		f.lines = on
	case 'x':
		f.comments = on
	case 'd':
		f.unixLines = on
	default:
		return false
	}
	return true
}

type parser struct {
	rest  string
	flags flags
	tree  tree
	depth int // of groups within each other
}

// The bounds of an expression, which the parser and the machine descend into.
const (
	mostText   = 1 << 20
	mostGroups = 1000 // within each other
)

var (
	errTooLarge = errors.New("more than 1 MiB of text, or 1,000 groups within each other,")
	errUnclosed = errors.New("a group is not closed")
	errDangling = errors.New("there is nothing to repeat")
	errRange    = errors.New("a range or a number of repetitions is upside down")
)

func parse(text string) (*tree, error) {
	if len(text) > mostText {
		return nil, errTooLarge
	}
	p := &parser{rest: unquoted(text), tree: tree{names: map[string]int{}}}
	root, err := p.either()
	if err == nil && p.rest != "" {
		err = errors.New("a closing parenthesis without an opening one")
	}
	p.tree.root = root
	return &p.tree, err
}

func (p *parser) take(prefix string) bool {
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

func (p *parser) next() rune {
	r, size := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[size:]
	return r
}

// either reads alternatives up to the end or a closing parenthesis.
func (p *parser) either() (*node, error) {
	if p.depth++; p.depth > mostGroups {
		return nil, errTooLarge
	}
	defer func() { p.depth-- }()
	var all []*node
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		if all = append(all, n); !p.take("|") {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return &node{op: opEither, subs: all}, nil
}

func (p *parser) sequence() (*node, error) {
	n := &node{op: opSequence}
	for {
		p.skipComments()
		if p.rest == "" || p.rest[0] == '|' || p.rest[0] == ')' {
			return n, nil
		}
		atom, err := p.atom()
		if err != nil {
			return nil, err
		}
		p.skipComments()
		if atom, err = p.repeated(atom); err != nil {
			return nil, err
		}
		n.subs = append(n.subs, atom)
	}
}

func (p *parser) skipComments() {
	for p.flags.comments {
		p.rest = strings.TrimLeft(p.rest, " \t\n\v\f\r")
		if !strings.HasPrefix(p.rest, "#") {
			return
		}
		_, p.rest, _ = strings.Cut(p.rest, "\n")
	}
}

// repeated reads how often an atom stands.
func (p *parser) repeated(atom *node) (*node, error) {
	n := &node{op: opRepeat, subs: []*node{atom}, max: -1}
	switch {
	case p.take("*"):
	case p.take("+"):
		n.min = 1
	case p.take("?"):
		n.max = 1
	case p.take("{"):
		counts, rest, ok := strings.Cut(p.rest, "}")
		least, most, ranged := strings.Cut(counts, ",")
		var err, err2 error
		n.min, err = strconv.Atoi(least)
		switch {
		case !ranged:
			n.max = n.min
		case most != "":
			n.max, err2 = strconv.Atoi(most)
		}
		if !ok || err != nil || err2 != nil {
			return nil, errors.New("a brace begins no number of repetitions")
		}
		if p.rest = rest; n.max >= 0 && n.max < n.min {
			return nil, errRange
		}
	default:
		return atom, nil
	}
	switch {
	case p.take("?"):
		n.mode = lazy
	case p.take("+"):
		n.mode = possessive
		p.tree.backtracks = true
	}
	return n, nil
}

func (p *parser) atom() (*node, error) {
	switch r := p.next(); r {
	case '(':
		return p.group()
	case '[':
		s, err := p.class()
		return p.characters(s), err
	case '\\':
		return p.escape()
	case '.':
		switch {
		case p.flags.dotAll:
			return &node{op: opSet, set: set{0, unicode.MaxRune}}, nil
		case p.flags.unixLines:
			return &node{op: opSet, set: set{'\n', '\n'}.negate()}, nil
		}
		return &node{op: opSet, set: lineEnds.negate()}, nil
	case '^':
		if p.flags.lines {
			return p.backtracking(opLineStart), nil
		}
		return &node{op: opTextStart}, nil
	case '$':
		if p.flags.lines {
			return p.backtracking(opLineEnd), nil
		}
		p.tree.ends = true
		return &node{op: opEnd}, nil
	case '*', '+', '?', '{':
		return nil, errDangling
	default:
		return p.characters(set{r, r}), nil
	}
}

// characters is a node of one character of a set, or of the same letter in other case.
func (p *parser) characters(s set) *node {
	if p.flags.fold {
		s = s.folded(p.flags.foldAll)
	}
	return &node{op: opSet, set: s}
}

func (p *parser) backtracking(o op, subs ...*node) *node {
	p.tree.backtracks = true
	return &node{op: o, subs: subs}
}

// group reads what follows an opening parenthesis.
func (p *parser) group() (*node, error) {
	outer := p.flags
	defer func() { p.flags = outer }()
	switch {
	case p.take("?:"):
		return p.closed(&node{op: opSequence})
	case p.take("?="):
		return p.closed(p.backtracking(opAhead))
	case p.take("?!"):
		return p.closed(p.backtracking(opNotAhead))
	case p.take("?<="):
		return p.behind(p.backtracking(opBehind))
	case p.take("?<!"):
		return p.behind(p.backtracking(opNotBehind))
	case p.take("?>"):
		return p.closed(p.backtracking(opAtomic))
	case p.take("?<"):
		name, rest, ok := strings.Cut(p.rest, ">")
		if !ok || !isName(name) || p.tree.names[name] > 0 {
			return nil, fmt.Errorf("a group cannot have the name %q", name)
		}
		p.rest = rest
		p.tree.names[name] = p.tree.groups + 1
	case p.take("?"):
		for on := true; ; {
			switch r := p.next(); {
			case r == '-':
				on = false
			case r == ':':
				return p.closed(&node{op: opSequence})
			case r == ')':
				outer = p.flags
				return &node{op: opEmpty}, nil
			case r >= utf8.RuneSelf || !p.flags.set(byte(r), on):
				return nil, errors.New("an unknown group")
			}
		}
	}
	p.tree.groups++
	return p.closed(&node{op: opGroup, index: p.tree.groups})
}

func isName(text string) bool {
	for i, r := range text {
		if r > 'z' || !letters.has(r) && (i == 0 || !digits.has(r)) {
			return false
		}
	}
	return text != ""
}

func (p *parser) closed(n *node) (*node, error) {
	inner, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, errUnclosed
	}
	n.subs = []*node{inner}
	return n, nil
}

func (p *parser) behind(n *node) (*node, error) {
	n, err := p.closed(n)
	if err == nil && n.subs[0].most() < 0 {
		err = errors.New("what is looked for behind has no greatest length")
	}
	return n, err
}
