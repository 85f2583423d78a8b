package keyed

import (
	"math"
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// The hash of a key, for ever:
//
//	integer, bool   XXH64 of the value as 8 bytes, little endian, sign extended;
//	                false is 0, true is 1
//	float           XXH64 of the bits of the value as a float64; -0 counts as 0 and
//	                every NaN as 0x7FF8000000000000
//	string          XXH64 of its bytes
//	struct, array   Fold over its parts in order, then Finish: an integer, bool or
//	                float folds its 8 bytes as a word, a string its hash, a nested
//	                struct or array its parts, an interface the hash of what it
//	                holds; an array of bytes folds one word, the XXH64 of the bytes;
//	                complex numbers are arrays of two floats; fields named _ don't
//	                count
//	interface       the hash of the value that it holds; 0 if nil
//
// All with seed 0.

const (
	prime1 uint64 = 0x9E3779B185EBCA87
	prime2 uint64 = 0xC2B2AE3D27D4EB4F
	prime3 uint64 = 0x165667B19E3779F9
	prime4 uint64 = 0x85EBCA77C2B2AE63
	prime5 uint64 = 0x27D4EB2F165667C5
)

// HashUint64 returns the hash of an integer; signed ones are sign extended first.
func HashUint64(v uint64) uint64 { return Finish(Fold(prime5+8, v)) }

// HashString returns the hash of a string.
func HashString(s string) uint64 { return xxhash.Sum64String(s) }

// HashBytes returns the hash of the string with these bytes.
func HashBytes(b []byte) uint64 { return xxhash.Sum64(b) }

// HashFloat64 returns the hash of a float; a float32 is converted first.
func HashFloat64(f float64) uint64 { return HashUint64(FloatWord(f)) }

// FloatWord returns the canonical bits of a float: one zero, one NaN.
func FloatWord(f float64) uint64 { return math.Float64bits(CanonicalFloat(f)) }

// CanonicalFloat returns f, but +0 for -0 and one and the same NaN for all.
func CanonicalFloat(f float64) float64 {
	if f == 0 {
		return 0
	}
	if f != f {
		return math.Float64frombits(canonicalNaN)
	}
	return f
}

const canonicalNaN = 0x7FF8000000000000

// FoldStart is where the hash of a composite key starts.
const FoldStart = prime5

// Fold adds a word to the hash of a composite key.
func Fold(h, word uint64) uint64 {
	h ^= bits.RotateLeft64(word*prime2, 31) * prime1
	return bits.RotateLeft64(h, 27)*prime1 + prime4
}

// Finish ends the hash of a composite key.
func Finish(h uint64) uint64 {
	h ^= h >> 33
	h *= prime2
	h ^= h >> 29
	h *= prime3
	return h ^ h>>32
}
