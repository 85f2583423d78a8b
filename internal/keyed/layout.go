package keyed

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// layout is where the parts of a key type lie in memory, as far as hashing and
// comparing need it. Structs are flattened; arrays repeat a layout.
type layout struct {
	parts []part

	// floats says that a value may hold a float, where == is not the equality of
	// keys. An interface may hold one.
	floats bool
}

type part struct {
	kind   partKind
	offset uintptr
	count  int     // of an array's elements, or of bytes
	stride uintptr // of an array's elements
	elem   *layout // of an array
}

type partKind uint8

const (
	partInt8 partKind = iota
	partInt16
	partInt32
	partWord // int64, uint64
	partUint8
	partUint16
	partUint32
	partFloat32
	partFloat64
	partString
	partBytes // an array of bytes
	partArray
	partAny   // an interface without methods
	partIface // an interface with methods
)

// UnhashableError says that a type, or a value found in an interface, cannot be a
// key.
type UnhashableError struct {
	Key    reflect.Type
	Part   string // the path of the offending part, such as ".Owner", or empty
	Reason string
}

func (e *UnhashableError) Error() string {
	return fmt.Sprintf("%v cannot be a key: %v%s %s", e.Key, e.Key, e.Part, e.Reason)
}

func layoutOf(t reflect.Type) (*layout, error) {
	l := new(layout)
	if err := l.add(t, t, 0, ""); err != nil {
		return nil, err
	}
	return l, nil
}

// add appends the parts of t, which lies at offset in key by the given path.
func (l *layout) add(key, t reflect.Type, offset uintptr, path string) error {
	switch kind := t.Kind(); kind {
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			if field.Name == "_" {
				continue
			}
			if err := l.add(key, field.Type, offset+field.Offset, path+"."+field.Name); err != nil {
				return err
			}
		}
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			l.parts = append(l.parts, part{kind: partBytes, offset: offset, count: t.Len()})
			break
		}
		elem := new(layout)
		if err := elem.add(key, t.Elem(), 0, path+"[]"); err != nil {
			return err
		}
		l.floats = l.floats || elem.floats
		l.parts = append(l.parts, part{
			kind: partArray, offset: offset, count: t.Len(), stride: t.Elem().Size(), elem: elem,
		})
	case reflect.Complex64, reflect.Complex128:
		float := partFloat64
		if kind == reflect.Complex64 {
			float = partFloat32
		}
		l.floats = true
		l.parts = append(l.parts, part{kind: float, offset: offset}, part{kind: float, offset: offset + t.Size()/2})
	default:
		simple, ok := simplePart(t)
		if !ok {
			return unhashable(key, t, path)
		}
		l.floats = l.floats || simple == partFloat32 || simple == partFloat64 || kind == reflect.Interface
		l.parts = append(l.parts, part{kind: simple, offset: offset})
	}
	return nil
}

func simplePart(t reflect.Type) (kind partKind, ok bool) {
	switch t.Kind() {
	case reflect.Bool, reflect.Uint8:
		return partUint8, true
	case reflect.Uint16:
		return partUint16, true
	case reflect.Uint32:
		return partUint32, true
	case reflect.Int8:
		return partInt8, true
	case reflect.Int16:
		return partInt16, true
	case reflect.Int32:
		return partInt32, true
	case reflect.Int64, reflect.Uint64:
		return partWord, true
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return sizedWord(t), true
	case reflect.Float32:
		return partFloat32, true
	case reflect.Float64:
		return partFloat64, true
	case reflect.String:
		return partString, true
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return partAny, true
		}
		return partIface, true
	default:
		return 0, false
	}
}

// sizedWord is the part of an int, uint or uintptr, whose size is the machine's.
func sizedWord(t reflect.Type) partKind {
	switch {
	case t.Size() == 8:
		return partWord
	case t.Kind() == reflect.Int:
		return partInt32
	default:
		return partUint32
	}
}

func unhashable(key, t reflect.Type, path string) error {
	reason := fmt.Sprintf("is a %v, which cannot be compared", t.Kind())
	switch t.Kind() {
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		reason = fmt.Sprintf("is a %v, whose value differs from run to run; use what it stands for", t.Kind())
	}
	return &UnhashableError{Key: key, Part: path, Reason: reason}
}

