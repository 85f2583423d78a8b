package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// call binds a function with its arguments: their number and types are checked and
// converted to what package bound asks for.
func (b *binder) call(c syntax.Call) (bound.Expr, error) {
	switch {
	case c.Over != nil:
		return b.over(c)
	case c.Function == "grouping" || c.Function == "grouping_id":
		return b.groupingCall(c)
	case isAggregate(c):
		if b.aggregate == nil {
			return nil, fault.Analysisf("", "%s is a function of many rows; it may stand in Agg and Select only", c)
		}
		return b.aggregate(c)
	case isGenerator(c):
		return nil, fault.Analysisf("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
			"%s gives rows, not a value; it may stand alone in Select and WithColumn only", c)
	case c.User != nil:
		return b.userCall(c)
	}
	if len(c.Args) == 0 {
		if expr, ok := b.currentTime(c.Function); ok {
			return expr, nil
		}
	}
	if c.Function == "struct" && len(c.Args) > 0 {
		return b.structOf(c)
	}
	if clause := aggregateSyntax(c); clause != "" {
		return nil, fault.Analysisf("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "%s is no aggregate function: it takes no %s", c.Function, clause)
	}
	args, err := b.bindArgs(c)
	if err != nil {
		return nil, err
	}
	if expr, known, err := b.operator(bound.Function(c.Function), args); known || err != nil {
		return expr, err
	}
	f, ok := function.Lookup(c.Function)
	if _, ranks := rankingKind(c.Function); !ok && ranks {
		return nil, fault.Analysisf("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "%s is a window function: it needs OVER", c.Function)
	}
	if !ok {
		return nil, fault.Analysisf("UNRESOLVED_ROUTINE", "no function %q", c.Function)
	}
	for _, i := range f.Known {
		if i >= len(args) {
			break
		}
		if value, ok, err := constantValue(args[i]); ok && err == nil {
			args[i] = bound.Literal{Value: value, Of: args[i].Type()}
		}
	}
	return f.Call(b.session(), c.Function, args)
}

// aggregateSyntax is what a call has that only calls of aggregate functions may have.
func aggregateSyntax(c syntax.Call) string {
	switch {
	case c.Filter != nil:
		return "FILTER"
	case c.Distinct:
		return "DISTINCT"
	case c.IgnoreNulls:
		return "IGNORE NULLS"
	}
	return ""
}

// structOf binds struct, whose arguments may be named.
func (b *binder) structOf(c syntax.Call) (bound.Expr, error) {
	names, args := make([]string, len(c.Args)), make([]bound.Expr, len(c.Args))
	for i, node := range c.Args {
		var err error
		if args[i], err = b.bind(unnamed(node)); err != nil {
			return nil, err
		}
		names[i] = function.FieldName(i, args[i])
		if alias, ok := node.(syntax.Alias); ok {
			names[i] = alias.Name
		}
	}
	return function.Struct(names, args), nil
}

// operator binds what is no function of the library; known is false for those.
func (b *binder) operator(operator bound.Function, args []bound.Expr) (expr bound.Expr, known bool, err error) {
	least, most := arity(operator)
	if least == 0 {
		return nil, false, nil
	}
	if len(args) < least || len(args) > most {
		return nil, true, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %s, got %d", operator, arguments(least, most), len(args))
	}
	switch operator {
	case bound.And, bound.Or, bound.Not:
		expr, err = b.logical(operator, args)
	case bound.IsNull, bound.IsNotNull:
		expr = bound.Call{Function: operator, Args: args, Of: types.Boolean}
	case bound.Add, bound.Subtract, bound.Multiply, bound.Remainder, bound.Divide, bound.IntegralDivide:
		expr, err = function.Arithmetic(b.session(), operator, args)
	case bound.Negate:
		expr, err = b.negate(args)
	case bound.Like:
		if err := foldLike(args); err != nil {
			return nil, true, err
		}
		if len(args) == 3 {
			operator = "like_escape"
		}
		expr, err = b.typed(operator, types.String, types.Boolean, args, isAtomic)
	case bound.Split:
		expr, err = b.split(args)
	case bound.WindowTime:
		window, of := types.Window(), types.Timestamp
		if t, ok := windowed(args[0].Type()); ok {
			window, of = args[0].Type(), t
		}
		expr, err = b.typed(operator, window, of, args, func(t types.Type) bool { return t == window })
	case "[]":
		expr, err = b.index(args[0], args[1])
	default:
		expr, err = b.compare(operator, args)
	}
	return expr, true, err
}

// logical binds AND, OR and NOT, for which strings are conditions, too.
func (b *binder) logical(operator bound.Function, args []bound.Expr) (bound.Expr, error) {
	isCondition := func(t types.Type) bool { return t == types.Boolean || t == types.String }
	if t := typeList(args); len(args) == 2 && slices.ContainsFunc(args, func(arg bound.Expr) bool { return arg.Type() != types.Void && !isCondition(arg.Type()) }) && args[0].Type() != args[1].Type() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "%s takes conditions, not %s", operator, t)
	}
	return b.typed(operator, types.Boolean, types.Boolean, args, isCondition)
}

