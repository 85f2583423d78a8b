package regex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// escape reads what follows a backslash outside of classes.
func (p *parser) escape() (*node, error) {
	rest := p.rest
	switch r := p.next(); {
	case r == 'A':
		return &node{op: opTextStart}, nil
	case r == 'z':
		return &node{op: opTextEnd}, nil
	case r == 'Z':
		p.tree.ends = true
		return &node{op: opEnd}, nil
	case r == 'G':
		return p.backtracking(opPreviousMatch), nil
	case r == 'b':
		p.tree.words = true
		return &node{op: opWord}, nil
	case r == 'B':
		p.tree.words = true
		return &node{op: opNoWord}, nil
	case r == 'R':
		pair := &node{op: opSequence, subs: []*node{{op: opSet, set: set{'\r', '\r'}}, {op: opSet, set: set{'\n', '\n'}}}}
		return &node{op: opEither, subs: []*node{pair, {op: opSet, set: verticals}}}, nil
	case '1' <= r && r <= '9':
		return p.reference(int(r - '0'))
	case r == 'k' && p.take("<"):
		name, rest, _ := strings.Cut(p.rest, ">")
		p.rest = rest
		index := p.tree.names[name]
		if index == 0 {
			return nil, fmt.Errorf("there is no group %q", name)
		}
		n := p.backtracking(opBack)
		n.index, n.fold = index, p.flags.fold
		return n, nil
	}
	p.rest = rest
	s, err := p.escapedSet()
	return p.characters(s), err
}

// unquoted escapes what stands between \Q and \E.
func unquoted(text string) string {
	var out strings.Builder
	for {
		before, quoted, ok := strings.Cut(text, `\Q`)
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		literal, rest, _ := strings.Cut(quoted, `\E`)
		for _, r := range literal {
			if r < 0x80 && !letters.has(r) && !digits.has(r) {
				out.WriteByte('\\')
			}
			out.WriteRune(r)
		}
		text = rest
	}
}

// reference reads the rest of the number of a group, so far as there are so many.
func (p *parser) reference(index int) (*node, error) {
	for p.rest != "" && digits.has(rune(p.rest[0])) && index*10+int(p.rest[0]-'0') <= p.tree.groups {
		index = index*10 + int(p.next()-'0')
	}
	n := p.backtracking(opBack)
	n.index, n.fold = index, p.flags.fold
	if index > p.tree.groups { // which matches nothing
		n = &node{op: opSet}
	}
	return n, nil
}

// escapedSet reads what follows a backslash and stands for characters, in classes or
// outside of them.
func (p *parser) escapedSet() (set, error) {
	r := p.next()
	switch r {
	case 'd':
		return digits, nil
	case 'D':
		return digits.negate(), nil
	case 's':
		return spaces, nil
	case 'S':
		return spaces.negate(), nil
	case 'w':
		return words, nil
	case 'W':
		return words.negate(), nil
	case 'h':
		return blanks, nil
	case 'H':
		return blanks.negate(), nil
	case 'v':
		return verticals, nil
	case 'V':
		return verticals.negate(), nil
	case 'p', 'P':
		return p.property(r == 'P')
	}
	c, err := p.escapedCharacter(r)
	return set{c, c}, err
}

func (p *parser) property(negated bool) (set, error) {
	name := string(p.next())
	if name == "{" {
		inner, rest, ok := strings.Cut(p.rest, "}")
		if !ok {
			return nil, fmt.Errorf("the class \\p{%s is not closed", inner)
		}
		name, p.rest = inner, rest
	}
	s, err := property(name)
	if negated {
		s = s.negate()
	}
	return s, err
}

func (p *parser) escapedCharacter(r rune) (rune, error) {
	switch r {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1b, nil
	case 'c':
		return p.next() ^ 64, nil
	case '0':
		return p.number(8, 1, 3)
	case 'u':
		return p.number(16, 4, 4)
	case 'x':
		if p.take("{") {
			hex, rest, _ := strings.Cut(p.rest, "}")
			p.rest = rest
			value, err := strconv.ParseUint(hex, 16, 31)
			if err != nil || value > unicode.MaxRune {
				return 0, fmt.Errorf("there is no character \\x{%s}", hex)
			}
			return rune(value), nil
		}
		return p.number(16, 2, 2)
	}
	if r < 0x80 && letters.has(r) || r == 0xfffd && p.rest == "" {
		return 0, fmt.Errorf("an unknown escape \\%c", r)
	}
	return r, nil
}

// number reads the digits of a character.
func (p *parser) number(base, least, most int) (rune, error) {
	value, n := 0, 0
	for n < min(most, len(p.rest)) {
		digit, err := strconv.ParseUint(p.rest[n:n+1], base, 8)
		if err != nil || base == 8 && value*8+int(digit) > 0o377 {
			break
		}
		value = value*base + int(digit)
		n++
	}
	if n < least {
		return 0, fmt.Errorf("an escaped character lacks digits")
	}
	p.rest = p.rest[n:]
	return rune(value), nil
}

// class reads what follows an opening bracket.
func (p *parser) class() (set, error) {
	negated := p.take("^")
	var left, right set
	narrowed := false // left is what stands before &&
	for first := true; ; first = false {
		if p.rest == "" {
			return nil, fmt.Errorf("a class is not closed")
		}
		if p.take("&&") {
			if narrowed {
				right = left.intersect(right)
			}
			left, right, narrowed = right, nil, true
			continue
		}
		if !first && p.take("]") {
			break
		}
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		right = right.union(item)
	}
	if narrowed {
		right = left.intersect(right)
	}
	if negated {
		if p.flags.fold {
			right = right.folded(p.flags.foldAll)
		}
		right = right.negate()
	}
	return right, nil
}

// item reads a character, a range, an escape or a class within a class.
func (p *parser) item() (set, error) {
	if p.take("[") {
		return p.class()
	}
	from, err := p.one()
	if err != nil || len(from) != 2 || from[0] != from[1] {
		return from, err
	}
	if !strings.HasPrefix(p.rest, "-") || strings.HasPrefix(p.rest, "-]") || strings.HasPrefix(p.rest, "-[") || p.rest == "-" {
		return from, nil
	}
	p.next()
	to, err := p.one()
	if err == nil && (len(to) != 2 || to[0] != to[1] || to[0] < from[0]) {
		err = errRange
	}
	if err != nil {
		return nil, err
	}
	return set{from[0], to[0]}, nil
}

func (p *parser) one() (set, error) {
	if p.take(`\`) {
		return p.escapedSet()
	}
	r := p.next()
	return set{r, r}, nil
}
