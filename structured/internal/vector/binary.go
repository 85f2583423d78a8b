package vector

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/structured/types"
)

// A value as bytes, in logs and snapshots:
//
//	null       0
//	boolean    1, then 0 or 1
//	int        1, then the number as a zigzag varint; so all whole numbers, dates,
//	           timestamps and intervals
//	float      1, then its bits in 4 bytes, little endian
//	double     1, then its bits in 8 bytes, little endian
//	decimal    1, then the number times 10 to the scale in 16 bytes, little endian
//	interval   of the calendar: as a decimal of the bits in which it lies in memory
//	string     1, then its length in bytes as a varint, then the bytes; binary too
//	array      1, then the number of elements as a varint, then the elements
//	map        as the array of its entries, in their order
//	struct     1, then the fields
//
// There is no type in it: the reader knows it.

// AppendBinary appends the bytes of row i to dst.
func (c *Column) AppendBinary(dst []byte, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch c.Type.Layout() {
	case types.LayoutBit:
		dst = append(dst, byte(c.Bools.Bit(i)))
	case types.Layout8:
		dst = binary.AppendVarint(dst, int64(c.Tinies[i]))
	case types.Layout16:
		dst = binary.AppendVarint(dst, int64(c.Smalls[i]))
	case types.Layout32:
		dst = binary.AppendVarint(dst, int64(c.Ints[i]))
	case types.Layout64:
		dst = binary.AppendVarint(dst, c.Longs[i])
	case types.LayoutFloat:
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(c.Floats[i]))
	case types.LayoutDouble:
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(c.Doubles[i]))
	case types.Layout128:
		dst = binary.LittleEndian.AppendUint64(dst, c.Decimals[i].LowBits())
		dst = binary.LittleEndian.AppendUint64(dst, uint64(c.Decimals[i].HighBits()))
	case types.LayoutBytes:
		text := c.String(i)
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	case types.LayoutList:
		from, to := int(c.Offsets[i]), int(c.Offsets[i+1])
		dst = binary.AppendUvarint(dst, uint64(to-from))
		for j := from; j < to; j++ {
			dst = c.Children[0].AppendBinary(dst, j)
		}
	case types.LayoutStruct:
		for j := range c.Children {
			dst = c.Children[j].AppendBinary(dst, i)
		}
	}
	return dst
}

// errMalformed says that bytes are no value of the column's type.
var errMalformed = errors.New("malformed value")

// ReadBinary appends the value at the start of src and returns what follows it. The
// error says that src is no value of the column's type; the column then holds a part
// of it.
func (c *Column) ReadBinary(src []byte) (rest []byte, err error) {
	if len(src) == 0 || src[0] > 1 {
		return nil, errMalformed
	}
	if src[0] == 0 {
		c.AppendNull()
		return src[1:], nil
	}
	src = src[1:]
	switch c.Type.Layout() {
	case types.LayoutBit:
		if len(src) == 0 || src[0] > 1 {
			return nil, errMalformed
		}
		c.AppendBool(src[0] == 1)
		return src[1:], nil
	case types.Layout8:
		return readWhole(src, c.AppendTiny)
	case types.Layout16:
		return readWhole(src, c.AppendSmall)
	case types.Layout32:
		return readWhole(src, c.AppendInt)
	case types.Layout64:
		return readWhole(src, c.AppendLong)
	case types.LayoutFloat:
		if len(src) < 4 {
			return nil, errMalformed
		}
		c.AppendFloat(math.Float32frombits(binary.LittleEndian.Uint32(src)))
		return src[4:], nil
	case types.LayoutDouble:
		if len(src) < 8 {
			return nil, errMalformed
		}
		c.AppendDouble(math.Float64frombits(binary.LittleEndian.Uint64(src)))
		return src[8:], nil
	case types.Layout128:
		if len(src) < 16 {
			return nil, errMalformed
		}
		c.AppendDecimal(decimal128.New(int64(binary.LittleEndian.Uint64(src[8:])), binary.LittleEndian.Uint64(src)))
		return src[16:], nil
	case types.LayoutBytes:
		length, size := binary.Uvarint(src)
		if size <= 0 || length > uint64(len(src)-size) {
			return nil, errMalformed
		}
		c.AppendString(src[size : size+int(length)])
		return src[size+int(length):], nil
	case types.LayoutList:
		return c.readArray(src)
	case types.LayoutStruct:
		for j := range c.Children {
			if src, err = c.Children[j].ReadBinary(src); err != nil {
				return nil, err
			}
		}
		c.EndStruct()
		return src, nil
	default:
		return nil, errMalformed
	}
}

// readWhole reads a varint that must fit the type.
func readWhole[T int8 | int16 | int32 | int64](src []byte, push func(T)) (rest []byte, err error) {
	value, size := binary.Varint(src)
	if size <= 0 || value != int64(T(value)) {
		return nil, errMalformed
	}
	push(T(value))
	return src[size:], nil
}

func (c *Column) readArray(src []byte) (rest []byte, err error) {
	count, size := binary.Uvarint(src)
	if size <= 0 || count > uint64(len(src)) { // an element has at least one byte
		return nil, errMalformed
	}
	src = src[size:]
	for range count {
		if src, err = c.Children[0].ReadBinary(src); err != nil {
			return nil, err
		}
	}
	c.EndArray()
	return src, nil
}
