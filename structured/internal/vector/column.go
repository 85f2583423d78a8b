package vector

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

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

	Bools    Bitmap           // boolean
	Tinies   []int8           // tinyint
	Smalls   []int16          // smallint
	Ints     []int32          // int; date in days; interval in months
	Longs    []int64          // bigint; timestamps and intervals in microseconds
	Floats   []float32        // float
	Doubles  []float64        // double
	Decimals []decimal128.Num // decimal, times 10 to its scale; calendar interval, see Interval

	// Offsets has Len+1 elements for string, binary, array and map: row i is Bytes, or
	// the rows of Children[0], from Offsets[i] to Offsets[i+1]. The first offset need
	// not be 0.
	Offsets []int32
	Bytes   []byte

	// Children are the fields of a struct, each as long as the struct and with its
	// own nulls, or the one column of an array's elements or a map's entries.
	Children []Column
}

// NewColumn returns an empty column.
func NewColumn(t types.Type) Column {
	c := Column{Type: t}
	switch t.Layout() {
	case types.LayoutStruct:
		for _, field := range t.Fields() {
			c.Children = append(c.Children, NewColumn(field.Type))
		}
	case types.LayoutList:
		c.Children = []Column{NewColumn(t.Element())}
	}
	c.Reset()
	return c
}

