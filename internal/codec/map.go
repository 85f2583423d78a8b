package codec

import (
	"bytes"
	"reflect"
	"slices"
	"unsafe"
)

func (b *builder) mapProgram(t reflect.Type, path string) (program, *buildError) {
	key, err := b.build(t.Key(), path+"[key]")
	if err != nil {
		return program{}, err
	}
	elem, err := b.build(t.Elem(), path+"[]")
	if err != nil {
		return program{}, err
	}
	m := &mapProgram{of: t, key: key, elem: elem}
	return program{m.encode, m.decode, 1}, nil
}

type mapProgram struct {
	of        reflect.Type
	key, elem *program
}

func (m *mapProgram) encode(dst []byte, p unsafe.Pointer, depth int) []byte {
	entries := reflect.NewAt(m.of, p).Elem()
	if entries.IsNil() {
		return append(dst, 0)
	}
	checkDepth(m.of, depth)
	dst = appendUvarint(dst, uint64(entries.Len())+1)
	start := len(dst)
	ends := make([]int, 0, entries.Len())
	key, elem := reflect.New(m.of.Key()), reflect.New(m.of.Elem())
	//det:unordered the encoded entries are sorted below
	for iter := entries.MapRange(); iter.Next(); {
		key.Elem().SetIterKey(iter)
		elem.Elem().SetIterValue(iter)
		dst = m.key.encode(dst, key.UnsafePointer(), depth+1)
		dst = m.elem.encode(dst, elem.UnsafePointer(), depth+1)
		ends = append(ends, len(dst))
	}
	sortEntries(dst, start, ends)
	return dst
}

// sortEntries sorts the entries that lie in dst from start on and end at ends. No
// key is the beginning of another one, so whole entries compare as their keys do;
// only several NaN have equal keys.
func sortEntries(dst []byte, start int, ends []int) {
	if len(ends) < 2 {
		return
	}
	unsorted := bytes.Clone(dst[start:])
	entries := make([][]byte, len(ends))
	for i, end := range ends {
		from := start
		if i > 0 {
			from = ends[i-1]
		}
		entries[i] = unsorted[from-start : end-start]
	}
	slices.SortFunc(entries, bytes.Compare)
	dst = dst[:start]
	for _, entry := range entries {
		dst = append(dst, entry...)
	}
}

func (m *mapProgram) decode(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
	length, next, failure := elementCount(src, at, m.key.minimum+m.elem.minimum, depth)
	if failure != nil {
		return 0, failure
	}
	entries := reflect.NewAt(m.of, p).Elem()
	if length < 0 {
		entries.SetZero()
		return next, nil
	}
	if m.key.minimum == 0 && length > 1 {
		return 0, fail(at, "%d entries, but there is only one key", length)
	}
	entries.Set(reflect.MakeMapWithSize(m.of, length))
	key, elem := reflect.New(m.of.Key()), reflect.New(m.of.Elem())
	var previous []byte
	for i := range length {
		start := next
		if next, failure = m.key.decode(src, start, key.UnsafePointer(), depth+1); failure != nil {
			return 0, failure
		}
		if encoded := src[start:next]; i > 0 && bytes.Compare(previous, encoded) > 0 {
			return 0, fail(start, "a map's keys are out of order")
		} else {
			previous = encoded
		}
		if next, failure = m.elem.decode(src, next, elem.UnsafePointer(), depth+1); failure != nil {
			return 0, failure
		}
		entries.SetMapIndex(key.Elem(), elem.Elem())
	}
	return next, nil
}
