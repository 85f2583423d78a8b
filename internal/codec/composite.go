package codec

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

type field struct {
	offset uintptr
	*program
}

func (b *builder) structProgram(t reflect.Type, path string) (program, *buildError) {
	var fields []field
	minimum := 0
	for _, f := range encodedFields(t) {
		if !f.IsExported() {
			return program{}, &buildError{path + "." + f.Name, "is unexported and would be lost; " +
				"export it, or implement encoding.BinaryMarshaler and BinaryUnmarshaler"}
		}
		p, err := b.build(f.Type, path+"."+f.Name)
		if err != nil {
			return program{}, err
		}
		fields = append(fields, field{f.Offset, p})
		minimum += p.minimum
	}
	return program{
		encode: func(dst []byte, p unsafe.Pointer, depth int) []byte {
			for i := range fields {
				dst = fields[i].encode(dst, unsafe.Add(p, fields[i].offset), depth)
			}
			return dst
		},
		decode: func(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
			for i := range fields {
				var failure *DecodeError
				at, failure = fields[i].decode(src, at, unsafe.Add(p, fields[i].offset), depth)
				if failure != nil {
					return 0, failure
				}
			}
			return at, nil
		},
		minimum: minimum,
	}, nil
}

func (b *builder) arrayProgram(t reflect.Type, path string) (program, *buildError) {
	elem, err := b.build(t.Elem(), path+"[]")
	if err != nil {
		return program{}, err
	}
	if elem.minimum > 0 && t.Len() > math.MaxInt/elem.minimum {
		return program{}, &buildError{path, "is too large"}
	}
	length, stride := t.Len(), t.Elem().Size()
	return program{
		encode: func(dst []byte, p unsafe.Pointer, depth int) []byte {
			return encodeElements(dst, p, length, stride, elem, depth)
		},
		decode: func(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
			return decodeElements(src, at, p, length, stride, elem, depth)
		},
		minimum: length * elem.minimum,
	}, nil
}

func encodeElements(dst []byte, p unsafe.Pointer, length int, stride uintptr, elem *program, depth int) []byte {
	for i := range length {
		dst = elem.encode(dst, unsafe.Add(p, uintptr(i)*stride), depth)
	}
	return dst
}

func decodeElements(src []byte, at int, p unsafe.Pointer, length int, stride uintptr, elem *program, depth int) (int, *DecodeError) {
	for i := range length {
		var failure *DecodeError
		if at, failure = elem.decode(src, at, unsafe.Add(p, uintptr(i)*stride), depth); failure != nil {
			return 0, failure
		}
	}
	return at, nil
}

func (b *builder) sliceProgram(t reflect.Type, path string) (program, *buildError) {
	elem, err := b.build(t.Elem(), path+"[]")
	if err != nil {
		return program{}, err
	}
	if t.Elem().Kind() == reflect.Uint8 && !encodesItself(t.Elem()) {
		return program{encodeBytes, decodeBytes, 1}, nil
	}
	if err := needsBytes(t.Elem(), elem, path+"[]"); err != nil {
		return program{}, err
	}
	stride := t.Elem().Size()
	return program{
		encode: func(dst []byte, p unsafe.Pointer, depth int) []byte {
			s := *(*[]struct{})(p) // length and nil-ness lie alike for every element type
			if s == nil {
				return append(dst, 0)
			}
			checkDepth(t, depth)
			dst = appendUvarint(dst, uint64(len(s))+1)
			return encodeElements(dst, unsafe.Pointer(unsafe.SliceData(s)), len(s), stride, elem, depth+1)
		},
		decode: func(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
			length, next, failure := elementCount(src, at, elem.minimum, depth)
			if failure != nil {
				return 0, failure
			}
			slice := reflect.NewAt(t, p).Elem()
			if length < 0 {
				slice.SetZero()
				return next, nil
			}
			made := reflect.MakeSlice(t, length, length)
			slice.Set(made)
			if elem.minimum == 0 {
				return next, nil
			}
			return decodeElements(src, next, made.UnsafePointer(), length, stride, elem, depth+1)
		},
		minimum: 1,
	}, nil
}

// needsBytes refuses elements that take memory but no bytes: no input could bound
// how many there are. That is a struct of blank fields only.
func needsBytes(t reflect.Type, p *program, path string) *buildError {
	if p.minimum == 0 && t.Size() > 0 {
		return &buildError{path, "has no field to encode"}
	}
	return nil
}

// elementCount reads the count of a slice or map, -1 if it is nil, and checks that
// the input can hold so many elements.
func elementCount(src []byte, at, minimum, depth int) (length, next int, failure *DecodeError) {
	if depth > maxDepth {
		return 0, 0, fail(at, "values are nested more than %d deep", maxDepth)
	}
	count, next, failure := uvarint(src, at)
	if failure != nil {
		return 0, 0, failure
	}
	limit := uint64(math.MaxInt32)
	if minimum > 0 {
		limit = uint64(len(src)-next) / uint64(minimum)
	}
	if count > 0 && count-1 > limit {
		return 0, 0, fail(at, "%d elements, but %d bytes are left", count-1, len(src)-next)
	}
	return int(count) - 1, next, nil
}

func encodeBytes(dst []byte, p unsafe.Pointer, _ int) []byte {
	s := *(*[]byte)(p)
	if s == nil {
		return append(dst, 0)
	}
	return append(appendUvarint(dst, uint64(len(s))+1), s...)
}

func decodeBytes(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	length, next, failure := elementCount(src, at, 1, 0)
	if failure != nil {
		return 0, failure
	}
	if length < 0 {
		*(*[]byte)(p) = nil
		return next, nil
	}
	s := make([]byte, length)
	*(*[]byte)(p) = s
	return next + copy(s, src[next:]), nil
}

func (b *builder) pointerProgram(t reflect.Type, path string) (program, *buildError) {
	elem, err := b.build(t.Elem(), path)
	if err != nil {
		return program{}, err
	}
	return program{
		encode: func(dst []byte, p unsafe.Pointer, depth int) []byte {
			to := *(*unsafe.Pointer)(p)
			if to == nil {
				return append(dst, 0)
			}
			checkDepth(t, depth)
			return elem.encode(append(dst, 1), to, depth+1)
		},
		decode: func(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
			switch {
			case at >= len(src):
				return 0, short(src, "a pointer")
			case src[at] == 0:
				*(*unsafe.Pointer)(p) = nil
				return at + 1, nil
			case src[at] != 1:
				return 0, fail(at, "a pointer is marked %d", src[at])
			case depth > maxDepth:
				return 0, fail(at, "values are nested more than %d deep", maxDepth)
			}
			to := reflect.New(t.Elem()).UnsafePointer()
			*(*unsafe.Pointer)(p) = to
			return elem.decode(src, at+1, to, depth+1)
		},
		minimum: 1,
	}, nil
}

var errNested = errors.New("pointers lead in a circle, or " + fmt.Sprintf("values are nested more than %d deep", maxDepth))

func checkDepth(t reflect.Type, depth int) {
	if depth > maxDepth {
		panic(&EncodeError{Type: t, Err: errNested})
	}
}
