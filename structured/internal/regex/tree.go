package regex

type op int

const (
	opEmpty         op = iota
	opSet              // one character of a set
	opSequence         // subs one after the other
	opEither           // one of subs
	opRepeat           // subs[0], least to most times
	opGroup            // subs[0], kept as group number index
	opBack             // what group number index has matched
	opAhead            // subs[0] follows
	opBehind           // subs[0] comes before
	opNotAhead         //
	opNotBehind        //
	opAtomic           // subs[0] in the first way in which it matches
	opTextStart        // ^ \A
	opTextEnd          // \z
	opEnd              // $ \Z: the end or the newline before it
	opLineStart        // ^ of lines
	opLineEnd          // $ of lines
	opWord             // \b
	opNoWord           // \B
	opPreviousMatch    // \G
)

type mode int

const (
	greedy mode = iota
	lazy
	possessive
)

type node struct {
	op    op
	set   set
	subs  []*node
	min   int
	max   int // -1: any number
	mode  mode
	index int
	fold  bool // a reference without regard to case
}

// tree is a parsed expression.
type tree struct {
	root        *node
	groups      int
	names       map[string]int
	backtracks  bool // it has what Go's expressions have not
	ends, words bool // it has opEnd, opWord or opNoWord
}

// least returns the number of characters in the shortest match.
func (n *node) least() int {
	switch n.op {
	case opSet:
		return 1
	case opSequence:
		sum := 0
		for _, sub := range n.subs {
			sum += sub.least()
		}
		return sum
	case opEither:
		shortest := n.subs[0].least()
		for _, sub := range n.subs[1:] {
			shortest = min(shortest, sub.least())
		}
		return shortest
	case opRepeat:
		return n.min * n.subs[0].least()
	case opGroup, opAtomic:
		return n.subs[0].least()
	}
	return 0
}

// most returns the number of characters in the longest match; -1 if there is none.
func (n *node) most() int {
	switch n.op {
	case opSet:
		return 1
	case opBack:
		return -1
	case opSequence, opEither:
		sum, longest := 0, 0
		for _, sub := range n.subs {
			length := sub.most()
			if length < 0 {
				return -1
			}
			sum += length
			longest = max(longest, length)
		}
		if n.op == opEither {
			return longest
		}
		return sum
	case opRepeat:
		length := n.subs[0].most()
		if length < 0 || n.max < 0 && length > 0 {
			return -1
		}
		return max(n.max, 0) * length
	case opGroup, opAtomic:
		return n.subs[0].most()
	}
	return 0
}
