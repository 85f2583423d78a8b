package codec

import (
	"encoding/binary"
	"math"
	"reflect"
	"unsafe"
)

func scalarProgram(t reflect.Type) (p program, ok bool) {
	switch t.Kind() {
	case reflect.Bool:
		return program{encodeBool, decodeBool, 1}, true
	case reflect.Int8, reflect.Uint8:
		return program{encodeByte, decodeByte, 1}, true
	case reflect.Int16:
		return signedProgram[int16](), true
	case reflect.Int32:
		return signedProgram[int32](), true
	case reflect.Int64:
		return signedProgram[int64](), true
	case reflect.Int:
		return signedProgram[int](), true
	case reflect.Uint16:
		return unsignedProgram[uint16](), true
	case reflect.Uint32:
		return unsignedProgram[uint32](), true
	case reflect.Uint64:
		return unsignedProgram[uint64](), true
	case reflect.Uint:
		return unsignedProgram[uint](), true
	case reflect.Float32:
		return program{encodeFloat32, decodeFloat32, 4}, true
	case reflect.Float64:
		return program{encodeFloat64, decodeFloat64, 8}, true
	case reflect.Complex64:
		return pairProgram(program{encodeFloat32, decodeFloat32, 4}, 4), true
	case reflect.Complex128:
		return pairProgram(program{encodeFloat64, decodeFloat64, 8}, 8), true
	case reflect.String:
		return program{encodeString, decodeString, 1}, true
	default:
		return program{}, false
	}
}

func encodeBool(dst []byte, p unsafe.Pointer, _ int) []byte {
	if *(*bool)(p) {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func decodeBool(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	if at >= len(src) {
		return 0, short(src, "a bool")
	}
	if src[at] > 1 {
		return 0, fail(at, "a bool is %d", src[at])
	}
	*(*bool)(p) = src[at] == 1
	return at + 1, nil
}

func encodeByte(dst []byte, p unsafe.Pointer, _ int) []byte { return append(dst, *(*byte)(p)) }

func decodeByte(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	if at >= len(src) {
		return 0, short(src, "a byte")
	}
	*(*byte)(p) = src[at]
	return at + 1, nil
}

func signedProgram[I int16 | int32 | int64 | int]() program {
	return program{
		encode: func(dst []byte, p unsafe.Pointer, _ int) []byte {
			v := int64(*(*I)(p))
			return appendUvarint(dst, uint64(v)<<1^uint64(v>>63))
		},
		decode: func(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
			u, next, failure := uvarint(src, at)
			if failure != nil {
				return 0, failure
			}
			v := unzigzag(u)
			if int64(I(v)) != v {
				return 0, fail(at, "%d does not fit an int of %d bits", v, 8*unsafe.Sizeof(I(0)))
			}
			*(*I)(p) = I(v)
			return next, nil
		},
		minimum: 1,
	}
}

func unsignedProgram[U uint16 | uint32 | uint64 | uint]() program {
	return program{
		encode: func(dst []byte, p unsafe.Pointer, _ int) []byte { return appendUvarint(dst, uint64(*(*U)(p))) },
		decode: func(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
			u, next, failure := uvarint(src, at)
			if failure != nil {
				return 0, failure
			}
			if uint64(U(u)) != u {
				return 0, fail(at, "%d does not fit a uint of %d bits", u, 8*unsafe.Sizeof(U(0)))
			}
			*(*U)(p) = U(u)
			return next, nil
		},
		minimum: 1,
	}
}

func encodeFloat32(dst []byte, p unsafe.Pointer, _ int) []byte {
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(*(*float32)(p)))
}

func decodeFloat32(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	if len(src)-at < 4 {
		return 0, short(src, "a float32")
	}
	*(*uint32)(p) = binary.LittleEndian.Uint32(src[at:])
	return at + 4, nil
}

func encodeFloat64(dst []byte, p unsafe.Pointer, _ int) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(*(*float64)(p)))
}

func decodeFloat64(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	if len(src)-at < 8 {
		return 0, short(src, "a float64")
	}
	*(*uint64)(p) = binary.LittleEndian.Uint64(src[at:])
	return at + 8, nil
}

// pairProgram is for two parts of one kind that lie together, the second at offset.
func pairProgram(part program, offset uintptr) program {
	return program{
		encode: func(dst []byte, p unsafe.Pointer, depth int) []byte {
			return part.encode(part.encode(dst, p, depth), unsafe.Add(p, offset), depth)
		},
		decode: func(src []byte, at int, p unsafe.Pointer, depth int) (int, *DecodeError) {
			at, failure := part.decode(src, at, p, depth)
			if failure != nil {
				return 0, failure
			}
			return part.decode(src, at, unsafe.Add(p, offset), depth)
		},
		minimum: 2 * part.minimum,
	}
}

func encodeString(dst []byte, p unsafe.Pointer, _ int) []byte {
	s := *(*string)(p)
	return append(appendUvarint(dst, uint64(len(s))), s...)
}

func decodeString(src []byte, at int, p unsafe.Pointer, _ int) (int, *DecodeError) {
	content, next, failure := lengthAndBytes(src, at, "a string")
	if failure != nil {
		return 0, failure
	}
	*(*string)(p) = string(content)
	return next, nil
}

// lengthAndBytes reads a length and as many bytes, which are part of src.
func lengthAndBytes(src []byte, at int, what string) (content []byte, next int, failure *DecodeError) {
	length, next, failure := uvarint(src, at)
	if failure != nil {
		return nil, 0, failure
	}
	if length > uint64(len(src)-next) {
		return nil, 0, fail(at, "%s of %d bytes, but %d bytes are left", what, length, len(src)-next)
	}
	end := next + int(length)
	return src[next:end], end, nil
}

// appendUvarint is binary.AppendUvarint with its most frequent case inlined.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

// uvarint reads a varint at src[at:].
func uvarint(src []byte, at int) (v uint64, next int, failure *DecodeError) {
	if at < len(src) && src[at] < 0x80 {
		return uint64(src[at]), at + 1, nil
	}
	return longUvarint(src, at)
}

func longUvarint(src []byte, at int) (v uint64, next int, failure *DecodeError) {
	v, n := binary.Uvarint(src[at:])
	switch {
	case n > 0:
		return v, at + n, nil
	case n == 0:
		return 0, 0, short(src, "a varint")
	default:
		return 0, 0, fail(at, "a varint is longer than 64 bits")
	}
}

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
