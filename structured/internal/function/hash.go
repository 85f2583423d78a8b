package function

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var hashFunctions = []Function{
	{Name: "hash", Doc: "The 32-bit Murmur3 hash of the arguments, as Spark computes it.", Least: 1, Most: -1, Bind: bindHash(types.Int), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		out.AppendInt(int32(murmur.row(args, row)))
		return nil
	})},
	{Name: "xxhash64", Doc: "The 64-bit xxHash of the arguments, as Spark computes it.", Least: 1, Most: -1, Bind: bindHash(types.Bigint), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		out.AppendLong(int64(xx64.row(args, row)))
		return nil
	})},
}

func bindHash(result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		for _, arg := range args {
			if arg.Type().HasMap() {
				return nil, fault.Analysisf("DATATYPE_MISMATCH.HASH_MAP_TYPE", "%s: %s is %s, and equal maps may be written in different orders", b.Name, arg, arg.Type())
			}
		}
		return b.call(b.Name, result, args...), nil
	}
}

// hasher hashes the three forms in which Spark gives values to a hash. Each value is
// seeded with the hash of the values before it; null leaves that as it is.
type hasher[H uint32 | uint64] struct {
	int   func(value uint32, seed H) H
	long  func(value uint64, seed H) H
	bytes func(data []byte, seed H) H
}

var (
	murmur = hasher[uint32]{murmurInt, MurmurLong, murmurBytes}
	xx64   = hasher[uint64]{xxInt, xxLong, xxBytes}
)

func (h hasher[H]) row(args []*vector.Column, row int) H {
	hash := H(42)
	for _, arg := range args {
		hash = h.value(arg, row, hash)
	}
	return hash
}

func (h hasher[H]) value(c *vector.Column, row int, seed H) H {
	if c.IsNull(row) {
		return seed
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		return h.int(uint32(c.Bools.Bit(row)), seed)
	case types.Layout8, types.Layout16, types.Layout32:
		return h.int(uint32(c.Whole(row)), seed)
	case types.Layout64:
		return h.long(uint64(c.Longs[row]), seed)
	case types.LayoutFloat:
		return h.int(floatBits(c.Floats[row]), seed)
	case types.LayoutDouble:
		return h.long(doubleBits(c.Doubles[row]), seed)
	case types.Layout128:
		if c.Type == types.Calendar {
			v := c.Interval(row)
			return h.int(uint32(v.Months), h.int(uint32(v.Days), h.long(uint64(v.Microseconds), seed)))
		}
		if c.Type.Precision() <= 18 {
			return h.long(c.Decimals[row].LowBits(), seed)
		}
		return h.bytes(twosComplement(c, row), seed)
	case types.LayoutBytes:
		return h.bytes(c.String(row), seed)
	case types.LayoutList:
		for i := c.Offsets[row]; i < c.Offsets[row+1]; i++ {
			seed = h.value(&c.Children[0], int(i), seed)
		}
	case types.LayoutStruct:
		for i := range c.Children {
			seed = h.value(&c.Children[i], row, seed)
		}
	}
	return seed
}

// doubleBits are the bits of a number; zero has one sign and NaN one form, that of Java.
func doubleBits(value float64) uint64 {
	if value != value {
		return 0x7ff8000000000000
	}
	return math.Float64bits(value + 0)
}

func floatBits(value float32) uint32 {
	if value != value {
		return 0x7fc00000
	}
	return math.Float32bits(value + 0)
}

// twosComplement is a decimal in as few bytes as hold it, the highest first.
func twosComplement(c *vector.Column, row int) []byte {
	var data [16]byte
	binary.BigEndian.PutUint64(data[:], uint64(c.Decimals[row].HighBits()))
	binary.BigEndian.PutUint64(data[8:], c.Decimals[row].LowBits())
	at := 0
	for at < 15 && (data[at] == 0 && data[at+1] < 0x80 || data[at] == 0xFF && data[at+1] >= 0x80) {
		at++
	}
	return data[at:]
}

// What follows is Murmur3_x86_32 of Austin Appleby's MurmurHash3.

func murmurMix(k, h uint32) uint32 {
	k = bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
	return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
}

func murmurEnd(h, length uint32) uint32 {
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

func murmurInt(value, seed uint32) uint32 { return murmurEnd(murmurMix(value, seed), 4) }

// MurmurLong is the hash of a bigint.
func MurmurLong(value uint64, seed uint32) uint32 {
	return murmurEnd(murmurMix(uint32(value>>32), murmurMix(uint32(value), seed)), 8)
}

// murmurBytes takes words of four bytes and then each byte that is left, with its
// sign, as a word of its own: which is Spark's way and not that of others.
func murmurBytes(data []byte, seed uint32) uint32 {
	h, length := seed, uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		h = murmurMix(binary.LittleEndian.Uint32(data), h)
	}
	for _, c := range data {
		h = murmurMix(uint32(int32(int8(c))), h)
	}
	return murmurEnd(h, length)
}

func xxInt(value uint32, seed uint64) uint64 {
	var data [4]byte
	binary.LittleEndian.PutUint32(data[:], value)
	return xxBytes(data[:], seed)
}

func xxLong(value, seed uint64) uint64 {
	var data [8]byte
	binary.LittleEndian.PutUint64(data[:], value)
	return xxBytes(data[:], seed)
}

func xxBytes(data []byte, seed uint64) uint64 {
	var digest xxhash.Digest
	digest.ResetWithSeed(seed)
	_, _ = digest.Write(data) // which never fails
	return digest.Sum64()
}
