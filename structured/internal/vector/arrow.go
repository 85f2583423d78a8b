package vector

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured/types"
)

// FromArrow makes b the rows of a record batch. The values stay in the record's
// memory, which must neither change nor be released while b is in use; bitmaps are
// copied into the memory that b has for them. The error names the first column
// whose type has no counterpart.
func (b *Batch) FromArrow(record arrow.RecordBatch) error {
	b.Columns = Resize(b.Columns, int(record.NumCols()))
	b.Rows, b.Selection = int(record.NumRows()), nil
	for i := range b.Columns {
		if err := b.Columns[i].fromArrow(record.Column(i).Data()); err != nil {
			return fmt.Errorf("column %q: %w", record.ColumnName(i), err)
		}
	}
	return nil
}

func (c *Column) fromArrow(data arrow.ArrayData) error {
	t, err := types.FromArrow(data.DataType())
	if err != nil {
		return err
	}
	old := *c
	*c = Column{Type: t, Len: data.Len(), Valid: old.Valid[:0], Bools: old.Bools[:0]}
	offset, n, buffers := data.Offset(), data.Len(), data.Buffers()
	if bits := bytesOf(buffers[0]); bits != nil && data.NullN() != 0 {
		c.Valid = c.Valid.fromBytes(bits, offset, n)
	}
	switch t.Layout() {
	case types.LayoutVoid:
		c.Resize(n)
	case types.LayoutBit:
		c.Bools = c.Bools.fromBytes(bytesOf(buffers[1]), offset, n)
	case types.Layout8:
		c.Tinies = view[int8](buffers[1], offset, n)
	case types.Layout16:
		c.Smalls = view[int16](buffers[1], offset, n)
	case types.Layout32:
		c.Ints = view[int32](buffers[1], offset, n)
	case types.Layout64:
		c.Longs = view[int64](buffers[1], offset, n)
	case types.LayoutFloat:
		c.Floats = view[float32](buffers[1], offset, n)
	case types.LayoutDouble:
		c.Doubles = view[float64](buffers[1], offset, n)
	case types.Layout128:
		c.Decimals = view[decimal128.Num](buffers[1], offset, n)
		if t == types.Calendar {
			c.Decimals = microsOf(c.Decimals)
		}
	case types.LayoutBytes:
		c.Offsets = offsetsOf(buffers[1], offset, n)
		c.Bytes = bytesOf(buffers[2])
	case types.LayoutList:
		c.Offsets = offsetsOf(buffers[1], offset, n)
		c.Children = Resize(old.Children, 1)
		return c.Children[0].fromArrow(data.Children()[0])
	case types.LayoutStruct:
		c.Children = Resize(old.Children, len(data.Children()))
		for i, child := range data.Children() {
			if err := c.Children[i].fromArrow(child); err != nil {
				return err
			}
			if offset != 0 || c.Children[i].Len != n {
				c.Children[i] = c.Children[i].Slice(offset, offset+n)
			}
		}
	}
	return nil
}

func bytesOf(buffer *memory.Buffer) []byte {
	if buffer == nil {
		return nil
	}
	return buffer.Bytes()
}

// fixedWidth is the Go types of values that lie side by side in an Arrow buffer.
type fixedWidth interface {
	int8 | int16 | int32 | int64 | float32 | float64 | decimal128.Num
}

// view returns n values of a buffer, from the offset-th on, in its memory.
func view[T fixedWidth](buffer *memory.Buffer, offset, n int) []T {
	if n == 0 {
		return nil
	}
	var zero T
	bytes := buffer.Bytes()[offset*int(unsafe.Sizeof(zero)):]
	_ = bytes[n*int(unsafe.Sizeof(zero))-1]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(bytes))), n)
}

// offsetsOf is view for offsets; those of an empty array may be missing.
func offsetsOf(buffer *memory.Buffer, offset, n int) []int32 {
	if n == 0 {
		return []int32{0}
	}
	return view[int32](buffer, offset, n+1)
}

// Record returns the rows that count as a record batch of the schema, whose types
// are those of the columns. Without a selection it shares the memory of b and is
// good until that changes; take it of a Clone to keep it. Release it when done. The error
// names a calendar interval that is too long for the nanoseconds of Arrow.
func (b *Batch) Record(schema *arrow.Schema) (arrow.RecordBatch, error) {
	if b.Selection != nil {
		b = b.Clone()
	}
	columns := make([]arrow.Array, 0, len(b.Columns))
	defer func() {
		for _, column := range columns {
			column.Release()
		}
	}()
	for i := range b.Columns {
		data, err := b.Columns[i].data(schema.Field(i).Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", schema.Field(i).Name, err)
		}
		columns = append(columns, array.MakeFromData(data))
		data.Release()
	}
	return array.NewRecordBatch(schema, columns, int64(b.Rows)), nil
}

func (c *Column) data(t arrow.DataType) (*array.Data, error) {
	buffers := []*memory.Buffer{nil}
	nulls := 0
	if len(c.Valid) != 0 {
		nulls = c.Len - c.Valid.Count(c.Len)
	}
	if nulls != 0 && c.Type != types.Void {
		buffers[0] = memory.NewBufferBytes(c.Valid.toBytes(c.Len))
	}
	var children []arrow.ArrayData
	defer func() {
		for _, child := range children {
			child.Release()
		}
	}()
	switch c.Type.Layout() {
	case types.LayoutBit:
		buffers = append(buffers, memory.NewBufferBytes(c.Bools.toBytes(c.Len)))
	case types.Layout8:
		buffers = append(buffers, bufferOf(c.Tinies[:c.Len]))
	case types.Layout16:
		buffers = append(buffers, bufferOf(c.Smalls[:c.Len]))
	case types.Layout32:
		buffers = append(buffers, bufferOf(c.Ints[:c.Len]))
	case types.Layout64:
		buffers = append(buffers, bufferOf(c.Longs[:c.Len]))
	case types.LayoutFloat:
		buffers = append(buffers, bufferOf(c.Floats[:c.Len]))
	case types.LayoutDouble:
		buffers = append(buffers, bufferOf(c.Doubles[:c.Len]))
	case types.Layout128:
		values := c.Decimals[:c.Len]
		if c.Type == types.Calendar {
			var err error
			if values, err = c.nanoseconds(); err != nil {
				return nil, err
			}
		}
		buffers = append(buffers, bufferOf(values))
	case types.LayoutBytes:
		buffers = append(buffers, bufferOf(c.Offsets[:c.Len+1]), memory.NewBufferBytes(c.Bytes))
	case types.LayoutList:
		buffers = append(buffers, bufferOf(c.Offsets[:c.Len+1]))
		child, err := c.Children[0].data(t.(arrow.ListLikeType).Elem())
		if err != nil {
			return nil, err
		}
		children = append(children, child)
	case types.LayoutStruct:
		for i := range c.Children {
			child, err := c.Children[i].data(t.(*arrow.StructType).Field(i).Type)
			if err != nil {
				return nil, err
			}
			children = append(children, child)
		}
	}
	return array.NewData(t, c.Len, buffers, children, nulls, 0), nil
}

// bufferOf returns values as an Arrow buffer over their memory.
func bufferOf[T fixedWidth](values []T) *memory.Buffer {
	var zero T
	if len(values) == 0 {
		return memory.NewBufferBytes(nil)
	}
	return memory.NewBufferBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(zero))))
}
