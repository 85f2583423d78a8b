package eval

import (
	"bytes"
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// relation fills bits with whether a is related to b in each selected row; nulls do
// not count. There are two relations a type, equal and less; the others follow by
// exchanging the sides and inverting the result.
type relation func(bits vector.Bitmap, a, b *vector.Column, selection vector.Selection)

// comparison is one of = <> <=> < <= > >=.
type comparison struct {
	left, right node
	relation    relation
	invert      uint64 // all ones to invert the result
	nullSafe    bool
	out         vector.Column
}

func newComparison(call bound.Call, args []node) (node, error) {
	c := &comparison{left: args[0], right: args[1], out: vector.NewColumn(types.Boolean)}
	equal := call.Function == bound.Equal || call.Function == bound.NotEqual || call.Function == bound.EqualNullSafe
	c.nullSafe = call.Function == bound.EqualNullSafe
	if call.Function == bound.Greater || call.Function == bound.LessEqual {
		c.left, c.right = c.right, c.left
	}
	if call.Function == bound.NotEqual || call.Function == bound.LessEqual || call.Function == bound.GreaterEqual {
		c.invert = ^uint64(0)
	}
	if c.relation = relationOf(call.Args[0].Type(), equal); c.relation == nil {
		return nil, fmt.Errorf("compile %s: values of type %s cannot be compared", call, call.Args[0].Type())
	}
	return c, nil
}

func relationOf(t types.Type, equal bool) relation {
	switch t.Layout() {
	case types.LayoutVoid:
		return func(vector.Bitmap, *vector.Column, *vector.Column, vector.Selection) {}
	case types.LayoutBit:
		return choose(equal, equalBools, lessBools)
	case types.Layout8:
		return wholeRelation(equal, tinies)
	case types.Layout16:
		return wholeRelation(equal, smalls)
	case types.Layout32:
		return wholeRelation(equal, ints)
	case types.Layout64:
		return wholeRelation(equal, longs)
	case types.LayoutFloat:
		return floatRelation(equal, floats)
	case types.LayoutDouble:
		return floatRelation(equal, doubles)
	case types.LayoutBytes:
		return choose(equal, equalStrings, lessStrings)
	default:
		if !t.IsOrdered() {
			return nil
		}
		return choose(equal, equalNested, lessNested)
	}
}

func choose(equal bool, whenEqual, whenLess relation) relation {
	if equal {
		return whenEqual
	}
	return whenLess
}

func wholeRelation[T whole](equal bool, slice func(*vector.Column) []T) relation {
	if equal {
		return func(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) {
			equalWhole(bits, slice(a), slice(b))
		}
	}
	return func(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) { lessWhole(bits, slice(a), slice(b)) }
}

func floatRelation[T float](equal bool, slice func(*vector.Column) []T) relation {
	if equal {
		return func(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) {
			equalFloats(bits, slice(a), slice(b))
		}
	}
	return func(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) {
		lessFloats(bits, slice(a), slice(b))
	}
}

func (c *comparison) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	left, err := c.left.eval(b, selection)
	if err != nil {
		return nil, err
	}
	right, err := c.right.eval(b, selection)
	if err != nil {
		return nil, err
	}
	c.out.Resize(b.Rows)
	c.relation(c.out.Bools, left, right, selection)
	if c.nullSafe {
		for i := range c.out.Bools {
			lv, rv := validWord(left, i), validWord(right, i)
			c.out.Bools[i] = c.out.Bools[i]&lv&rv | ^lv&^rv
		}
		return &c.out, nil
	}
	if c.invert != 0 {
		for i := range c.out.Bools {
			c.out.Bools[i] = ^c.out.Bools[i]
		}
	}
	bothValid(&c.out, left, right)
	return &c.out, nil
}

func equalBools(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) {
	for i := range bits {
		bits[i] = ^(a.Bools[i] ^ b.Bools[i])
	}
}

func lessBools(bits vector.Bitmap, a, b *vector.Column, _ vector.Selection) {
	for i := range bits {
		bits[i] = ^a.Bools[i] & b.Bools[i]
	}
}

