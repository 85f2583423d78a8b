package vector

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/types"
)

// appendBit appends a bit to a bitmap of n bits.
func appendBit(m Bitmap, n int, value bool) Bitmap {
	if n%64 == 0 {
		m = append(m, 0)
	}
	m.Put(n, value)
	return m
}

// appendValid notes that the row about to be appended is valid or not.
func (c *Column) appendValid(valid bool) {
	if len(c.Valid) == 0 {
		if valid {
			return
		}
		c.makeValid()
	}
	c.Valid = appendBit(c.Valid, c.Len, valid)
}

// makeValid gives a column without nulls a bitmap of ones.
func (c *Column) makeValid() {
	c.Valid = c.Valid.Resize(c.Len)
	c.Valid.Fill(c.Len, true)
}

// SetNull makes row i null.
func (c *Column) SetNull(i int) {
	if len(c.Valid) == 0 {
		c.makeValid()
	}
	c.Valid.Clear(i)
}

// AppendNull appends a null.
func (c *Column) AppendNull() {
	c.appendValid(false)
	switch c.Type.Layout() {
	case types.LayoutBit:
		c.Bools = appendBit(c.Bools, c.Len, false)
	case types.Layout8:
		c.Tinies = append(c.Tinies, 0)
	case types.Layout16:
		c.Smalls = append(c.Smalls, 0)
	case types.Layout32:
		c.Ints = append(c.Ints, 0)
	case types.Layout64:
		c.Longs = append(c.Longs, 0)
	case types.LayoutFloat:
		c.Floats = append(c.Floats, 0)
	case types.LayoutDouble:
		c.Doubles = append(c.Doubles, 0)
	case types.Layout128:
		c.Decimals = append(c.Decimals, decimal128.Num{})
	case types.LayoutBytes, types.LayoutList:
		c.Offsets = append(c.Offsets, c.Offsets[c.Len])
	case types.LayoutStruct:
		for i := range c.Children {
			c.Children[i].AppendNull()
		}
	}
	c.Len++
}

// AppendBool appends a boolean.
func (c *Column) AppendBool(value bool) {
	c.appendValid(true)
	c.Bools = appendBit(c.Bools, c.Len, value)
	c.Len++
}

// AppendTiny appends a tinyint.
func (c *Column) AppendTiny(value int8) {
	c.appendValid(true)
	c.Tinies = append(c.Tinies, value)
	c.Len++
}

// AppendSmall appends a smallint.
func (c *Column) AppendSmall(value int16) {
	c.appendValid(true)
	c.Smalls = append(c.Smalls, value)
	c.Len++
}

// AppendInt appends an int, a date or an interval in months.
func (c *Column) AppendInt(value int32) {
	c.appendValid(true)
	c.Ints = append(c.Ints, value)
	c.Len++
}

// AppendLong appends a bigint, a timestamp or an interval in microseconds.
func (c *Column) AppendLong(value int64) {
	c.appendValid(true)
	c.Longs = append(c.Longs, value)
	c.Len++
}

// AppendLongs appends n values of 64 bits, none of them null, and returns them to be
// filled.
func (c *Column) AppendLongs(n int) []int64 {
	if len(c.Valid) != 0 {
		c.Valid = c.Valid.Resize(c.Len + n)
		for i := c.Len; i < c.Len+n; i++ {
			c.Valid.Set(i)
		}
	}
	c.Longs = Resize(c.Longs, c.Len+n)
	c.Len += n
	return c.Longs[c.Len-n:]
}

// AppendFloat appends a float.
func (c *Column) AppendFloat(value float32) {
	c.appendValid(true)
	c.Floats = append(c.Floats, value)
	c.Len++
}

// AppendDecimal appends a decimal, given as the number times 10 to the scale of the
// column's type.
func (c *Column) AppendDecimal(value decimal128.Num) {
	c.appendValid(true)
	c.Decimals = append(c.Decimals, value)
	c.Len++
}

// AppendDouble appends a double.
func (c *Column) AppendDouble(value float64) {
	c.appendValid(true)
	c.Doubles = append(c.Doubles, value)
	c.Len++
}

