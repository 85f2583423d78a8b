package function

import (
	"math"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// What is computed of the buffers of aggregate functions; see package analyze, which
// binds these calls. Moments are the struct of bound.Moments, pairs that of
// bound.CoMoments.
var resultFunctions = []Function{
	ofMoments("var_pop", func(n, _, m2, _, _ float64) (float64, bool) { return m2 / n, n > 0 }),
	ofMoments("var_samp", func(n, _, m2, _, _ float64) (float64, bool) { return m2 / (n - 1), n > 1 }),
	ofMoments("stddev_pop", func(n, _, m2, _, _ float64) (float64, bool) { return math.Sqrt(m2 / n), n > 0 }),
	ofMoments("stddev_samp", func(n, _, m2, _, _ float64) (float64, bool) { return math.Sqrt(m2 / (n - 1)), n > 1 }),
	ofMoments("skewness", func(n, _, m2, m3, _ float64) (float64, bool) {
		return math.Sqrt(n) * m3 / math.Sqrt(m2*m2*m2), n > 0 && m2 != 0
	}),
	ofMoments("kurtosis", func(n, _, m2, _, m4 float64) (float64, bool) { return n*m4/(m2*m2) - 3, n > 0 && m2 != 0 }),
	ofPairs("covar_pop", func(p pairs) (float64, error) { return p.xy / p.n, nil }),
	ofPairs("covar_samp", func(p pairs) (float64, error) { return p.xy / (p.n - 1), p.atLeast(2) }),
	ofPairs("corr", correlation),
	ofPairs("regr_slope", func(p pairs) (float64, error) { return p.xy / p.xx, p.varied() }),
	ofPairs("regr_intercept", func(p pairs) (float64, error) { return p.y - p.xy/p.xx*p.x, p.varied() }),
	ofPairs("regr_r2", func(p pairs) (float64, error) {
		if p.yy == 0 {
			return 1, p.varied()
		}
		return p.xy * p.xy / (p.xx * p.yy), p.varied()
	}),
	ofPairs("regr_avgx", func(p pairs) (float64, error) { return p.x, nil }),
	ofPairs("regr_avgy", func(p pairs) (float64, error) { return p.y, nil }),
	ofPairs("regr_sxx", func(p pairs) (float64, error) { return p.xx, nil }),
	ofPairs("regr_syy", func(p pairs) (float64, error) { return p.yy, nil }),
	ofPairs("regr_sxy", func(p pairs) (float64, error) { return p.xy, nil }),
	{Name: "array_sum", Doc: "The sum of the elements of an array of bigints, doubles or decimals that are not null.", Least: 1, Most: 1, Operator: true, Kernel: strict(arraySum)},
	{Name: "percentile_of", Doc: "The number at a fraction of the way through the sorted elements of an array of doubles, between two neighbours in proportion.", Least: 2, Most: 2, Operator: true, Kernel: percentiles(true)},
	{Name: "element_at_fraction", Doc: "The element at a fraction of the way through the sorted elements of an array, from its end if the third argument is true.", Least: 3, Most: 3, Operator: true, Kernel: percentiles(false)},
	{Name: "histogram_of", Doc: "A histogram of so many bins, which is an array of structs of x and y, of an array of doubles.", Least: 2, Most: 2, Operator: true, Kernel: appending(histogramOf)},
	{Name: "mode_of", Doc: "The element that comes most often in an array, the least of several, the greatest if the second argument is true.", Least: 2, Most: 2, Operator: true, Kernel: appending(mode)},
	{Name: "only_of", Doc: "The second argument where the first, a number of rows, is at most 1; else it fails the query.", Least: 2, Most: 2, Operator: true, Volatile: true, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].Longs[row] > 1 {
			return fault.Runtimef("SCALAR_SUBQUERY_TOO_MANY_ROWS", "a subquery that stands for a value gives %d rows", args[0].Longs[row])
		}
		out.AppendRange(args[1], row, row+1)
		return nil
	})},
	{Name: "estimate_of", Doc: "The number of distinct values that the registers of a sketch stand for.", Least: 1, Most: 1, Operator: true, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		out.AppendLong(0)
		if !args[0].IsNull(row) {
			out.Longs[row] = Estimate(args[0].String(row))
		}
		return nil
	})},
}

func ofMoments(name string, f func(n, mean, m2, m3, m4 float64) (float64, bool)) Function {
	return Function{
		Name: name + "_of", Doc: name + " of moments.", Least: 1, Most: 1, Operator: true,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			c := args[0].Children
			value, ok := f(c[0].Doubles[row], c[1].Doubles[row], c[2].Doubles[row], c[3].Doubles[row], c[4].Doubles[row])
			if !ok {
				return null
			}
			out.Doubles[row] = value
			return nil
		}),
	}
}

