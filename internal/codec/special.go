package codec

import (
	"encoding"
	"reflect"
	"time"
	"unsafe"
)

// A time keeps its instant and its offset from UTC; the name of its location and its
// monotonic reading are lost.
func encodeTime(dst []byte, p unsafe.Pointer, _ int) []byte {
	t := *(*time.Time)(p)
	_, offset := t.Zone()
	seconds := t.Unix()
	dst = appendUvarint(dst, uint64(seconds)<<1^uint64(seconds>>63))
	dst = appendUvarint(dst, uint64(t.Nanosecond()))
	return appendUvarint(dst, uint64(offset)<<1^uint64(offset>>63))
}

func decodeTime(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	seconds, next, failure := uvarint(src, at)
	if failure != nil {
		return 0, failure
	}
	nanoseconds, next, failure := uvarint(src, next)
	if failure != nil {
		return 0, failure
	}
	zigzag, next, failure := uvarint(src, next)
	if failure != nil {
		return 0, failure
	}
	offset := unzigzag(zigzag)
	if nanoseconds >= 1e9 || offset <= -maxOffset || offset >= maxOffset {
		return 0, fail(at, "a time has %d ns and an offset of %d s", nanoseconds, offset)
	}
	t := time.Unix(unzigzag(seconds), int64(nanoseconds)).UTC()
	if offset != 0 {
		t = t.In(time.FixedZone("", int(offset)))
	}
	*(*time.Time)(p) = t
	return next, nil
}

// maxOffset is beyond any offset from UTC in use, in seconds.
const maxOffset = 48 * 60 * 60

// selfProgram is for types that encode themselves. A struct may have inherited the
// methods from an embedded field, and its other fields would be lost; it cannot be
// told whether it has, so it is refused.
func selfProgram(t reflect.Type, path string) (program, *buildError) {
	if t.Kind() == reflect.Struct && t.NumField() > 1 {
		for i := range t.NumField() {
			field := t.Field(i)
			if embedded := field.Type; field.Anonymous && (encodesItself(embedded) ||
				embedded.Kind() == reflect.Pointer && encodesItself(embedded.Elem())) {
				return program{}, &buildError{path + "." + field.Name, "is embedded and encodes itself, " +
					"so that the fields beside it could be lost; give it a name"}
			}
		}
	}
	return program{
		encode: func(dst []byte, p unsafe.Pointer, _ int) []byte {
			content, err := reflect.NewAt(t, p).Interface().(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				panic(&EncodeError{Type: t, Err: err})
			}
			return append(appendUvarint(dst, uint64(len(content))), content...)
		},
		decode: func(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
			content, next, failure := lengthAndBytes(src, at, t.String())
			if failure != nil {
				return 0, failure
			}
			v := reflect.NewAt(t, p)
			v.Elem().SetZero()
			if err := v.Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(content); err != nil {
				return 0, fail(at, "%v: %v", t, err)
			}
			return next, nil
		},
		minimum: 1,
	}, nil
}
