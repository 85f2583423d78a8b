package regex

import (
	"errors"
	"unicode"
	"unicode/utf8"
)

// The bounds of one search: steps, of which there may be exponentially many, and
// repetitions within each other, which take stack.
const (
	mostSteps = 10_000_000
	mostDepth = 50_000
)

var errTooLong = errors.New("the match takes too many steps")

// matcher matches from a place on, including all that follows.
type matcher func(m *machine, at int) bool

// machine tries the ways in which an expression may match, one after the other.
type machine struct {
	tree     *tree
	start    matcher
	s        []byte
	groups   []int // begin and end of each
	opened   []int
	counts   []int // of the repetitions that are under way
	began    []int // where the last of them did
	previous int   // the end of the match before
	end      int   // of what inner matchers matched
	steps    int
	depth    int
}

func newMachine(t *tree) *machine {
	m := &machine{tree: t, groups: make([]int, 2*t.groups+2), opened: make([]int, t.groups+1)}
	m.start = m.compile(t.root, accept)
	return m
}

func accept(m *machine, at int) bool {
	m.end = at
	return true
}

func (m *machine) find(s []byte, from int) ([]int, error) {
	m.s, m.steps, m.depth, m.previous = s, 0, 0, from
	for at := from; at <= len(s); at += width(s, at) {
		for i := range m.groups {
			m.groups[i] = -1
		}
		matches := m.start(m, at)
		if m.exhausted() {
			return nil, errTooLong
		}
		if matches {
			m.groups[0], m.groups[1] = at, m.end
			return append([]int(nil), m.groups...), nil
		}
	}
	return nil, nil
}

// exhausted makes every way fail from now on.
func (m *machine) exhausted() bool { return m.steps > mostSteps || m.depth > mostDepth }

func (m *machine) compile(n *node, next matcher) matcher {
	switch n.op {
	case opSet:
		return one(n.set, next)
	case opSequence:
		for i := len(n.subs) - 1; i >= 0; i-- {
			next = m.compile(n.subs[i], next)
		}
		return next
	case opEither:
		ways := make([]matcher, len(n.subs))
		for i, sub := range n.subs {
			ways[i] = m.compile(sub, next)
		}
		return func(m *machine, at int) bool {
			for _, way := range ways {
				if way(m, at) {
					return true
				}
			}
			return false
		}
	case opRepeat:
		return m.repeat(n, next)
	case opGroup:
		return m.group(n, next)
	case opBack:
		return back(n, next)
	case opAhead, opNotAhead, opAtomic, opBehind, opNotBehind:
		return m.inner(n, next)
	case opEmpty:
		return next
	}
	holds := places[n.op]
	return func(m *machine, at int) bool { return holds(m, at) && next(m, at) }
}

func one(s set, next matcher) matcher {
	return func(m *machine, at int) bool {
		m.steps++
		if at >= len(m.s) {
			return false
		}
		r, size := utf8.DecodeRune(m.s[at:])
		return s.has(r) && next(m, at+size)
	}
}

func (m *machine) group(n *node, next matcher) matcher {
	body := m.compile(n.subs[0], func(m *machine, at int) bool {
		from, to := m.groups[2*n.index], m.groups[2*n.index+1]
		m.groups[2*n.index], m.groups[2*n.index+1] = m.opened[n.index], at
		if next(m, at) {
			return true
		}
		m.groups[2*n.index], m.groups[2*n.index+1] = from, to
		return false
	})
	return func(m *machine, at int) bool {
		outer := m.opened[n.index]
		m.opened[n.index] = at
		ok := body(m, at)
		m.opened[n.index] = outer
		return ok
	}
}

func back(n *node, next matcher) matcher {
	return func(m *machine, at int) bool {
		m.steps++
		from, to := m.groups[2*n.index], m.groups[2*n.index+1]
		if from < 0 || at+to-from > len(m.s) {
			return false
		}
		for i := range to - from {
			a, b := m.s[from+i], m.s[at+i]
			if a != b && (!n.fold || a|0x20 != b|0x20 || !letters.has(rune(a))) {
				return false
			}
		}
		return next(m, at+to-from)
	}
}

// inner matches what is looked for ahead or behind, and atomic groups.
func (m *machine) inner(n *node, next matcher) matcher {
	body := m.compile(n.subs[0], accept)
	least, most := n.subs[0].least(), n.subs[0].most()
	if n.op == opBehind || n.op == opNotBehind {
		ahead := m.compile(n.subs[0], func(m *machine, at int) bool { return at == m.opened[0] })
		body = func(m *machine, at int) bool { return m.behind(ahead, at, least, most) }
	}
	negated := n.op == opNotAhead || n.op == opNotBehind
	return func(m *machine, at int) bool {
		kept := append([]int(nil), m.groups...)
		if body(m, at) == negated {
			copy(m.groups, kept)
			return false
		}
		to := at
		if n.op == opAtomic {
			to = m.end
		}
		if next(m, to) {
			return true
		}
		copy(m.groups, kept)
		return false
	}
}

// behind tries the places so many characters before at; what matches must end there.
func (m *machine) behind(body matcher, at, least, most int) bool {
	outer := m.opened[0]
	defer func() { m.opened[0] = outer }()
	m.opened[0] = at
	for from, n := at, 0; n <= most; n++ {
		if n >= least && body(m, from) {
			return true
		}
		if from == 0 {
			break
		}
		_, size := utf8.DecodeLastRune(m.s[:from])
		from -= size
	}
	return false
}

// places are the conditions on a place.
var places = map[op]func(m *machine, at int) bool{
	opTextStart:     func(_ *machine, at int) bool { return at == 0 },
	opTextEnd:       func(m *machine, at int) bool { return at == len(m.s) },
	opEnd:           func(m *machine, at int) bool { return m.atEnd(at) },
	opLineStart:     func(m *machine, at int) bool { return m.atLineStart(at) },
	opLineEnd:       func(m *machine, at int) bool { return at == len(m.s) || m.atLineEnd(at) },
	opWord:          func(m *machine, at int) bool { return m.isWord(at) != m.isWordBefore(at) },
	opNoWord:        func(m *machine, at int) bool { return m.isWord(at) == m.isWordBefore(at) },
	opPreviousMatch: func(m *machine, at int) bool { return at == m.previous },
}

func (m *machine) atEnd(at int) bool {
	if at == len(m.s) {
		return true
	}
	rest := string(m.s[at:min(len(m.s), at+4)])
	r, size := utf8.DecodeRuneInString(rest)
	return m.atLineEnd(at) && (rest == "\r\n" || lineEnds.has(r) && at+size == len(m.s))
}

func (m *machine) atLineStart(at int) bool {
	if at == 0 {
		return true
	}
	return at < len(m.s) && lineEnds.has(last(m.s[:at])) && !(m.s[at-1] == '\r' && m.s[at] == '\n')
}

func (m *machine) atLineEnd(at int) bool {
	r, _ := utf8.DecodeRune(m.s[at:])
	return lineEnds.has(r) && !(r == '\n' && at > 0 && m.s[at-1] == '\r')
}

func (m *machine) isWord(at int) bool {
	r, size := utf8.DecodeRune(m.s[at:])
	return size > 0 && isWord(r)
}

func (m *machine) isWordBefore(at int) bool { return at > 0 && isWord(last(m.s[:at])) }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func last(s []byte) rune {
	r, _ := utf8.DecodeLastRune(s)
	return r
}

// width is that of the character at a place, 1 at the end.
func width(s []byte, at int) int {
	if at >= len(s) {
		return 1
	}
	_, size := utf8.DecodeRune(s[at:])
	return size
}
