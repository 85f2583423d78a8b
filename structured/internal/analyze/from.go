package analyze

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/types"
)

// joinKinds are the kinds of joins as operators know them.
var joinKinds = [...]physical.JoinKind{
	syntax.Inner: physical.Inner, syntax.LeftOuter: physical.LeftOuter, syntax.RightOuter: physical.RightOuter,
	syntax.FullOuter: physical.FullOuter, syntax.LeftSemi: physical.LeftSemi, syntax.LeftAnti: physical.LeftAnti,
	syntax.Cross: physical.Inner,
}

func (r *resolver) join(q *syntax.Join) (plan.Node, error) {
	left, err := r.relation(q.Left)
	if err != nil {
		return nil, err
	}
	if q.Lateral {
		return r.lateralJoin(left, q)
	}
	right, err := r.relation(q.Right)
	if err != nil {
		return nil, err
	}
	kind := joinKinds[q.Kind]
	using := q.Using
	if q.Natural {
		known := plan.Schema(visible(right).Output())
		for _, column := range visible(left).Output() {
			if known.Index(column.Name) >= 0 {
				using = append(using, column.Name)
			}
		}
	}
	if using != nil {
		return r.joinUsing(left, right, kind, using)
	}
	return r.Join(left, right, kind, q.On)
}

// tableFunction is range, or a generator over constants.
func (r *resolver) tableFunction(q *syntax.TableFunction) (plan.Node, error) {
	if q.Name != "range" {
		call := q.Call()
		if !isGenerator(call) {
			return nil, fault.Analysisf("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "%s: no table function %q", q.At, q.Name)
		}
		return r.generate(oneRow(), call, false, nil, "")
	}
	// range is the rows of sequence(start, end - step, step), but empty where end is
	// not beyond start.
	numbers := []int64{0, 0, 1}
	if len(q.Args) < 1 || len(q.Args) > 4 {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s: range takes 1 to 4 arguments, got %d", q.At, len(q.Args))
	}
	b := r.constants()
	for i, arg := range q.Args[:min(len(q.Args), 3)] {
		expr, err := b.bind(arg)
		if err != nil {
			return nil, err
		}
		if expr, err = b.cast(expr, types.Bigint, false); err != nil {
			return nil, err
		}
		value, ok, err := constantValue(expr)
		if err != nil {
			return nil, early(err)
		}
		n, isNumber := value.(int64)
		if !ok || !isNumber {
			return nil, fault.Analysisf("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "%s: argument %d of range is no constant number", q.At, i+1)
		}
		if len(q.Args) == 1 {
			i = 1
		}
		numbers[i] = n
	}
	return rangeOf(numbers[0], numbers[1], numbers[2])
}

// maxRange is how many rows of a range are written out in the plan.
const maxRange = 1 << 16

func rangeOf(start, end, step int64) (plan.Node, error) {
	if step == 0 {
		return nil, fault.Analysisf("FAILED_FUNCTION_CALL", "the step of a range must not be 0")
	}
	values := &plan.Values{Fields: []types.Field{types.Required("id", types.Bigint)}}
	for n := start; step > 0 && n < end || step < 0 && n > end; n += step {
		if len(values.Rows) == maxRange {
			return nil, fault.Analysisf("", "a range has more than %d rows", maxRange)
		}
		values.Rows = append(values.Rows, []bound.Expr{bound.Literal{Value: n, Of: types.Bigint}})
	}
	return values, nil
}

func (r *resolver) lateralView(q *syntax.LateralView) (plan.Node, error) {
	input, err := r.relation(q.Input)
	if err != nil {
		return nil, err
	}
	if !isGenerator(q.Generator) {
		condition := "ROUTINE_NOT_FOUND"
		if _, ok := function.Lookup(q.Generator.Function); ok {
			condition = "UNSUPPORTED_GENERATOR.NOT_GENERATOR"
		}
		return nil, fault.Analysisf(condition, "no function %q that gives rows", q.Generator.Function)
	}
	return r.generate(input, q.Generator, q.Outer, q.Columns, q.Name)
}

// isGenerator reports whether a function gives rows.
func isGenerator(call syntax.Call) bool {
	if call.User != nil {
		return isUser(call, user.Table)
	}
	switch strings.TrimSuffix(call.Function, "_outer") {
	case "explode", "posexplode", "inline", "stack", "json_tuple":
		return true
	}
	return false
}
