package analyze

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Analyzer holds what analysis needs to know of the session.
type Analyzer struct {
	Zone string // IANA name of the session's time zone

	// Lenient is ANSI mode off: values for which a function has no result give null, or
	// wrap around, instead of failing the query.
	Lenient bool
}

// binder binds the expressions of one operation.
type binder struct {
	zone    string
	lenient bool
	input   []plan.Column

	// variables are those of the lambdas around, the innermost last; made is how many
	// there have been.
	variables []bound.Variable
	made      *int

	// window is the time window or session of the operation, which is column windowAt;
	// nil if it has none.
	window   syntax.Node
	windowAt int

	// aggregate binds a call of an aggregate function; nil where there may be none.
	aggregate func(syntax.Call) (bound.Expr, error)

	// What only queries of SQL have. resolver gives meaning to subqueries; block takes in
	// window functions and subqueries; outer is what a subquery may name beside its own
	// tables.
	resolver *resolver
	block    *block
	outer    *binder
	windows  []syntax.NamedWindow

	// alias returns the item of a name; nil where items cannot be named. It is asked
	// where there is no such column, or, if aliasFirst is set, before columns are.
	alias      func(name string) (bound.Expr, bool, error)
	aliasFirst bool
}

func (a Analyzer) binder(input plan.Node) *binder { return a.binderOf(input.Output()) }

func (a Analyzer) binderOf(columns []plan.Column) *binder {
	return &binder{zone: a.Zone, lenient: a.Lenient, input: columns, made: new(int)}
}

// constants binds what reads no table.
func (r *resolver) constants() *binder {
	b := r.binderOf(nil)
	b.resolver = r
	return b
}

// position is a column by its place, for columns that an operation passes on or
// computes itself.
type position int

func (position) String() string { return "position" }

// text tells positions apart.
func (p position) text() string { return "#" + strconv.Itoa(int(p)) }

// bind gives the meaning of one expression.
func (b *binder) bind(node syntax.Node) (bound.Expr, error) {
	switch n := node.(type) {
	case position:
		return b.column(int(n)), nil
	case syntax.Name:
		return b.name(n.Parts)
	case syntax.Literal:
		return bound.Literal(n), nil
	case syntax.Call:
		if in, ok := notIn(n); ok {
			return b.notIn(in)
		}
		return b.call(n)
	case syntax.Cast:
		arg, err := b.bind(n.Arg)
		if err != nil {
			return nil, err
		}
		return b.cast(arg, n.To, n.Try)
	case syntax.Field:
		arg, err := b.bind(n.Arg)
		if err != nil {
			return nil, err
		}
		return b.field(arg, n.Name)
	case syntax.Window, syntax.SessionWindow:
		if b.window != nil && b.window.String() == n.String() {
			return b.column(b.windowAt), nil
		}
		return nil, fault.Analysisf("", "a time window may stand in Select, WithColumn, GroupBy and Agg only")
	case syntax.Alias:
		return nil, fault.Analysisf("", "%q is named inside another expression; name the whole column", n.Name)
	case syntax.Order:
		return nil, fault.Analysisf("", "%q sorts; that is for OrderBy only", n)
	case syntax.Star:
		return nil, fault.Analysisf("INVALID_USAGE_OF_STAR_OR_REGEX", "all columns (*) are no single value; they may stand alone in Select")
	case expression:
		return n.Expr, nil
	case syntax.Subquery, syntax.Exists, syntax.InQuery:
		return b.subquery(node)
	case syntax.TypedLiteral:
		return b.typedLiteral(n)
	case syntax.Interval:
		return intervalLiteral(n)
	case syntax.Index:
		return b.call(syntax.Call{Function: "[]", Args: []syntax.Node{n.Arg, n.Key}})
	case syntax.Lambda:
		return nil, fault.Analysisf("", "%s is a function, which may stand among the arguments of some functions only", n)
	case syntax.Parameter:
		return nil, fault.Analysisf("UNBOUND_SQL_PARAMETER", "%s: no value is given for the parameter %s", n.At, n)
	case syntax.Invalid:
		return nil, fault.Analysisf(n.Condition, "%s", n.Message)
	default:
		return nil, fault.Analysisf("", "unknown expression %v", node)
	}
}

