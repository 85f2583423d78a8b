package vector

import (
	"encoding/binary"
	"math/bits"
)

// Bitmap is a set of rows: row i is bit i%64 of word i/64. Bits behind the last row
// are unspecified.
type Bitmap []uint64

// words returns how many words hold n bits.
func words(n int) int { return (n + 63) / 64 }

// Get returns bit i.
func (m Bitmap) Get(i int) bool { return m[uint(i)/64]>>(uint(i)%64)&1 != 0 }

// Bit returns bit i as 0 or 1.
func (m Bitmap) Bit(i int) uint64 { return m[uint(i)/64] >> (uint(i) % 64) & 1 }

// Set sets bit i to 1.
func (m Bitmap) Set(i int) { m[uint(i)/64] |= 1 << (uint(i) % 64) }

// Clear sets bit i to 0.
func (m Bitmap) Clear(i int) { m[uint(i)/64] &^= 1 << (uint(i) % 64) }

// Put sets bit i to value.
func (m Bitmap) Put(i int, value bool) {
	if value {
		m.Set(i)
	} else {
		m.Clear(i)
	}
}

// Count returns how many of the first n bits are 1.
func (m Bitmap) Count(n int) int {
	count := 0
	for _, word := range m[:n/64] {
		count += bits.OnesCount64(word)
	}
	if rest := uint(n) % 64; rest != 0 {
		count += bits.OnesCount64(m[n/64] & (1<<rest - 1))
	}
	return count
}

// Resize returns m with room for n bits. The words it had are kept, new ones are
// unspecified.
func (m Bitmap) Resize(n int) Bitmap { return Resize(m, words(n)) }

// Fill sets the first n bits, and maybe some behind them, to value. The bitmap has
// room for them.
func (m Bitmap) Fill(n int, value bool) {
	var word uint64
	if value {
		word = ^uint64(0)
	}
	for i := range m[:words(n)] {
		m[i] = word
	}
}

// slice returns bits [from, to) as a bitmap of their own: a part of m where from
// begins a word, else a copy.
func (m Bitmap) slice(from, to int) Bitmap {
	if from%64 == 0 {
		return m[from/64 : words(to)]
	}
	out := make(Bitmap, words(to-from))
	out.copyFrom(0, m, from, to-from)
	return out
}

// copyFrom copies n bits of src, from bit from on, to bit at of m, which has room.
func (m Bitmap) copyFrom(at int, src Bitmap, from, n int) {
	for n > 0 && at%64 != 0 {
		m.Put(at, src.Get(from))
		at, from, n = at+1, from+1, n-1
	}
	word, shift := from/64, uint(from)%64
	for ; n >= 64; at, from, n, word = at+64, from+64, n-64, word+1 {
		value := src[word] >> shift
		if shift != 0 {
			value |= src[word+1] << (64 - shift)
		}
		m[at/64] = value
	}
	for ; n > 0; at, from, n = at+1, from+1, n-1 {
		m.Put(at, src.Get(from))
	}
}

// fromBytes returns n bits of an Arrow bitmap, from bit offset on, in the memory of
// m if that suffices.
func (m Bitmap) fromBytes(src []byte, offset, n int) Bitmap {
	m = m.Resize(n)
	at, shift := offset/8, uint(offset)%8
	for i := range m {
		m[i] = load64(src, at+8*i) >> shift
		if shift != 0 && at+8*i+8 < len(src) {
			m[i] |= uint64(src[at+8*i+8]) << (64 - shift)
		}
	}
	return m
}

// load64 reads 8 bytes, with zeros behind the end.
func load64(src []byte, at int) uint64 {
	if at+8 <= len(src) {
		return binary.LittleEndian.Uint64(src[at:])
	}
	var word [8]byte
	if at < len(src) {
		copy(word[:], src[at:])
	}
	return binary.LittleEndian.Uint64(word[:])
}

// toBytes returns the first n bits as an Arrow bitmap.
func (m Bitmap) toBytes(n int) []byte {
	out := make([]byte, 8*words(n))
	for i := range words(n) {
		binary.LittleEndian.PutUint64(out[8*i:], m[i])
	}
	return out[:(n+7)/8]
}

// Resize returns s with length n, in the same memory if that suffices. What it held
// is kept; new elements are unspecified.
func Resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	grown := make([]T, n, max(n, 2*cap(s)))
	copy(grown, s)
	return grown
}