// fold adds the parts of the value at p to a hash.
func (l *layout) fold(h uint64, p unsafe.Pointer) uint64 {
	for i := range l.parts {
		part := &l.parts[i]
		at := unsafe.Add(p, part.offset)
		if part.kind != partArray {
			h = Fold(h, part.word(at))
			continue
		}
		for e := range part.count {
			h = part.elem.fold(h, unsafe.Add(at, uintptr(e)*part.stride))
		}
	}
	return h
}

// word is what a part that is not an array adds to a hash.
func (part *part) word(p unsafe.Pointer) uint64 {
	switch part.kind {
	case partInt8:
		return uint64(*(*int8)(p))
	case partInt16:
		return uint64(*(*int16)(p))
	case partInt32:
		return uint64(*(*int32)(p))
	case partWord:
		return *(*uint64)(p)
	case partUint8:
		return uint64(*(*uint8)(p))
	case partUint16:
		return uint64(*(*uint16)(p))
	case partUint32:
		return uint64(*(*uint32)(p))
	case partFloat32:
		return FloatWord(float64(*(*float32)(p)))
	case partFloat64:
		return FloatWord(*(*float64)(p))
	case partString:
		return HashString(*(*string)(p))
	case partBytes:
		return xxhash.Sum64(unsafe.Slice((*byte)(p), part.count))
	default:
		return hashAny(part.any(p))
	}
}

// any is the interface at p. The two kinds of interface differ in their first word,
// and the conversion below is the same for every set of methods.
func (part *part) any(p unsafe.Pointer) any {
	if part.kind == partAny {
		return *(*any)(p)
	}
	return *(*interface{ M() })(p)
}

// canonicalise rewrites the floats of the value at p: one zero, one NaN.
func (l *layout) canonicalise(p unsafe.Pointer) {
	for i := range l.parts {
		part := &l.parts[i]
		at := unsafe.Add(p, part.offset)
		switch part.kind {
		case partFloat32:
			f := (*float32)(at)
			*f = float32(CanonicalFloat(float64(*f)))
		case partFloat64:
			f := (*float64)(at)
			*f = CanonicalFloat(*f)
		case partArray:
			if !part.elem.floats {
				continue
			}
			for e := range part.count {
				part.elem.canonicalise(unsafe.Add(at, uintptr(e)*part.stride))
			}
		case partAny:
			held := (*any)(at)
			*held = canonicalAny(*held)
		case partIface:
			held := part.any(at)
			if canonical := canonicalAny(held); canonical != nil {
				setData(at, canonical)
			}
		}
	}
}

// setData makes the interface with methods at p hold the value of v, which is of
// the type that it holds already: only its data word changes.
func setData(p unsafe.Pointer, v any) {
	type iface struct{ table, data unsafe.Pointer }
	(*iface)(p).data = (*iface)(unsafe.Pointer(&v)).data
}

// equal compares two canonical values.
func (l *layout) equal(p, q unsafe.Pointer) bool {
	for i := range l.parts {
		part := &l.parts[i]
		a, b := unsafe.Add(p, part.offset), unsafe.Add(q, part.offset)
		switch part.kind {
		case partFloat32:
			if math.Float32bits(*(*float32)(a)) != math.Float32bits(*(*float32)(b)) {
				return false
			}
		case partString:
			if *(*string)(a) != *(*string)(b) {
				return false
			}
		case partBytes:
			if string(unsafe.Slice((*byte)(a), part.count)) != string(unsafe.Slice((*byte)(b), part.count)) {
				return false
			}
		case partArray:
			for e := range part.count {
				step := uintptr(e) * part.stride
				if !part.elem.equal(unsafe.Add(a, step), unsafe.Add(b, step)) {
					return false
				}
			}
		case partAny, partIface:
			if !equalAny(part.any(a), part.any(b)) {
				return false
			}
		default:
			if part.word(a) != part.word(b) {
				return false
			}
		}
	}
	return true
}
