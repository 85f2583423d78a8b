package record

import (
	"reflect"
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// header is a slice as it lies in memory.
type header struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// elements lists the elements of these rows of an array or map, one row's after the
// other's.
func elements(c *vector.Column, rows []int32, n int) []int32 {
	size := 0
	for i := range n {
		row := rowAt(rows, i)
		size += int(c.Offsets[row+1] - c.Offsets[row])
	}
	list := make([]int32, 0, size)
	for i := range n {
		row := rowAt(rows, i)
		for at := c.Offsets[row]; at < c.Offsets[row+1]; at++ {
			list = append(list, at)
		}
	}
	return list
}

// slices reads the elements of all rows into one piece of memory, of which each slice
// has its part.
func (r reading) slices(from types.Type, into reflect.Type) (readFunc, error) {
	read, err := r.value(from.Element(), into.Elem())
	element := into.Elem().Size()
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		list := elements(c, rows, n)
		all := reflect.MakeSlice(into, len(list), len(list)).UnsafePointer()
		if len(list) > 0 {
			if err := read(&c.Children[0], list, len(list), all, element); err != nil {
				return err
			}
		}
		done := 0
		for i := range n {
			row := rowAt(rows, i)
			length := int(c.Offsets[row+1] - c.Offsets[row])
			slice := header{data: all, len: length, cap: length}
			if length > 0 {
				slice.data = step(all, done, element)
			}
			*(*header)(step(p, i, stride)) = slice
			done += length
		}
		return nil
	}, err
}

func (r reading) maps(from types.Type, into reflect.Type) (readFunc, error) {
	readKey, err := r.value(from.Key(), into.Key())
	if err != nil {
		return nil, err
	}
	readValue, err := r.value(from.Value(), into.Elem())
	keysOf, valuesOf := reflect.SliceOf(into.Key()), reflect.SliceOf(into.Elem())
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		list := elements(c, rows, n)
		keys, values := reflect.MakeSlice(keysOf, len(list), len(list)), reflect.MakeSlice(valuesOf, len(list), len(list))
		if len(list) > 0 {
			entries := &c.Children[0]
			if err := readKey(&entries.Children[0], list, len(list), keys.UnsafePointer(), into.Key().Size()); err != nil {
				return err
			}
			if err := readValue(&entries.Children[1], list, len(list), values.UnsafePointer(), into.Elem().Size()); err != nil {
				return err
			}
		}
		done := 0
		for i := range n {
			row := rowAt(rows, i)
			length := int(c.Offsets[row+1] - c.Offsets[row])
			made := reflect.MakeMapWithSize(into, length)
			for at := done; at < done+length; at++ {
				made.SetMapIndex(keys.Index(at), values.Index(at))
			}
			reflect.NewAt(into, step(p, i, stride)).Elem().Set(made)
			done += length
		}
		return nil
	}, err
}

func structs(from types.Type, into reflect.Type) (readFunc, error) {
	fields, err := structReaders(from.Fields(), into)
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		for i, field := range fields {
			if err := field.read(&c.Children[i], rows, n, unsafe.Add(p, field.offset), stride); err != nil {
				return err
			}
		}
		return nil
	}, err
}
