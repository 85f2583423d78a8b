package analyze

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Few aggregate functions are computed as such; most are expressions of others. avg is
// a sum by a count, max_by takes the greatest struct of key and value, and what needs
// all values works on the array of them.

// gathering is one call that is being bound.
type gathering struct {
	*binder
	call    syntax.Call
	compute func(bound.Aggregate) bound.Expr // the result of a function that is computed
}

// placed are the functions of a row's place, which may pass over nulls.
var placed = []string{"first", "first_value", "last", "last_value", "any_value"}

func isAggregate(call syntax.Call) bool {
	if call.User != nil {
		return isUser(call, user.Many)
	}
	return aggregateFunction(call.Function).bind != nil
}

// aggregateOf binds an aggregate function. compute gives the result of each function
// that is to be computed for it.
func (b *binder) aggregateOf(call syntax.Call, compute func(bound.Aggregate) bound.Expr) (bound.Expr, error) {
	args, err := b.bindAll(call.Args)
	if err != nil {
		return nil, err
	}
	if call.User != nil {
		return b.userAggregate(call, args, compute)
	}
	f := aggregateFunction(call.Function)
	if call.IgnoreNulls && !slices.Contains(placed, call.Function) {
		return nil, fault.Analysisf("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "%s takes no IGNORE NULLS", call.Function)
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %s, got %d", call.Function, arguments(f.least, f.most), len(args))
	}
	return f.bind(&gathering{b, call, compute}, args)
}

// of computes a function of one argument whose result is of a type.
func (g *gathering) of(function bound.AggregateFunction, arg bound.Expr, t types.Type) bound.Expr {
	return g.compute(bound.Aggregate{Function: function, Arg: arg, Of: t})
}

// finish is a call of the library upon results.
func (g *gathering) finish(name string, of types.Type, args ...bound.Expr) bound.Expr {
	return bound.Call{Function: bound.Function(name), Args: args, Of: of, Failure: g.session().Failure()}
}

func (g *gathering) mismatch(arg bound.Expr, want string) error {
	return fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s needs %s, but %s is %s", g.call.Function, want, arg, arg.Type())
}

// double converts a number to a double.
func (g *gathering) double(arg bound.Expr) (bound.Expr, error) {
	if t := arg.Type(); !t.IsNumeric() && t != types.String && t != types.Void {
		return nil, g.mismatch(arg, "a number")
	}
	return g.convert(arg, types.Double), nil
}

// where is an argument, null where a condition is not true.
func where(condition, arg bound.Expr) bound.Expr {
	return bound.Call{Function: bound.Case, Args: []bound.Expr{condition, arg, bound.Literal{Of: arg.Type()}}, Of: arg.Type()}
}

// allNotNull is whether none of args is null.
func allNotNull(args []bound.Expr) bound.Expr {
	conditions := make([]bound.Expr, len(args))
	for i, arg := range args {
		conditions[i] = bound.Call{Function: bound.IsNotNull, Args: []bound.Expr{arg}, Of: types.Boolean}
	}
	return bound.Conjunction(conditions...)
}

// pack is the struct of args.
func pack(args ...bound.Expr) bound.Expr {
	fields := make([]types.Field, len(args))
	for i, arg := range args {
		fields[i] = types.Nullable(string(rune('a'+i%26)), arg.Type())
	}
	return bound.Call{Function: "named_struct", Args: args, Of: types.Struct(fields...)}
}

// unpack is a field of a struct.
func unpack(packed bound.Expr, index int) bound.Expr {
	return bound.Call{
		Function: bound.Field, Of: packed.Type().Fields()[index].Type,
		Args: []bound.Expr{packed, bound.Literal{Value: int32(index), Of: types.Int}},
	}
}

// set is the array of the distinct values of args in which none is null.
func (g *gathering) set(args []bound.Expr) bound.Expr {
	arg := collationKey(args[0])
	if len(args) > 1 {
		for i := range args {
			args[i] = collationKey(args[i])
		}
		arg = where(allNotNull(args), pack(args...))
	}
	return g.compute(bound.Aggregate{Function: bound.CollectSet, Arg: arg, Of: types.Array(arg.Type()), Distinct: true})
}

func (g *gathering) count(args []bound.Expr) (bound.Expr, error) {
	switch {
	case g.call.Distinct && len(args) > 0:
		return g.convert(g.finish("size", types.Int, g.set(args)), types.Bigint), nil
	case len(args) == 0:
		return g.compute(bound.Aggregate{Function: bound.CountRows, Of: types.Bigint}), nil
	case len(args) == 1:
		return g.of(bound.Count, args[0], types.Bigint), nil
	}
	// (all of them are not null) or null: true where it counts, else null.
	counts := bound.Call{
		Function: bound.Or,
		Args:     []bound.Expr{allNotNull(args), bound.Literal{Of: types.Boolean}},
		Of:       types.Boolean,
	}
	return g.of(bound.Count, counts, types.Bigint), nil
}

func (g *gathering) countIf(args []bound.Expr) (bound.Expr, error) {
	if !coerce.Implicit(args[0].Type(), types.Boolean) {
		return nil, g.mismatch(args[0], "a condition")
	}
	condition := g.convert(args[0], types.Boolean)
	return g.of(bound.Count, where(condition, condition), types.Bigint), nil
}

// summed converts an argument to the type in which it is added up, and gives that of
// the sum.
func (g *gathering) summed(arg bound.Expr) (bound.Expr, types.Type, error) {
	switch t := arg.Type(); {
	case t.IsInteger():
		return g.convert(arg, types.Bigint), types.Bigint, nil
	case t.Kind() == types.KindDecimal:
		return arg, coerce.Bounded(t.Precision()+10, t.Scale()), nil
	case t.IsInterval():
		return arg, t, nil
	}
	arg, err := g.double(arg)
	return arg, types.Double, err
}

func (g *gathering) sum(args []bound.Expr) (bound.Expr, error) {
	arg, t, err := g.summed(args[0])
	if err != nil {
		return nil, err
	}
	if t.Kind() == types.KindYearMonth {
		return g.sumMonths(arg)
	}
	if g.call.Distinct {
		return g.finish("array_sum", t, g.set([]bound.Expr{arg})), nil
	}
	if t == types.Bigint && !g.session().ANSI {
		wide := types.Decimal(38, 0)
		return g.convert(g.of(bound.Sum, g.convert(arg, types.Decimal(20, 0)), wide), types.Bigint), nil
	}
	return g.of(bound.Sum, arg, t), nil
}

// sumMonths adds up the months of intervals.
func (g *gathering) sumMonths(arg bound.Expr) (bound.Expr, error) {
	t, months := arg.Type(), types.Interval(types.Month, types.Month)
	sum, err := g.sum([]bound.Expr{g.convert(g.convert(arg, months), types.Bigint)})
	return g.convert(g.convert(sum, months), t), err
}

// trySum adds up in more digits than are needed and gives null if they are.
func (g *gathering) trySum(args []bound.Expr) (bound.Expr, error) {
	arg, t, err := g.summed(args[0])
	if err != nil || t != types.Bigint {
		return g.of(bound.Sum, arg, t), err
	}
	wide := types.Decimal(38, 0)
	return g.session().Try(g.of(bound.Sum, g.convert(arg, types.Decimal(20, 0)), wide), types.Bigint), nil
}

func (g *gathering) average(args []bound.Expr) (bound.Expr, error) {
	arg, result := args[0], types.Double
	if arg.Type().IsInterval() {
		return g.averageInterval(arg)
	}
	if t := arg.Type(); t.Kind() == types.KindDecimal {
		result = coerce.Bounded(t.Precision()+4, t.Scale()+4)
	} else {
		var err error
		if arg, err = g.double(arg); err != nil {
			return nil, err
		}
	}
	sum, err := g.sum([]bound.Expr{arg})
	if err != nil {
		return nil, err
	}
	count, err := g.count([]bound.Expr{arg})
	if err != nil {
		return nil, err
	}
	divisor := types.Double
	if result != types.Double {
		divisor = types.Decimal(20, 0)
	}
	return bound.Call{Function: bound.Divide, Args: []bound.Expr{sum, g.convert(count, divisor)}, Of: result, Failure: g.session().Failure()}, nil
}

func (g *gathering) averageInterval(arg bound.Expr) (bound.Expr, error) {
	arg = g.convert(arg, widest(arg.Type()))
	sum, err := g.sum([]bound.Expr{arg})
	if err != nil {
		return nil, err
	}
	count, err := g.count([]bound.Expr{arg})
	return g.finish("interval_divide", sum.Type(), sum, count), err
}

// widest is the interval of all units.
func widest(interval types.Type) types.Type {
	if interval.Kind() == types.KindYearMonth {
		return types.YearMonth
	}
	return types.DayTime
}

func (g *gathering) ordered(arg bound.Expr) error {
	if !arg.Type().IsOrdered() {
		return fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "%s: values of type %s have no order", g.call, arg.Type())
	}
	return nil
}