// pairs is what is kept of the pairs of a group, of which there is one at least: their
// number, both means, and the sums of the products and squares of what differs from
// them.
type pairs struct{ n, x, y, xy, xx, yy float64 }

func (p pairs) atLeast(n float64) error {
	if p.n < n {
		return null
	}
	return nil
}

func (p pairs) varied() error {
	if p.xx == 0 {
		return null
	}
	return nil
}

// correlation divides by zero where one side does not vary, as Spark's does.
func correlation(p pairs) (float64, error) {
	if root := math.Sqrt(p.xx * p.yy); root != 0 || p.n == 1 {
		return p.xy / root, p.atLeast(2)
	}
	return 0, noValue("DIVIDE_BY_ZERO", "one side of the pairs does not vary")
}

func ofPairs(name string, f func(pairs) (float64, error)) Function {
	return Function{
		Name: name + "_of", Doc: name + " of the moments of pairs.", Least: 1, Most: 1, Operator: true,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) (err error) {
			at := func(i int) float64 { return args[0].Children[i].Doubles[row] }
			p := pairs{at(0), at(1), at(2), at(3), at(4), at(5)}
			if p.n == 0 {
				return null
			}
			out.Doubles[row], err = f(p)
			return err
		}),
	}
}

func arraySum(out *vector.Column, args []*vector.Column, row int) error {
	list := args[0]
	elements := &list.Children[0]
	sum, exact, total, any := int64(0), decimal.Num{}, 0.0, false
	for i := int(list.Offsets[row]); i < int(list.Offsets[row+1]); i++ {
		if elements.IsNull(i) {
			continue
		}
		any = true
		switch elements.Type.Layout() {
		case types.LayoutDouble:
			total += elements.Doubles[i]
		case types.Layout128:
			exact = exact.Add(elements.Decimals[i])
		default:
			next := sum + elements.Longs[i]
			if (sum^next)&(elements.Longs[i]^next) < 0 {
				return noValue("ARITHMETIC_OVERFLOW", "a sum is out of the range of bigint")
			}
			sum = next
		}
	}
	if !any {
		return null
	}
	switch out.Type.Layout() {
	case types.LayoutDouble:
		out.Doubles[row] = total
	case types.Layout128:
		if !decimal.Fits(exact, out.Type.Precision()) {
			return noValue("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "a sum does not fit a "+out.Type.String())
		}
		out.Decimals[row] = exact
	default:
		out.Longs[row] = sum
	}
	return nil
}

// percentiles takes one fraction, or an array of them for an array of results.
func percentiles(between bool) func(bound.Call) (Kernel, error) {
	return appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		elements, order := ascending(args[0], row)
		if len(order) == 0 {
			return null
		}
		add := func(to *vector.Column, fraction float64) error {
			if fraction < 0 || fraction > 1 {
				return noValue("VALUE_OUT_OF_RANGE", "a percentage must be from 0 to 1")
			}
			if !between {
				at := max(int(math.Ceil(fraction*float64(len(order))))-1, 0)
				if args[2].Bools.Get(row) {
					at = len(order) - 1 - at
				}
				to.AppendRange(elements, int(order[at]), int(order[at])+1)
				return nil
			}
			position := fraction * float64(len(order)-1)
			low, high := int(math.Floor(position)), int(math.Ceil(position))
			a, b := magnitude(elements, int(order[low])), magnitude(elements, int(order[high]))
			if low < high && a != b {
				a = (float64(high)-position)*a + (position-float64(low))*b
			}
			switch to.Type.Layout() {
			case types.LayoutDouble:
				to.AppendDouble(a)
			case types.Layout32:
				to.AppendInt(int32(a))
			default:
				to.AppendLong(int64(a))
			}
			return nil
		}
		if fractions := args[1]; fractions.Type.Kind() == types.KindArray {
			for i := int(fractions.Offsets[row]); i < int(fractions.Offsets[row+1]); i++ {
				if err := add(&out.Children[0], fractions.Children[0].Doubles[i]); err != nil {
					return err
				}
			}
			out.EndArray()
			return nil
		}
		return add(out, args[1].Doubles[row])
	})
}

// magnitude is a double, or what an interval counts.
func magnitude(c *vector.Column, row int) float64 {
	if c.Type == types.Double {
		return c.Doubles[row]
	}
	return float64(c.Whole(row))
}

func mode(out *vector.Column, args []*vector.Column, row int) error {
	if anyNull(args, row) {
		return null
	}
	elements, order := ascending(args[0], row)
	best, most := -1, 0
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && vector.Compare(elements, int(order[to]), elements, int(order[from])) == 0 {
			to++
		}
		if to-from > most || to-from == most && args[1].Bools.Get(row) {
			best, most = int(order[from]), to-from
		}
		from = to
	}
	if best < 0 {
		return null
	}
	out.AppendRange(elements, best, best+1)
	return nil
}
