package vector

import (
	"github.com/tidewheel/tidewheel/structured/types"
)

// Column is a vector of values of one type. Which of the slices are in use depends
// on the type's kind; the others are empty.
//
// The value of a row that is null is unspecified, but sound: offsets ascend there
// too.
type Column struct {
	Type types.Type
	Len  int

	// Valid has a 1 for each row that is not null. It is empty if there is no null.
	Valid Bitmap

	Bools   Bitmap    // boolean
	Ints    []int32   // int
	Longs   []int64   // bigint; timestamp in microseconds
	Doubles []float64 // double

	// Offsets has Len+1 elements for string and array: row i is Bytes, or the rows of
	// Children[0], from Offsets[i] to Offsets[i+1]. The first offset need not be 0.
	Offsets []int32
	Bytes   []byte

	// Children are the fields of a struct, each as long as the struct and with its
	// own nulls, or the one column of an array's elements.
	Children []Column
}

// NewColumn returns an empty column.
func NewColumn(t types.Type) Column {
	c := Column{Type: t}
	switch t.Kind() {
	case types.KindStruct:
		for _, field := range t.Fields() {
			c.Children = append(c.Children, NewColumn(field.Type))
		}
	case types.KindArray:
		c.Children = []Column{NewColumn(t.Element())}
	}
	c.Reset()
	return c
}

// Reset makes the column empty and keeps its memory for what comes.
func (c *Column) Reset() {
	c.Len = 0
	c.Valid, c.Bools = c.Valid[:0], c.Bools[:0]
	c.Ints, c.Longs, c.Doubles = c.Ints[:0], c.Longs[:0], c.Doubles[:0]
	c.Bytes = c.Bytes[:0]
	if kind := c.Type.Kind(); kind == types.KindString || kind == types.KindArray {
		c.Offsets = append(c.Offsets[:0], 0)
	}
	for i := range c.Children {
		c.Children[i].Reset()
	}
}

// Resize gives the column n rows of unspecified, valid values, to be filled by
// index. It serves fixed-width columns and the outermost level of a struct; for
// strings and arrays it makes room for the offsets.
func (c *Column) Resize(n int) {
	c.Len, c.Valid = n, c.Valid[:0]
	switch c.Type.Kind() {
	case types.KindBoolean:
		c.Bools = c.Bools.Resize(n)
	case types.KindInt:
		c.Ints = Resize(c.Ints, n)
	case types.KindBigint, types.KindTimestamp:
		c.Longs = Resize(c.Longs, n)
	case types.KindDouble:
		c.Doubles = Resize(c.Doubles, n)
	case types.KindString, types.KindArray:
		c.Offsets = Resize(c.Offsets, n+1)
	case types.KindVoid:
		c.Valid = c.Valid.Resize(n)
		c.Valid.Fill(n, false)
	}
}

// HasNulls reports whether the column may hold a null.
func (c *Column) HasNulls() bool { return len(c.Valid) != 0 }

// IsNull reports whether row i is null.
func (c *Column) IsNull(i int) bool { return len(c.Valid) != 0 && !c.Valid.Get(i) }

// String returns the bytes of row i of a string column, in the column's memory.
func (c *Column) String(i int) []byte { return c.Bytes[c.Offsets[i]:c.Offsets[i+1]] }

// Slice returns rows [from, to) in the same memory. If from is no multiple of 64,
// bitmaps are copied.
func (c *Column) Slice(from, to int) Column {
	s := Column{Type: c.Type, Len: to - from}
	if len(c.Valid) != 0 {
		s.Valid = c.Valid.slice(from, to)
	}
	switch c.Type.Kind() {
	case types.KindBoolean:
		s.Bools = c.Bools.slice(from, to)
	case types.KindInt:
		s.Ints = c.Ints[from:to]
	case types.KindBigint, types.KindTimestamp:
		s.Longs = c.Longs[from:to]
	case types.KindDouble:
		s.Doubles = c.Doubles[from:to]
	case types.KindString:
		s.Offsets, s.Bytes = c.Offsets[from:to+1], c.Bytes
	case types.KindArray:
		s.Offsets, s.Children = c.Offsets[from:to+1], c.Children
	case types.KindStruct:
		s.Children = make([]Column, len(c.Children))
		for i := range c.Children {
			s.Children[i] = c.Children[i].Slice(from, to)
		}
	}
	return s
}

// Value returns row i as the Go value that package types lists, nil for null. It
// allocates: it serves tests, sinks that print and other slow paths.
func (c *Column) Value(i int) any {
	if c.IsNull(i) {
		return nil
	}
	switch c.Type.Kind() {
	case types.KindBoolean:
		return c.Bools.Get(i)
	case types.KindInt:
		return c.Ints[i]
	case types.KindBigint, types.KindTimestamp:
		return c.Longs[i]
	case types.KindDouble:
		return c.Doubles[i]
	case types.KindString:
		return string(c.String(i))
	case types.KindArray:
		elements := make([]any, 0, c.Offsets[i+1]-c.Offsets[i])
		for j := c.Offsets[i]; j < c.Offsets[i+1]; j++ {
			elements = append(elements, c.Children[0].Value(int(j)))
		}
		return elements
	case types.KindStruct:
		fields := make([]any, len(c.Children))
		for j := range c.Children {
			fields[j] = c.Children[j].Value(i)
		}
		return fields
	default:
		return nil
	}
}
