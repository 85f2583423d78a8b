package codec

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"
)

// version is the first byte of every stored stream.
const version = 1

// Codec encodes and decodes values of T. Make one with [Of]. It is immutable: any
// number of activities may use it at once.
type Codec[T any] struct {
	program *program
	name    string
}

// Of returns the codec of T, or a *TypeError that says which part of T cannot be
// encoded.
func Of[T any]() (Codec[T], error) {
	t := reflect.TypeFor[T]()
	b := builder{programs: map[reflect.Type]*program{}}
	p, err := b.build(t, "")
	if err != nil {
		return Codec[T]{}, &TypeError{Type: t, Part: err.path, Reason: err.reason}
	}
	return Codec[T]{program: p, name: describe(t)}, nil
}

// Name describes T by kinds and field names, such as
// "struct{Count int, Words []string}". Types with equal names have equal encodings;
// the names of types do not matter, but for those that encode themselves.
func (c Codec[T]) Name() string { return c.name }

// Append appends the encoding of v to dst. It panics with an *EncodeError if a
// MarshalBinary fails or pointers lead in a circle.
func (c Codec[T]) Append(dst []byte, v *T) []byte {
	return c.program.encode(dst, unsafe.Pointer(v), 0)
}

// Decode decodes the value at the start of src into v, overwriting it, and returns
// what follows. Nothing in v refers to src or to what v held before. The error is a
// *DecodeError; v then holds something of no use.
func (c Codec[T]) Decode(src []byte, v *T) (rest []byte, err error) {
	next, failure := c.program.decode(src, 0, unsafe.Pointer(v), 0)
	if failure != nil {
		failure.Type = c.name
		return nil, failure
	}
	return src[next:], nil
}

// AppendHeader appends what a stored stream of values of T begins with: the
// version of the encoding and the name of the type.
func (c Codec[T]) AppendHeader(dst []byte) []byte {
	dst = binary.AppendUvarint(append(dst, version), uint64(len(c.name)))
	return append(dst, c.name...)
}

// ReadHeader checks the header at the start of src and returns what follows. The
// error is a *MismatchError if the stream holds values of another type, a
// *VersionError if it is of another version of the encoding, else a *DecodeError.
func (c Codec[T]) ReadHeader(src []byte) (rest []byte, err error) {
	if len(src) == 0 {
		return nil, &DecodeError{Type: c.name, Reason: "the header is missing"}
	}
	if src[0] != version {
		return nil, &VersionError{Version: src[0]}
	}
	var stored string
	next, failure := decodeString(src, 1, unsafe.Pointer(&stored), 0)
	if failure != nil {
		failure.Type = c.name
		return nil, failure
	}
	if stored != c.name {
		return nil, &MismatchError{Stored: stored, Program: c.name}
	}
	return src[next:], nil
}

// TypeError says that a type cannot be encoded.
type TypeError struct {
	Type   reflect.Type
	Part   string // the path of the offending part, such as ".Owner", or empty
	Reason string
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("%v cannot be encoded: %v%s %s", e.Type, e.Type, e.Part, e.Reason)
}

// EncodeError says that a value cannot be encoded, though its type can. It is the
// value of a panic.
type EncodeError struct {
	Type reflect.Type // of the offending part
	Err  error
}

func (e *EncodeError) Error() string { return fmt.Sprintf("encode a %v: %v", e.Type, e.Err) }

// Unwrap returns Err.
func (e *EncodeError) Unwrap() error { return e.Err }

// DecodeError says that bytes are not the encoding of a value.
type DecodeError struct {
	Type   string // the name of the type that was to be decoded
	Offset int    // into the bytes that were given, of the part that is wrong
	Reason string
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("decode a value of type %s: at byte %d: %s", e.Type, e.Offset, e.Reason)
}

// MismatchError says that stored values are of another type than the program's.
type MismatchError struct {
	Stored  string // the name of the stored type
	Program string // the name of the program's type
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("stored values are of type %s, but the program's type is %s: "+
		"give the program the stored type back, or start from an empty directory", e.Stored, e.Program)
}

// VersionError says that a stored stream is of a version of the encoding that this
// release does not read.
type VersionError struct{ Version byte }

func (e *VersionError) Error() string {
	return fmt.Sprintf("stored values are in version %d of the encoding; this release reads version %d", e.Version, version)
}
