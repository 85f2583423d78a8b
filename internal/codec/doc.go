// Package codec turns values of Go types into bytes and back, for state, logs,
// checkpoints and blocks that leave memory.
//
// Three ideas carry the package.
//
//   - [Of] looks at a type once, by reflection, and builds functions that encode and
//     decode it through pointers; per value there is no reflection but for maps and
//     the making of slices.
//   - One value has one encoding: equal values give equal bytes on every machine and
//     in every run. Map entries are sorted. A value is self-contained and ends by
//     itself, so values can simply follow each other.
//   - The encoding carries no types. [Codec.Name] describes the type instead, and a
//     stored stream begins with [Codec.AppendHeader]: when the program's type has
//     changed, [Codec.ReadHeader] refuses the stream and names both types.
//
// The encoding, version 1:
//
//	bool                   one byte, 0 or 1
//	int8, uint8            one byte
//	other integers         varint; signed ones in zigzag form
//	float32, float64       4 or 8 bytes, little endian; complex numbers are two
//	string                 length as varint, bytes
//	slice                  0 if nil, else length + 1 as varint; elements
//	array                  elements
//	map                    like a slice of (key, value), in the order of their bytes
//	pointer                0 if nil, else 1 and what it points to
//	struct                 fields in the order of their names, without names
//	time.Time              Unix seconds, nanoseconds, seconds east of UTC, as varints
//	encoding.BinaryMarshaler (with BinaryUnmarshaler)
//	                       length as varint, bytes
//
// Decoding trusts nothing: malformed input is a [DecodeError] with the offset, never
// a panic, and never an allocation out of proportion to the input.
//
// Not for: interfaces, whose types the bytes don't tell; channels and functions;
// structs with unexported fields, which would silently be lost. Such a struct takes
// part by implementing encoding.BinaryMarshaler and BinaryUnmarshaler.
package codec
