package codec

import (
	"encoding"
	"fmt"
	"reflect"
	"time"
	"unsafe"
)

// program is how values of one type are encoded and decoded. Package unsafe is used
// throughout to read and write memory as the type that reflection has said it to be.
type program struct {
	encode encodeFunc
	decode decodeFunc

	// minimum is the least number of bytes that a value takes. It bounds how many
	// elements an input can hold, before memory is made for them.
	minimum int
}

// encodeFunc appends the value at p to dst. depth counts the pointers, slices and
// maps around it.
type encodeFunc func(dst []byte, p unsafe.Pointer, depth int) []byte

// decodeFunc reads the value at src[at:] into the memory at p and returns the offset
// of what follows.
type decodeFunc func(src []byte, at int, p unsafe.Pointer, depth int) (next int, failure *DecodeError)

// maxDepth bounds how far recursive values may be nested.
const maxDepth = 10_000

// builder makes programs. A type that contains itself finds its own, unfinished one.
type builder struct {
	programs map[reflect.Type]*program
}

type buildError struct{ path, reason string }

func (b *builder) build(t reflect.Type, path string) (*program, *buildError) {
	if p, ok := b.programs[t]; ok {
		if p.encode != nil {
			return p, nil
		}
		// Its functions come when it is finished. Only a pointer, slice or map
		// leads a type back to itself, so its minimum is not asked for here.
		return &program{
			encode: func(dst []byte, v unsafe.Pointer, depth int) []byte { return p.encode(dst, v, depth) },
			decode: func(src []byte, at int, v unsafe.Pointer, depth int) (int, *DecodeError) {
				return p.decode(src, at, v, depth)
			},
			minimum: 1,
		}, nil
	}
	p := new(program)
	b.programs[t] = p
	built, err := b.make(t, path)
	if err != nil {
		return nil, err
	}
	*p = built
	return p, nil
}

var (
	timeType        = reflect.TypeFor[time.Time]()
	marshalerType   = reflect.TypeFor[encoding.BinaryMarshaler]()
	unmarshalerType = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// encodesItself says whether a type brings its own encoding.
func encodesItself(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface &&
		reflect.PointerTo(t).Implements(marshalerType) && reflect.PointerTo(t).Implements(unmarshalerType)
}

func (b *builder) make(t reflect.Type, path string) (program, *buildError) {
	switch {
	case t == timeType:
		return program{encodeTime, decodeTime, 3}, nil
	case encodesItself(t):
		return selfProgram(t, path)
	}
	if p, ok := scalarProgram(t); ok {
		return p, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return b.structProgram(t, path)
	case reflect.Array:
		return b.arrayProgram(t, path)
	case reflect.Slice:
		return b.sliceProgram(t, path)
	case reflect.Map:
		return b.mapProgram(t, path)
	case reflect.Pointer:
		return b.pointerProgram(t, path)
	case reflect.Interface:
		return program{}, &buildError{path, "is an interface, and bytes do not tell what type it held; use a concrete type"}
	default:
		return program{}, &buildError{path, fmt.Sprintf("is a %v, which means nothing outside its process", t.Kind())}
	}
}

func fail(at int, format string, args ...any) *DecodeError {
	return &DecodeError{Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// short is the failure of an input that ends within a value.
func short(src []byte, what string) *DecodeError {
	return fail(len(src), "the input ends within %s", what)
}
