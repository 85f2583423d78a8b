package eval

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// logic is AND, or OR by De Morgan's rule: a OR b = NOT (NOT a AND NOT b).
type logic struct {
	left, right node
	or          uint64 // all ones for OR, else 0: inverts inputs and output
	narrow      bool   // whether the right side must not run where the left decides
	rows        vector.Selection
	out         vector.Column
}

func newLogic(function bound.Function, left, right node, narrow bool) *logic {
	l := &logic{left: left, right: right, narrow: narrow, out: vector.NewColumn(types.Boolean)}
	if function == bound.Or {
		l.or = ^uint64(0)
	}
	return l
}

func (l *logic) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	left, err := l.left.eval(b, selection)
	if err != nil {
		return nil, err
	}
	open := selection
	if l.narrow {
		l.rows = l.undecided(l.rows[:0], left, b.Rows, selection)
		open = l.rows
	}
	right, err := l.right.eval(b, open)
	if err != nil {
		return nil, err
	}
	l.out.Resize(b.Rows)
	if !left.HasNulls() && !right.HasNulls() {
		for i := range l.out.Bools {
			l.out.Bools[i] = l.or ^ (l.or^left.Bools[i])&(l.or^right.Bools[i])
		}
		return &l.out, nil
	}
	l.out.Valid = l.out.Valid.Resize(b.Rows)
	for i := range l.out.Bools {
		lv, rv := validWord(left, i), validWord(right, i)
		x, y := l.or^left.Bools[i], l.or^right.Bools[i]
		isTrue := x & lv & y & rv
		isFalse := ^x&lv | ^y&rv
		l.out.Bools[i] = l.or ^ isTrue
		l.out.Valid[i] = isTrue | isFalse
	}
	return &l.out, nil
}

// undecided appends the selected rows for which the left side alone does not decide:
// for AND those that are not false, for OR those that are not true. The result is
// not nil.
func (l *logic) undecided(rows vector.Selection, left *vector.Column, n int, selection vector.Selection) vector.Selection {
	if rows == nil {
		rows = make(vector.Selection, 0, n)
	}
	decides := l.or != 0
	if selection != nil {
		for _, row := range selection {
			if left.IsNull(int(row)) || left.Bools.Get(int(row)) != decides {
				rows = append(rows, row)
			}
		}
		return rows
	}
	for row := range n {
		if left.IsNull(row) || left.Bools.Get(row) != decides {
			rows = append(rows, int32(row))
		}
	}
	return rows
}

// not is NOT: null stays null.
type not struct {
	arg node
	out vector.Column
}

func (n *not) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Resize(b.Rows)
	copyValid(&n.out, arg)
	for i := range n.out.Bools {
		n.out.Bools[i] = ^arg.Bools[i]
	}
	return &n.out, nil
}

// isNull is IS NULL or, inverted, IS NOT NULL.
type isNull struct {
	arg      node
	inverted bool
	out      vector.Column
}

func (n *isNull) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Resize(b.Rows)
	var invert uint64
	if !n.inverted {
		invert = ^uint64(0)
	}
	for i := range n.out.Bools {
		n.out.Bools[i] = invert ^ validWord(arg, i)
	}
	return &n.out, nil
}
