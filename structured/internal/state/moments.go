package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// moments is the central moments of numbers or pairs, kept so that they can be merged:
// Pébay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and
// Arbitrary-Order Statistical Moments", 2008.
type moments struct {
	width  int
	merge  bool
	add1   func(group []float64, arg *vector.Column, row int)
	merge1 func(group, other []float64)
	groups []float64 // width numbers a group
	other  [6]float64
}

func (a *moments) resize(n int) { a.groups = resized(a.groups, n*a.width) }

func (a *moments) group(number int32) []float64 {
	return a.groups[int(number)*a.width : (int(number)+1)*a.width]
}

func (a *moments) read(values *vector.Column, row int) []float64 {
	other := a.other[:a.width]
	for i := range other {
		other[i] = values.Children[i].Doubles[row]
	}
	return other
}

func (a *moments) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	for i, number := range numbers {
		row := rowAt(selection, i)
		switch {
		case arg.IsNull(row):
		case a.merge:
			a.merge1(a.group(number), a.read(arg, row))
		default:
			a.add1(a.group(number), arg, row)
		}
	}
	return nil
}

func (a *moments) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		if values.IsNull(i) {
			clear(a.group(number))
		} else {
			copy(a.group(number), a.read(values, i))
		}
	}
}

func (a *moments) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		for i, value := range a.group(number) {
			values.Children[i].AppendDouble(value)
		}
		values.EndStruct()
	}
}

func addMoment(g []float64, arg *vector.Column, row int) {
	mergeMoments(g, []float64{1, arg.Doubles[row], 0, 0, 0})
}

func mergeMoments(g, o []float64) {
	if o[0] == 0 {
		return
	}
	n1, n2 := g[0], o[0]
	n := n1 + n2
	delta := o[1] - g[1]
	deltaN := delta / n
	m2, m3, m4 := g[2], g[3], g[4]
	g[0] = n
	g[1] += deltaN * n2
	if n1 == 0 {
		copy(g, o)
		return
	}
	g[2] = m2 + o[2] + delta*deltaN*n1*n2
	g[3] = m3 + o[3] + deltaN*deltaN*delta*n1*n2*(n1-n2) + 3*deltaN*(n1*o[2]-n2*m2)
	g[4] = m4 + o[4] + deltaN*deltaN*deltaN*delta*n1*n2*(n1*n1-n1*n2+n2*n2) +
		6*deltaN*deltaN*(n1*n1*o[2]+n2*n2*m2) + 4*deltaN*(n1*o[3]-n2*m3)
}

func addPair(g []float64, arg *vector.Column, row int) {
	mergePairs(g, []float64{1, arg.Children[0].Doubles[row], arg.Children[1].Doubles[row], 0, 0, 0})
}

func mergePairs(g, o []float64) {
	if o[0] == 0 {
		return
	}
	n1, n2 := g[0], o[0]
	n := n1 + n2
	dx, dy := o[1]-g[1], o[2]-g[2]
	g[0] = n
	g[1] += dx * n2 / n
	g[2] += dy * n2 / n
	g[3] += o[3] + dx*dy*n1*n2/n
	g[4] += o[4] + dx*dx*n1*n2/n
	g[5] += o[5] + dy*dy*n1*n2/n
}