// AppendString appends a copy of a string or of binary data.
func (c *Column) AppendString(value []byte) {
	c.Bytes = append(c.Bytes, value...)
	c.EndString()
}

// EndString appends the string, or binary data, that was added to Bytes since the last one.
func (c *Column) EndString() {
	c.appendValid(true)
	c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	c.Len++
}

// EndArray appends the array, or map, of the elements that were appended to Children[0]
// since the last one.
func (c *Column) EndArray() {
	c.appendValid(true)
	c.Offsets = append(c.Offsets, int32(c.Children[0].Len))
	c.Len++
}

// EndStruct appends the struct of the values that were appended, one each, to
// Children since the last one.
func (c *Column) EndStruct() {
	c.appendValid(true)
	c.Len++
}

// AppendValue appends a value of one of the Go types that package types lists, nil
// for null. It serves tests, literals and sources that are not columnar. The error
// says that the value is of the wrong Go type; part of it may then be appended.
func (c *Column) AppendValue(value any) error {
	ok, layout := true, c.Type.Layout()
	switch value := value.(type) {
	case nil:
		c.AppendNull()
	case bool:
		if ok = layout == types.LayoutBit; ok {
			c.AppendBool(value)
		}
	case int8:
		if ok = layout == types.Layout8; ok {
			c.AppendTiny(value)
		}
	case int16:
		if ok = layout == types.Layout16; ok {
			c.AppendSmall(value)
		}
	case int32:
		if ok = layout == types.Layout32; ok {
			c.AppendInt(value)
		}
	case int64:
		if ok = layout == types.Layout64; ok {
			c.AppendLong(value)
		}
	case float32:
		if ok = layout == types.LayoutFloat; ok {
			c.AppendFloat(value)
		}
	case float64:
		if ok = layout == types.LayoutDouble; ok {
			c.AppendDouble(value)
		}
	case decimal128.Num:
		if ok = c.Type.Kind() == types.KindDecimal; ok {
			c.AppendDecimal(value)
		}
	case types.CalendarInterval:
		if ok = c.Type == types.Calendar; ok {
			c.AppendInterval(value)
		}
	case string:
		if ok = c.Type.Kind() == types.KindString; ok {
			c.Bytes = append(c.Bytes, value...)
			c.EndString()
		}
	case []byte:
		if ok = c.Type == types.Binary; ok {
			c.AppendString(value)
		}
	case []any:
		return c.appendNested(value)
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("a %T is no value of type %s", value, c.Type)
	}
	return nil
}

func (c *Column) appendNested(values []any) error {
	switch {
	case c.Type.Layout() == types.LayoutList:
		for _, element := range values {
			if err := c.Children[0].AppendValue(element); err != nil {
				return err
			}
		}
		c.EndArray()
	case c.Type.Layout() == types.LayoutStruct && len(values) == len(c.Children):
		for i, field := range values {
			if err := c.Children[i].AppendValue(field); err != nil {
				return err
			}
		}
		c.EndStruct()
	default:
		return fmt.Errorf("a list of %d is no value of type %s", len(values), c.Type)
	}
	return nil
}

