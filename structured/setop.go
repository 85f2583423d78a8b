package structured

import (
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// Intersect has the rows of this table that are also in b, each once. Columns meet by
// position; nulls are equal to each other, NaNs too. The order is unspecified, here and
// in the three operations below.
func (d DataFrame) Intersect(b DataFrame) DataFrame {
	return d.with("Intersect", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Intersect(inputs[0], inputs[1], false)
	})
}

// IntersectAll is Intersect, with each row as often as both tables have it.
func (d DataFrame) IntersectAll(b DataFrame) DataFrame {
	return d.with("IntersectAll", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Intersect(inputs[0], inputs[1], true)
	})
}

// Except has the rows of this table that are not in b, each once.
func (d DataFrame) Except(b DataFrame) DataFrame {
	return d.with("Except", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Except(inputs[0], inputs[1], false)
	})
}

// ExceptAll is Except, with each row as often as this table has it more than b.
func (d DataFrame) ExceptAll(b DataFrame) DataFrame {
	return d.with("ExceptAll", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.Except(inputs[0], inputs[1], true)
	})
}

// Offset leaves out the first n rows; without an OrderBy before it, any n.
func (d DataFrame) Offset(n int64) DataFrame {
	return d.then("Offset", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Offset(input, n)
	})
}
