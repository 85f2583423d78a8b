package regex

import (
	"fmt"
	"strings"
)

// linearText writes a tree without what backtracks for Go's package regexp.
func linearText(n *node) string {
	var out strings.Builder
	writeLinear(&out, n)
	return out.String()
}

func writeLinear(out *strings.Builder, n *node) {
	switch n.op {
	case opSet:
		out.WriteString(n.set.text())
	case opSequence:
		for _, sub := range n.subs {
			writeLinear(out, sub)
		}
	case opEither:
		out.WriteString("(?:")
		for i, sub := range n.subs {
			if i > 0 {
				out.WriteByte('|')
			}
			writeLinear(out, sub)
		}
		out.WriteByte(')')
	case opGroup:
		out.WriteByte('(')
		writeLinear(out, n.subs[0])
		out.WriteByte(')')
	case opRepeat:
		out.WriteString("(?:")
		writeLinear(out, n.subs[0])
		out.WriteByte(')')
		switch {
		case n.max < 0:
			fmt.Fprintf(out, "{%d,}", n.min)
		default:
			fmt.Fprintf(out, "{%d,%d}", n.min, n.max)
		}
		if n.mode == lazy {
			out.WriteByte('?')
		}
	case opTextStart:
		out.WriteString(`\A`)
	case opTextEnd, opEnd:
		out.WriteString(`\z`)
	case opWord:
		out.WriteString(`\b`)
	case opNoWord:
		out.WriteString(`\B`)
	}
}
