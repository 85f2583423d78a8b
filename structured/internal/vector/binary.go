package vector

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/tidewheel/tidewheel/structured/types"
)

// A value as bytes, in logs and snapshots:
//
//	null       0
//	boolean    1, then 0 or 1
//	int        1, then the number as a zigzag varint
//	bigint     1, then the number as a zigzag varint; timestamps too
//	double     1, then its bits in 8 bytes, little endian
//	string     1, then its length in bytes as a varint, then the bytes
//	array      1, then the number of elements as a varint, then the elements
//	struct     1, then the fields
//
// There is no type in it: the reader knows it.

// AppendBinary appends the bytes of row i to dst.
func (c *Column) AppendBinary(dst []byte, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch c.Type.Kind() {
	case types.KindBoolean:
		dst = append(dst, byte(c.Bools.Bit(i)))
	case types.KindInt:
		dst = binary.AppendVarint(dst, int64(c.Ints[i]))
	case types.KindBigint, types.KindTimestamp:
		dst = binary.AppendVarint(dst, c.Longs[i])
	case types.KindDouble:
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(c.Doubles[i]))
	case types.KindString:
		text := c.String(i)
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	case types.KindArray:
		from, to := int(c.Offsets[i]), int(c.Offsets[i+1])
		dst = binary.AppendUvarint(dst, uint64(to-from))
		for j := from; j < to; j++ {
			dst = c.Children[0].AppendBinary(dst, j)
		}
	case types.KindStruct:
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
	switch c.Type.Kind() {
	case types.KindBoolean:
		if len(src) == 0 || src[0] > 1 {
			return nil, errMalformed
		}
		c.AppendBool(src[0] == 1)
		return src[1:], nil
	case types.KindInt:
		value, size := binary.Varint(src)
		if size <= 0 || value != int64(int32(value)) {
			return nil, errMalformed
		}
		c.AppendInt(int32(value))
		return src[size:], nil
	case types.KindBigint, types.KindTimestamp:
		value, size := binary.Varint(src)
		if size <= 0 {
			return nil, errMalformed
		}
		c.AppendLong(value)
		return src[size:], nil
	case types.KindDouble:
		if len(src) < 8 {
			return nil, errMalformed
		}
		c.AppendDouble(math.Float64frombits(binary.LittleEndian.Uint64(src)))
		return src[8:], nil
	case types.KindString:
		length, size := binary.Uvarint(src)
		if size <= 0 || length > uint64(len(src)-size) {
			return nil, errMalformed
		}
		c.AppendString(src[size : size+int(length)])
		return src[size+int(length):], nil
	case types.KindArray:
		return c.readArray(src)
	case types.KindStruct:
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