func (g *gathering) extreme(args []bound.Expr) (bound.Expr, error) {
	return g.of(bound.AggregateFunction(g.call.Function), args[0], args[0].Type()), g.ordered(args[0])
}

// extremeBy takes the extreme of structs of key and value.
func (g *gathering) extremeBy(args []bound.Expr) (bound.Expr, error) {
	function := bound.Max
	if g.call.Function == "min_by" {
		function = bound.Min
	}
	if err := g.ordered(args[1]); err != nil {
		return nil, err
	}
	pair := pack(args[1], args[0])
	return unpack(g.of(function, where(allNotNull(args[1:]), pair), pair.Type()), 1), nil
}

// first takes rows as structs, so that one with a null counts too.
func (g *gathering) first(args []bound.Expr) (bound.Expr, error) {
	function := bound.First
	if g.call.Function == "last" || g.call.Function == "last_value" {
		function = bound.Last
	}
	ignoreNulls := g.call.IgnoreNulls
	if len(args) == 2 {
		literal, ok := args[1].(bound.Literal)
		truth, isBool := literal.Value.(bool)
		if !ok || !isBool {
			return nil, g.mismatch(args[1], "a constant true or false")
		}
		ignoreNulls = truth
	}
	if ignoreNulls {
		return g.of(function, args[0], args[0].Type()), nil
	}
	row := pack(args[0])
	if condition, ok := g.filter(args[0]); ok {
		row = where(condition, row)
	}
	return unpack(g.of(function, row, row.Type()), 0), nil
}