// Reset makes the column empty and keeps its memory for what comes.
func (c *Column) Reset() {
	c.Len = 0
	c.Valid, c.Bools = c.Valid[:0], c.Bools[:0]
	c.Tinies, c.Smalls, c.Ints, c.Longs = c.Tinies[:0], c.Smalls[:0], c.Ints[:0], c.Longs[:0]
	c.Floats, c.Doubles, c.Decimals = c.Floats[:0], c.Doubles[:0], c.Decimals[:0]
	c.Bytes = c.Bytes[:0]
	if layout := c.Type.Layout(); layout == types.LayoutBytes || layout == types.LayoutList {
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
	switch c.Type.Layout() {
	case types.LayoutBit:
		c.Bools = c.Bools.Resize(n)
	case types.Layout8:
		c.Tinies = Resize(c.Tinies, n)
	case types.Layout16:
		c.Smalls = Resize(c.Smalls, n)
	case types.Layout32:
		c.Ints = Resize(c.Ints, n)
	case types.Layout64:
		c.Longs = Resize(c.Longs, n)
	case types.LayoutFloat:
		c.Floats = Resize(c.Floats, n)
	case types.LayoutDouble:
		c.Doubles = Resize(c.Doubles, n)
	case types.Layout128:
		c.Decimals = Resize(c.Decimals, n)
	case types.LayoutBytes, types.LayoutList:
		c.Offsets = Resize(c.Offsets, n+1)
	case types.LayoutVoid:
		c.Valid = c.Valid.Resize(n)
		c.Valid.Fill(n, false)
	}
}

// Size returns how many bytes the values take, without what lies behind them in memory.
func (c *Column) Size() int {
	n := len(c.Tinies) + 2*len(c.Smalls) + 4*(len(c.Ints)+len(c.Floats)) + 8*(len(c.Longs)+len(c.Doubles)) + 16*len(c.Decimals)
	n += 8*(len(c.Valid)+len(c.Bools)) + 4*len(c.Offsets) + len(c.Bytes)
	for i := range c.Children {
		n += c.Children[i].Size()
	}
	return n
}

// HasNulls reports whether the column may hold a null.
func (c *Column) HasNulls() bool { return len(c.Valid) != 0 }

// IsNull reports whether row i is null.
func (c *Column) IsNull(i int) bool { return len(c.Valid) != 0 && !c.Valid.Get(i) }

// String returns the bytes of row i of a string or binary column, in the column's
// memory.
func (c *Column) String(i int) []byte { return c.Bytes[c.Offsets[i]:c.Offsets[i+1]] }

// Whole returns row i of whole numbers, of any width, or what a date, timestamp or
// interval counts.
func (c *Column) Whole(i int) int64 {
	switch c.Type.Layout() {
	case types.Layout8:
		return int64(c.Tinies[i])
	case types.Layout16:
		return int64(c.Smalls[i])
	case types.Layout32:
		return int64(c.Ints[i])
	default:
		return c.Longs[i]
	}
}

// Slice returns rows [from, to) in the same memory. If from is no multiple of 64,
// bitmaps are copied.
func (c *Column) Slice(from, to int) Column {
	s := Column{Type: c.Type, Len: to - from}
	if len(c.Valid) != 0 {
		s.Valid = c.Valid.slice(from, to)
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		s.Bools = c.Bools.slice(from, to)
	case types.Layout8:
		s.Tinies = c.Tinies[from:to]
	case types.Layout16:
		s.Smalls = c.Smalls[from:to]
	case types.Layout32:
		s.Ints = c.Ints[from:to]
	case types.Layout64:
		s.Longs = c.Longs[from:to]
	case types.LayoutFloat:
		s.Floats = c.Floats[from:to]
	case types.LayoutDouble:
		s.Doubles = c.Doubles[from:to]
	case types.Layout128:
		s.Decimals = c.Decimals[from:to]
	case types.LayoutBytes:
		s.Offsets, s.Bytes = c.Offsets[from:to+1], c.Bytes
	case types.LayoutList:
		s.Offsets, s.Children = c.Offsets[from:to+1], c.Children
	case types.LayoutStruct:
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
	switch c.Type.Layout() {
	case types.LayoutBit:
		return c.Bools.Get(i)
	case types.Layout8:
		return c.Tinies[i]
	case types.Layout16:
		return c.Smalls[i]
	case types.Layout32:
		return c.Ints[i]
	case types.Layout64:
		return c.Longs[i]
	case types.LayoutFloat:
		return c.Floats[i]
	case types.LayoutDouble:
		return c.Doubles[i]
	case types.Layout128:
		if c.Type == types.Calendar {
			return c.Interval(i)
		}
		return c.Decimals[i]
	case types.LayoutBytes:
		if c.Type == types.Binary {
			return append([]byte{}, c.String(i)...)
		}
		return string(c.String(i))
	case types.LayoutList:
		elements := make([]any, 0, c.Offsets[i+1]-c.Offsets[i])
		for j := c.Offsets[i]; j < c.Offsets[i+1]; j++ {
			elements = append(elements, c.Children[0].Value(int(j)))
		}
		return elements
	case types.LayoutStruct:
		fields := make([]any, len(c.Children))
		for j := range c.Children {
			fields[j] = c.Children[j].Value(i)
		}
		return fields
	default:
		return nil
	}
}

// Truncate takes the rows from n on away.
func (c *Column) Truncate(n int) {
	c.Len = n
	if len(c.Valid) != 0 {
		c.Valid = c.Valid[:words(n)]
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		c.Bools = c.Bools[:words(n)]
	case types.Layout8:
		c.Tinies = c.Tinies[:n]
	case types.Layout16:
		c.Smalls = c.Smalls[:n]
	case types.Layout32:
		c.Ints = c.Ints[:n]
	case types.Layout64:
		c.Longs = c.Longs[:n]
	case types.LayoutFloat:
		c.Floats = c.Floats[:n]
	case types.LayoutDouble:
		c.Doubles = c.Doubles[:n]
	case types.Layout128:
		c.Decimals = c.Decimals[:n]
	case types.LayoutBytes:
		c.Offsets = c.Offsets[:n+1]
		c.Bytes = c.Bytes[:c.Offsets[n]]
	case types.LayoutList:
		c.Offsets = c.Offsets[:n+1]
		c.Children[0].Truncate(int(c.Offsets[n]))
	case types.LayoutStruct:
		for i := range c.Children {
			c.Children[i].Truncate(n)
		}
	}
}