func (b *binder) bindAll(nodes []syntax.Node) ([]bound.Expr, error) {
	exprs := make([]bound.Expr, len(nodes))
	for i, node := range nodes {
		var err error
		if exprs[i], err = b.bind(node); err != nil {
			return nil, err
		}
	}
	return exprs, nil
}

func (b *binder) column(index int) bound.Expr {
	return bound.Column{Index: index, Field: b.input[index].Field}
}

// label is what the column of an item is called.
func (b *binder) label(item syntax.Node) string {
	if place, ok := item.(position); ok {
		return b.input[place].Name
	}
	return nameOf(item)
}

// field takes a field out of a struct, the value of a key out of a map, or an array
// of a field out of an array of structs.
func (b *binder) field(arg bound.Expr, name string) (bound.Expr, error) {
	switch t := arg.Type(); {
	case t.Kind() == types.KindMap:
		return function.Index(b.session(), arg, bound.Literal{Value: name, Of: types.String})
	case t.Kind() == types.KindArray && t.Element().Kind() == types.KindStruct:
		element := b.newVariable("element", t.Element())
		inside, err := b.field(element, name)
		if err != nil {
			return nil, err
		}
		lambda := bound.Lambda{Params: []bound.Variable{element}, Body: inside}
		return bound.Call{Function: "transform", Args: []bound.Expr{arg, lambda}, Of: types.Array(inside.Type())}, nil
	case t.Kind() == types.KindArray:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "the elements of %s, %s, have no field %q", arg, t, name)
	case t.Kind() != types.KindStruct:
		return nil, fault.Analysisf("INVALID_EXTRACT_BASE_FIELD_TYPE",
			"%s is of type %s and has no field %q", arg, t, name)
	}
	schema := types.NewSchema(arg.Type().Fields()...)
	index := schema.Index(name)
	if index < 0 {
		return nil, fault.Analysisf("FIELD_NOT_FOUND", "no field %q in %s%s", name, arg, suggest(name, schema.Names()))
	}
	for _, other := range schema.Fields[index+1:] {
		if strings.EqualFold(other.Name, name) {
			return nil, fault.Analysisf("AMBIGUOUS_REFERENCE_TO_FIELDS", "%s has two fields %q", arg, name)
		}
	}
	return bound.Call{
		Function: bound.Field,
		Args:     []bound.Expr{arg, bound.Literal{Value: int32(index), Of: types.Int}},
		Of:       schema.Fields[index].Type,
	}, nil
}

// index binds base[key]: an element of an array, a value of a map, or the field of a
// constant name.
func (b *binder) index(base, key bound.Expr) (bound.Expr, error) {
	t := base.Type()
	if t.Kind() != types.KindStruct && (t.Kind() != types.KindArray || t.Element().Kind() != types.KindStruct) {
		return function.Index(b.session(), base, key)
	}
	literal, _ := key.(bound.Literal)
	if name, ok := literal.Value.(string); ok {
		return b.field(base, name)
	}
	if t.Kind() == types.KindStruct {
		return nil, fault.Analysisf("INVALID_EXTRACT_FIELD_TYPE", "the name of a field of %s must be a constant string, not %s", base, key)
	}
	return function.Index(b.session(), base, key)
}

// nameOf is what a column is called: as it is named, or else after what it is.
func nameOf(node syntax.Node) string {
	switch n := node.(type) {
	case syntax.Alias:
		return n.Name
	case syntax.Name:
		return n.Parts[len(n.Parts)-1]
	case syntax.Field:
		return n.Name
	case syntax.Cast:
		return nameOf(n.Arg)
	case syntax.Window:
		return "window"
	case syntax.SessionWindow:
		return "session_window"
	case syntax.Call:
		switch {
		case n.Function == "explode":
			return "col"
		case n.Function == "count" && len(n.Args) == 0:
			return "count(1)"
		}
	}
	return node.String()
}

// unnamed is the expression without the name that it was given.
func unnamed(node syntax.Node) syntax.Node {
	switch n := node.(type) {
	case syntax.Alias:
		return unnamed(n.Arg)
	case syntax.Aliases:
		return unnamed(n.Arg)
	}
	return node
}