// filter finds the condition of a FILTER clause, which has become part of an argument.
func (g *gathering) filter(arg bound.Expr) (bound.Expr, bool) {
	call, ok := arg.(bound.Call)
	if !ok || call.Function != bound.Case || g.call.Filter == nil || len(call.Args) != 3 {
		return nil, false
	}
	return call.Args[0], true
}

func (g *gathering) truth(args []bound.Expr) (bound.Expr, error) {
	function := bound.Max
	if g.call.Function == "bool_and" || g.call.Function == "every" {
		function = bound.Min
	}
	if t := args[0].Type(); t != types.Boolean && t != types.Void {
		return nil, g.mismatch(args[0], "a condition")
	}
	return g.of(function, g.convert(args[0], types.Boolean), types.Boolean), nil
}

func (g *gathering) bits(args []bound.Expr) (bound.Expr, error) {
	t := args[0].Type()
	if !t.IsInteger() {
		return nil, g.mismatch(args[0], "a whole number")
	}
	return g.convert(g.of(bound.AggregateFunction(g.call.Function), g.convert(args[0], types.Bigint), types.Bigint), t), nil
}

func (g *gathering) collect(args []bound.Expr) (bound.Expr, error) {
	function := bound.CollectList
	if g.call.Function == "collect_set" || g.call.Distinct {
		function = bound.CollectSet
		if t := args[0].Type(); (t.IsCollated() || t.HasMap()) && !g.call.Distinct {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "%s: equal values of type %s may differ in their bytes; write collect_list(DISTINCT …)", g.call, t)
		}
	}
	return g.of(function, args[0], types.Array(args[0].Type())), nil
}

