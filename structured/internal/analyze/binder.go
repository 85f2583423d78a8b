package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Analyzer holds what analysis needs to know of the session.
type Analyzer struct {
	Zone string // IANA name of the session's time zone
}

// binder binds the expressions of one operation.
type binder struct {
	zone  string
	input []plan.Column

	// window is the time window of the operation, which is column windowAt; nil if it
	// has none.
	window   *syntax.Window
	windowAt int

	// aggregate binds a call of an aggregate function; nil where there may be none.
	aggregate func(syntax.Call) (bound.Expr, error)
}

func (a Analyzer) binder(input plan.Node) *binder {
	return &binder{zone: a.Zone, input: input.Output()}
}

// position is a column by its place, for columns that an operation passes on or
// computes itself.
type position int

func (position) String() string { return "position" }

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
		return b.call(n)
	case syntax.Cast:
		arg, err := b.bind(n.Arg)
		if err != nil {
			return nil, err
		}
		return b.cast(arg, n.To)
	case syntax.Field:
		arg, err := b.bind(n.Arg)
		if err != nil {
			return nil, err
		}
		return field(arg, n.Name)
	case syntax.Window:
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
	case syntax.Invalid:
		return nil, fault.Analysisf("", "%s", n.Message)
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

// field takes a field out of a struct.
func field(arg bound.Expr, name string) (bound.Expr, error) {
	if arg.Type().Kind() != types.KindStruct {
		return nil, fault.Analysisf("INVALID_EXTRACT_BASE_FIELD_TYPE",
			"%s is of type %s and has no field %q", arg, arg.Type(), name)
	}
	schema := types.NewSchema(arg.Type().Fields()...)
	index := schema.Index(name)
	if index < 0 {
		return nil, fault.Analysisf("FIELD_NOT_FOUND", "no field %q in %s%s", name, arg, suggest(name, schema.Names()))
	}
	return bound.Call{
		Function: bound.Field,
		Args:     []bound.Expr{arg, bound.Literal{Value: int32(index), Of: types.Int}},
		Of:       schema.Fields[index].Type,
	}, nil
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
	if alias, ok := node.(syntax.Alias); ok {
		return unnamed(alias.Arg)
	}
	return node
}