func (b *binder) split(args []bound.Expr) (bound.Expr, error) {
	limit, result := args[2:], types.Array(types.String)
	if of := args[0].Type().Collation(); of == types.UTF8LCase {
		result = types.Array(args[0].Type())
		args[1] = bound.Call{Function: "concat", Of: types.String, Args: []bound.Expr{bound.Literal{Value: "(?iu)", Of: types.String}, b.convert(args[1], types.String)}}
	} else if of != types.UTF8Binary {
		return nil, fault.Analysisf("UNSUPPORTED_FEATURE", "split does not take strings of the collation %s", of)
	}
	expr, err := b.typed(bound.Split, types.String, types.Array(types.String), args[:2:2], isAtomic)
	if err != nil {
		return nil, err
	}
	if len(limit) == 0 {
		return b.convert(expr, result), nil
	}
	if t := limit[0].Type(); !t.IsNumeric() && t != types.Void {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s: argument 3 must be int, but %s is %s", bound.Split, limit[0], t)
	}
	call := expr.(bound.Call)
	call.Args = append(call.Args, b.convert(limit[0], types.Int))
	return b.convert(call, result), nil
}

func (b *binder) negate(args []bound.Expr) (bound.Expr, error) {
	t := args[0].Type()
	if t == types.String || t == types.Void {
		t = types.Double
	}
	if t == types.Calendar {
		return function.Opposite(b.session(), args[0]), nil
	}
	if !t.IsNumeric() && !t.IsInterval() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s needs a number or an interval, but %s is %s", bound.Negate, args[0], t)
	}
	return bound.Call{Function: bound.Negate, Args: []bound.Expr{b.convert(args[0], t)}, Of: t, Failure: b.session().Failure()}, nil
}

const anyNumber = 1 << 30

// arity is how many arguments an operator takes; 0 for what is none.
func arity(operator bound.Function) (least, most int) {
	switch operator {
	case bound.Not, bound.IsNull, bound.IsNotNull, bound.Negate, bound.WindowTime:
		return 1, 1
	case bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual,
		bound.And, bound.Or, bound.Add, bound.Subtract, bound.Multiply, bound.Divide, bound.Remainder, bound.IntegralDivide, "[]":
		return 2, 2
	case bound.Like, bound.Split:
		return 2, 3
	case bound.In:
		return 2, anyNumber
	}
	return 0, 0
}

func arguments(least, most int) string {
	switch {
	case most == anyNumber:
		return fmt.Sprintf("at least %d arguments", least)
	case most == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", most)
}

// typed converts every argument to one type; may says which others are converted.
func (b *binder) typed(function bound.Function, to, result types.Type, args []bound.Expr, may func(types.Type) bool) (bound.Expr, error) {
	for i, arg := range args {
		if t := arg.Type(); t != types.Void && !may(t) {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
				"%s: argument %d must be %s, but %s is %s", function, i+1, to, arg, t)
		}
		args[i] = b.convert(arg, to)
	}
	return bound.Call{Function: function, Args: args, Of: result}, nil
}

func (b *binder) compare(operator bound.Function, args []bound.Expr) (bound.Expr, error) {
	b.compareBoolean(operator, args)
	t, ok := commonOf(args)
	ok = ok && (!t.IsNested() || comparable(args))
	if err := function.CollationConflict(args); !ok && err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Analysisf("DATATYPE_MISMATCH."+dataDiffer(operator),
			"%s cannot compare %s; cast one of them", bound.Text(operator, texts(args)), typeList(args))
	}
	if !t.IsOrdered() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
			"%s: values of type %s cannot be compared", bound.Text(operator, texts(args)), t)
	}
	for i, arg := range args {
		args[i] = collationKey(b.convert(arg, t))
	}
	return bound.Call{Function: operator, Args: args, Of: types.Boolean}, nil
}

// compareBoolean makes a boolean that is compared with a number one, with ANSI mode off.
func (b *binder) compareBoolean(operator bound.Function, args []bound.Expr) {
	if !b.lenient || operator != bound.Equal && operator != bound.NotEqual && operator != bound.EqualNullSafe {
		return
	}
	for i, arg := range args {
		if other := args[1-i].Type(); arg.Type() == types.Boolean && other.IsNumeric() {
			args[i] = b.convert(arg, other)
			return
		}
	}
}

// comparable reports whether nested values can be compared, whose parts convert less
// freely than values by themselves.
func comparable(args []bound.Expr) bool {
	for _, arg := range args[1:] {
		if !coerce.Comparable(args[0].Type(), arg.Type()) {
			return false
		}
	}
	return true
}

// foldLike has strings of the collation UTF8_LCASE compared in small letters.
func foldLike(args []bound.Expr) error {
	collated := slices.IndexFunc(args, func(arg bound.Expr) bool { return arg.Type().Collation() != types.UTF8Binary })
	if collated < 0 {
		return nil
	}
	of := args[collated].Type()
	if of.Collation() != types.UTF8LCase {
		return fault.Analysisf("UNSUPPORTED_FEATURE", "LIKE does not take strings of the collation %s", of.Collation())
	}
	for i, arg := range args {
		if arg.Type().Kind() == types.KindString {
			args[i] = collationKey(coerce.Session{}.To(arg, of))
		}
	}
	return nil
}

func dataDiffer(function bound.Function) string {
	if function == bound.In {
		return "DATA_DIFF_TYPES"
	}
	return "BINARY_OP_DIFF_TYPES"
}

func texts(args []bound.Expr) []string {
	list := make([]string, len(args))
	for i, arg := range args {
		list[i] = arg.String()
	}
	return list
}

// typeList is the different types of args, as an error names them.
func typeList(args []bound.Expr) string {
	var list []string
	for _, arg := range args {
		if t := arg.Type().String(); !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return strings.Join(list, " with ")
}
