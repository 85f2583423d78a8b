package vector

import (
	"cmp"

	"github.com/tidewheel/tidewheel/structured/internal/collation"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Compare orders row i of a against row j of b, columns of the same type: negative,
// zero or positive. Null is the least value and equal to null, NaN is greater than
// every other number and equal to NaN, false is less than true, strings go by their
// collation, structs and arrays by their parts.
func Compare(a *Column, i int, b *Column, j int) int {
	if an, bn := a.IsNull(i), b.IsNull(j); an || bn {
		switch {
		case an && bn:
			return 0
		case an:
			return -1
		default:
			return 1
		}
	}
	switch a.Type.Layout() {
	case types.LayoutBit:
		return int(a.Bools.Bit(i)) - int(b.Bools.Bit(j))
	case types.Layout8:
		return cmp.Compare(a.Tinies[i], b.Tinies[j])
	case types.Layout16:
		return cmp.Compare(a.Smalls[i], b.Smalls[j])
	case types.Layout32:
		return cmp.Compare(a.Ints[i], b.Ints[j])
	case types.Layout64:
		return cmp.Compare(a.Longs[i], b.Longs[j])
	case types.LayoutFloat:
		return CompareDoubles(float64(a.Floats[i]), float64(b.Floats[j]))
	case types.LayoutDouble:
		return CompareDoubles(a.Doubles[i], b.Doubles[j])
	case types.Layout128:
		return a.Decimals[i].Cmp(b.Decimals[j])
	case types.LayoutBytes:
		return collation.Compare(a.Type.Collation(), a.String(i), b.String(j))
	case types.LayoutStruct:
		for k := range a.Children {
			if c := Compare(&a.Children[k], i, &b.Children[k], j); c != 0 {
				return c
			}
		}
		return 0
	case types.LayoutList:
		x, y := int(a.Offsets[i]), int(b.Offsets[j])
		for x < int(a.Offsets[i+1]) && y < int(b.Offsets[j+1]) {
			if c := Compare(&a.Children[0], x, &b.Children[0], y); c != 0 {
				return c
			}
			x, y = x+1, y+1
		}
		return cmp.Compare(a.Offsets[i+1]-int32(x), b.Offsets[j+1]-int32(y))
	default:
		return 0
	}
}

// CompareDoubles orders two numbers with NaN last and -0.0 equal to 0.0.
func CompareDoubles(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	default: // at least one NaN, which cmp.Compare puts first
		return -cmp.Compare(a, b)
	}
}