// join is listagg: the values in the order of WITHIN GROUP, or as they come.
func (g *gathering) join(args []bound.Expr) (bound.Expr, error) {
	if !coerce.Implicit(args[0].Type(), types.String) {
		return nil, g.mismatch(args[0], "a string")
	}
	value := g.convert(args[0], types.String)
	delimiter := bound.Expr(bound.Literal{Value: "", Of: types.String})
	if len(args) == 2 {
		delimiter = g.convert(args[1], types.String)
	}
	list, err := g.inOrder(value)
	if err != nil {
		return nil, err
	}
	empty := bound.Call{Function: bound.Equal, Args: []bound.Expr{g.finish("size", types.Int, list), bound.Literal{Value: int32(0), Of: types.Int}}, Of: types.Boolean}
	joined := g.finish("array_join", types.String, list, delimiter)
	return bound.Call{Function: bound.Case, Args: []bound.Expr{empty, bound.Literal{Of: types.String}, joined}, Of: types.String}, nil
}

// inOrder is the array of the values, sorted by the keys of WITHIN GROUP.
func (g *gathering) inOrder(value bound.Expr) (bound.Expr, error) {
	function := bound.CollectList
	if g.call.Distinct {
		function = bound.CollectSet
	}
	if len(g.call.WithinGroup) == 0 {
		return g.of(function, value, types.Array(value.Type())), nil
	}
	if len(g.call.WithinGroup) > 1 {
		return nil, fault.Analysisf("UNSUPPORTED_FEATURE", "%s: WITHIN GROUP with more than one key is not supported", g.call)
	}
	order, _ := g.call.WithinGroup[0].(syntax.Order)
	key, err := g.bind(order.Arg)
	if err != nil {
		return nil, err
	}
	row := pack(key, value)
	rows := g.of(function, where(allNotNull([]bound.Expr{value}), row), types.Array(row.Type()))
	ascending := bound.Literal{Value: !order.Descending, Of: types.Boolean}
	sorted := g.finish("sort_array", rows.Type(), rows, ascending)
	element := g.newVariable("row", row.Type())
	lambda := bound.Lambda{Params: []bound.Variable{element}, Body: unpack(element, 1)}
	return g.finish("transform", types.Array(value.Type()), sorted, lambda), nil
}

func (g *gathering) moment(args []bound.Expr) (bound.Expr, error) {
	arg, err := g.double(args[0])
	if err != nil {
		return nil, err
	}
	name := g.call.Function
	switch name {
	case "variance":
		name = "var_samp"
	case "stddev", "std":
		name = "stddev_samp"
	}
	return g.finish(name+"_of", types.Double, g.of(bound.Moments, arg, bound.MomentsType())), nil
}

func (g *gathering) comoment(args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		var err error
		if args[i], err = g.double(args[i]); err != nil {
			return nil, err
		}
	}
	if name := g.call.Function; strings.HasPrefix(name, "regr_") { // which name y first
		args[0], args[1] = args[1], args[0]
	}
	pairs := g.of(bound.CoMoments, where(allNotNull(args), pack(args...)), bound.CoMomentsType())
	return g.finish(g.call.Function+"_of", types.Double, pairs), nil
}

// sortKey is the expression of WITHIN GROUP, and whether it sorts the greatest first.
func (g *gathering) sortKey() (bound.Expr, bool, error) {
	if len(g.call.WithinGroup) != 1 {
		return nil, false, fault.Analysisf("INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", "%s needs WITHIN GROUP (ORDER BY …)", g.call.Function)
	}
	order, _ := g.call.WithinGroup[0].(syntax.Order)
	key, err := g.bind(order.Arg)
	return key, order.Descending, err
}

