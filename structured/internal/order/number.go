package order

import (
	"encoding/binary"
	"math"

	"github.com/tidewheel/tidewheel/structured/types"
)

// says is what rows with equal numbers have in common.
type says int

const (
	nothing says = iota
	part         // of the value: the numbers of the next place say more
	all          // the value
)

// stringPart is how many bytes of a string a number holds.
const stringPart = 7

// number gives each row the number that stands for its value, which is not null; of one
// that does not fit a number, for the part at a place, from 0.
func (k Key) number(entries []entry, at int) (s says) {
	c := k.Column
	s = all
	switch c.Type.Layout() {
	case types.LayoutBit:
		for i, e := range entries {
			entries[i].number = uint64(c.Bools.Bit(int(e.row)))
		}
	case types.Layout8:
		numberWhole(entries, c.Tinies)
	case types.Layout16:
		numberWhole(entries, c.Smalls)
	case types.Layout32:
		numberWhole(entries, c.Ints)
	case types.Layout64:
		numberWhole(entries, c.Longs)
	case types.LayoutFloat:
		for i, e := range entries {
			entries[i].number = ofDouble(float64(c.Floats[e.row]))
		}
	case types.LayoutDouble:
		for i, e := range entries {
			entries[i].number = ofDouble(c.Doubles[e.row])
		}
	case types.Layout128:
		for i, e := range entries {
			if at == 0 {
				entries[i].number = uint64(c.Decimals[e.row].HighBits()) ^ signBit
			} else {
				entries[i].number = c.Decimals[e.row].LowBits()
			}
		}
		if at == 0 {
			s = part
		}
	case types.LayoutBytes:
		s = part
		for i, e := range entries {
			value := c.String(int(e.row))
			entries[i].number = ofBytes(value[min(at*stringPart, len(value)):])
		}
	default:
		s = nothing
		for i := range entries {
			entries[i].number = 0
		}
	}
	if k.Descending {
		for i := range entries {
			entries[i].number = ^entries[i].number
		}
	}
	return s
}

// signBit turned over makes the order of numbers with a sign that of numbers without.
const signBit = 1 << 63

func numberWhole[T int8 | int16 | int32 | int64](entries []entry, values []T) {
	for i, e := range entries {
		entries[i].number = uint64(int64(values[e.row])) ^ signBit
	}
}

// ofDouble: of numbers below zero greater bits mean less.
func ofDouble(value float64) uint64 {
	if value != value {
		return math.MaxUint64
	}
	bits := math.Float64bits(value + 0) // -0.0 is 0.0
	if bits&signBit != 0 {
		return ^bits
	}
	return bits | signBit
}

// ofBytes is the first bytes, filled up with zeros, and how many there are: so that a
// string comes before one that goes on with a zero.
func ofBytes(value []byte) uint64 {
	if len(value) > stringPart {
		return binary.BigEndian.Uint64(value)&^0xFF | (stringPart + 1)
	}
	var first [8]byte
	copy(first[:], value)
	return binary.BigEndian.Uint64(first[:]) | uint64(len(value))
}
