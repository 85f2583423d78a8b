package bound

import "github.com/tidewheel/tidewheel/internal/keyed"

// Hashes gives the hashes of expressions and remembers those of lists of arguments, by
// where they lie: each part of an expression is hashed once, however often it and what is
// around it are asked for.
type Hashes map[*Expr]uint64

// Of is equal for expressions that are the Same.
func (h Hashes) Of(expr Expr) uint64 {
	switch e := expr.(type) {
	case Column:
		return keyed.HashUint64(uint64(e.Index))
	case Call:
		return keyed.Finish(keyed.Fold(keyed.HashString(string(e.Function)), h.list(e.Args)))
	}
	return keyed.HashString(expr.String())
}

func (h Hashes) list(exprs []Expr) uint64 {
	if len(exprs) == 0 {
		return keyed.FoldStart
	}
	if known, ok := h[&exprs[0]]; ok {
		return known
	}
	hash := keyed.FoldStart
	for _, expr := range exprs {
		hash = keyed.Fold(hash, h.Of(expr))
	}
	h[&exprs[0]] = hash
	return hash
}