func (g *gathering) percentile(args []bound.Expr) (bound.Expr, error) {
	value, fraction, descending := args[0], bound.Expr(bound.Literal{Value: 0.5, Of: types.Double}), false
	name := g.call.Function
	var err error
	switch name {
	case "median":
	case "percentile_cont", "percentile_disc":
		if value, descending, err = g.sortKey(); err != nil {
			return nil, err
		}
		fraction = args[0]
	default:
		fraction = args[1]
	}
	approximate := name == "percentile_approx" || name == "approx_percentile"
	result := types.Double
	if approximate {
		if result = value.Type(); !result.IsNumeric() && !result.IsTime() && !result.IsInterval() {
			return nil, g.mismatch(value, "a number or a time")
		}
	} else if value.Type().IsInterval() {
		result = widest(value.Type())
		value = g.convert(value, result)
	} else if value, err = g.double(value); err != nil {
		return nil, err
	}
	list := g.of(bound.CollectList, value, types.Array(value.Type()))
	if t := fraction.Type(); t.Kind() == types.KindArray {
		fraction, result = g.convert(fraction, types.Array(types.Double)), types.Array(result)
	} else if t.IsNumeric() {
		fraction = g.convert(fraction, types.Double)
	} else {
		return nil, g.mismatch(fraction, "a fraction")
	}
	if err := g.withinOne(fraction); err != nil {
		return nil, err
	}
	if approximate || name == "percentile_disc" {
		return g.finish("element_at_fraction", result, list, fraction, truth(descending)), nil
	}
	if descending {
		one := bound.Literal{Value: 1.0, Of: types.Double}
		fraction = bound.Call{Function: bound.Subtract, Args: []bound.Expr{one, fraction}, Of: types.Double}
	}
	return g.finish("percentile_of", result, list, fraction), nil
}

// withinOne returns an error for a constant fraction that is none.
func (g *gathering) withinOne(fraction bound.Expr) error {
	value, constant, err := constantValue(fraction)
	if err != nil || !constant {
		return err
	}
	if f, ok := value.(float64); ok && !(f >= 0 && f <= 1) {
		return fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "%s: a percentage must be from 0 to 1, not %v", g.call, f)
	}
	return nil
}

func (g *gathering) histogram(args []bound.Expr) (bound.Expr, error) {
	x := args[0].Type()
	if !x.IsNumeric() {
		return nil, g.mismatch(args[0], "a number")
	}
	bins, _, err := constantValue(g.convert(args[1], types.Int))
	if err != nil {
		return nil, err
	}
	if n, ok := bins.(int32); !ok || n < 2 {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "%s: the number of bins must be a constant of at least 2, not %s", g.call, args[1])
	}
	binsOf := func(x types.Type) types.Type {
		return types.Array(types.Struct(types.Nullable("x", x), types.Nullable("y", types.Double)))
	}
	list := g.of(bound.CollectList, g.convert(args[0], types.Double), types.Array(types.Double))
	result := g.finish("histogram_of", binsOf(types.Double), list, bound.Literal{Value: bins, Of: types.Int})
	return g.convert(result, binsOf(x)), nil
}

func truth(value bool) bound.Expr { return bound.Literal{Value: value, Of: types.Boolean} }

// mode takes the least of the values that come most often, the first in the order of
// WITHIN GROUP. A second argument asks for what is done anyway.
func (g *gathering) mode(args []bound.Expr) (bound.Expr, error) {
	descending := false
	if len(args) == 0 {
		key, greatest, err := g.sortKey()
		if err != nil {
			return nil, err
		}
		args, descending = []bound.Expr{key}, greatest
	}
	t := args[0].Type()
	if t.HasMap() {
		return nil, g.ordered(args[0])
	}
	return g.finish("mode_of", t, g.of(bound.CollectList, args[0], types.Array(t)), truth(descending)), nil
}

func (g *gathering) approximateCount(args []bound.Expr) (bound.Expr, error) {
	return g.finish("estimate_of", types.Bigint, g.of(bound.Sketch, collationKey(args[0]), types.Binary)), nil
}