// AppendRange appends rows [from, to) of a column of the same type.
func (c *Column) AppendRange(src *Column, from, to int) {
	n := to - from
	if len(src.Valid) != 0 || len(c.Valid) != 0 {
		if len(c.Valid) == 0 {
			c.makeValid()
		}
		c.Valid = c.Valid.Resize(c.Len + n)
		if len(src.Valid) != 0 {
			c.Valid.copyFrom(c.Len, src.Valid, from, n)
		} else {
			for i := c.Len; i < c.Len+n; i++ {
				c.Valid.Set(i)
			}
		}
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		c.Bools = c.Bools.Resize(c.Len + n)
		c.Bools.copyFrom(c.Len, src.Bools, from, n)
	case types.Layout8:
		c.Tinies = append(c.Tinies, src.Tinies[from:to]...)
	case types.Layout16:
		c.Smalls = append(c.Smalls, src.Smalls[from:to]...)
	case types.Layout32:
		c.Ints = append(c.Ints, src.Ints[from:to]...)
	case types.Layout64:
		c.Longs = append(c.Longs, src.Longs[from:to]...)
	case types.LayoutFloat:
		c.Floats = append(c.Floats, src.Floats[from:to]...)
	case types.LayoutDouble:
		c.Doubles = append(c.Doubles, src.Doubles[from:to]...)
	case types.Layout128:
		c.Decimals = append(c.Decimals, src.Decimals[from:to]...)
	case types.LayoutBytes:
		shift := int32(len(c.Bytes)) - src.Offsets[from]
		c.Bytes = append(c.Bytes, src.Bytes[src.Offsets[from]:src.Offsets[to]]...)
		c.Offsets = appendShifted(c.Offsets, src.Offsets[from+1:to+1], shift)
	case types.LayoutList:
		child := &c.Children[0]
		shift := int32(child.Len) - src.Offsets[from]
		child.AppendRange(&src.Children[0], int(src.Offsets[from]), int(src.Offsets[to]))
		c.Offsets = appendShifted(c.Offsets, src.Offsets[from+1:to+1], shift)
	case types.LayoutStruct:
		for i := range c.Children {
			c.Children[i].AppendRange(&src.Children[i], from, to)
		}
	}
	c.Len += n
}

func appendShifted(dst, src []int32, shift int32) []int32 {
	at := len(dst)
	dst = Resize(dst, at+len(src))
	for i, offset := range src {
		dst[at+i] = offset + shift
	}
	return dst
}

// AppendRows appends these rows of a column of the same type, in this order.
func (c *Column) AppendRows(src *Column, rows []int32) {
	if len(src.Valid) != 0 || len(c.Valid) != 0 {
		if len(c.Valid) == 0 {
			c.makeValid()
		}
		c.Valid = c.Valid.Resize(c.Len + len(rows))
		for i, row := range rows {
			c.Valid.Put(c.Len+i, !src.IsNull(int(row)))
		}
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		c.Bools = c.Bools.Resize(c.Len + len(rows))
		for i, row := range rows {
			c.Bools.Put(c.Len+i, src.Bools.Get(int(row)))
		}
	case types.Layout8:
		c.Tinies = gather(c.Tinies, src.Tinies, rows)
	case types.Layout16:
		c.Smalls = gather(c.Smalls, src.Smalls, rows)
	case types.Layout32:
		c.Ints = gather(c.Ints, src.Ints, rows)
	case types.Layout64:
		c.Longs = gather(c.Longs, src.Longs, rows)
	case types.LayoutFloat:
		c.Floats = gather(c.Floats, src.Floats, rows)
	case types.LayoutDouble:
		c.Doubles = gather(c.Doubles, src.Doubles, rows)
	case types.Layout128:
		c.Decimals = gather(c.Decimals, src.Decimals, rows)
	case types.LayoutBytes:
		c.gatherStrings(src, rows)
	case types.LayoutList:
		child := &c.Children[0]
		for _, row := range rows {
			child.AppendRange(&src.Children[0], int(src.Offsets[row]), int(src.Offsets[row+1]))
			c.Offsets = append(c.Offsets, int32(child.Len))
		}
	case types.LayoutStruct:
		for i := range c.Children {
			c.Children[i].AppendRows(&src.Children[i], rows)
		}
	}
	c.Len += len(rows)
}

func gather[T any](dst, src []T, rows []int32) []T {
	at := len(dst)
	dst = Resize(dst, at+len(rows))
	for i, row := range rows {
		dst[at+i] = src[row]
	}
	return dst
}

func (c *Column) gatherStrings(src *Column, rows []int32) {
	at := len(c.Offsets)
	c.Offsets = Resize(c.Offsets, at+len(rows))
	for i, row := range rows {
		c.Bytes = append(c.Bytes, src.Bytes[src.Offsets[row]:src.Offsets[row+1]]...)
		c.Offsets[at+i] = int32(len(c.Bytes))
	}
}