// bit is 1 for true; the compiler makes it a single instruction.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func equalWhole[T whole](bits vector.Bitmap, a, b []T) {
	for w := range bits {
		x, y := chunk(a, w), chunk(b, w)
		y = y[:min(len(x), len(y))]
		var word uint64
		for j, v := range y {
			word |= bit(x[j] == v) << (uint(j) & 63)
		}
		bits[w] = word
	}
}

func lessWhole[T whole](bits vector.Bitmap, a, b []T) {
	for w := range bits {
		x, y := chunk(a, w), chunk(b, w)
		y = y[:min(len(x), len(y))]
		var word uint64
		for j, v := range y {
			word |= bit(x[j] < v) << (uint(j) & 63)
		}
		bits[w] = word
	}
}

func equalFloats[T float](bits vector.Bitmap, a, b []T) {
	for w := range bits {
		x, y := chunk(a, w), chunk(b, w)
		y = y[:min(len(x), len(y))]
		var word uint64
		for j, v := range y {
			word |= (bit(x[j] == v) | bit(x[j] != x[j])&bit(v != v)) << (uint(j) & 63)
		}
		bits[w] = word
	}
}

// lessFloats orders NaN behind every other number.
func lessFloats[T float](bits vector.Bitmap, a, b []T) {
	for w := range bits {
		x, y := chunk(a, w), chunk(b, w)
		y = y[:min(len(x), len(y))]
		var word uint64
		for j, v := range y {
			word |= (bit(x[j] < v) | bit(x[j] == x[j])&bit(v != v)) << (uint(j) & 63)
		}
		bits[w] = word
	}
}

// chunk returns the values of word w of a bitmap.
func chunk[T any](values []T, w int) []T {
	return values[w*64 : min(w*64+64, len(values))]
}

func equalStrings(bits vector.Bitmap, a, b *vector.Column, selection vector.Selection) {
	if selection == nil {
		for row := range min(a.Len, b.Len) {
			bits.Put(row, string(a.String(row)) == string(b.String(row)))
		}
		return
	}
	for _, row := range selection {
		bits.Put(int(row), string(a.String(int(row))) == string(b.String(int(row))))
	}
}

func lessStrings(bits vector.Bitmap, a, b *vector.Column, selection vector.Selection) {
	eachRow(min(a.Len, b.Len), selection, func(row int) {
		bits.Put(row, bytes.Compare(a.String(row), b.String(row)) < 0)
	})
}

func equalNested(bits vector.Bitmap, a, b *vector.Column, selection vector.Selection) {
	eachRow(min(a.Len, b.Len), selection, func(row int) {
		bits.Put(row, !a.IsNull(row) && !b.IsNull(row) && vector.Compare(a, row, b, row) == 0)
	})
}

func lessNested(bits vector.Bitmap, a, b *vector.Column, selection vector.Selection) {
	eachRow(min(a.Len, b.Len), selection, func(row int) {
		bits.Put(row, !a.IsNull(row) && !b.IsNull(row) && vector.Compare(a, row, b, row) < 0)
	})
}

// in is IN over a list of expressions.
type in struct {
	value    node
	list     []node
	relation relation
	bits     vector.Bitmap
	out      vector.Column
}

func newIn(call bound.Call, args []node) (node, error) {
	n := &in{value: args[0], list: args[1:], relation: relationOf(call.Args[0].Type(), true), out: vector.NewColumn(types.Boolean)}
	if n.relation == nil {
		return nil, fmt.Errorf("compile %s: values of type %s cannot be compared", call, call.Args[0].Type())
	}
	return n, nil
}

func (n *in) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	value, err := n.value.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Resize(b.Rows)
	n.out.Bools.Fill(b.Rows, false)
	n.out.Valid = n.out.Valid.Resize(b.Rows)
	n.out.Valid.Fill(b.Rows, true)
	n.bits = n.bits.Resize(b.Rows)
	for _, item := range n.list {
		other, err := item.eval(b, selection)
		if err != nil {
			return nil, err
		}
		n.relation(n.bits, value, other, selection)
		for i := range n.out.Bools {
			valid := validWord(value, i) & validWord(other, i)
			n.out.Bools[i] |= n.bits[i] & valid
			n.out.Valid[i] &= valid
		}
	}
	for i := range n.out.Valid {
		n.out.Valid[i] |= n.out.Bools[i]
	}
	return &n.out, nil
}
