package analyze

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/types"
)

// isUser reports whether a call is of a function of the program of a kind.
func isUser(call syntax.Call, kind user.Kind) bool {
	f, ok := call.User.(*user.Function)
	return ok && f.Kind() == kind
}

// CheckUser returns why a function of the program cannot be used: it is malformed, or
// its name is taken by the engine.
func CheckUser(f *user.Function) error {
	if err := f.Err(); err != nil {
		return err
	}
	call := syntax.Call{Function: f.Name()}
	_, library := function.Lookup(f.Name())
	_, ranks := rankingKind(f.Name())
	least, _ := arity(bound.Function(f.Name()))
	if library || ranks || least > 0 || isAggregate(call) || isGenerator(call) {
		return fault.Analysisf("ROUTINE_ALREADY_EXISTS", "the engine has a function %s; choose another name", f.Name())
	}
	return nil
}

// userCall binds a function of one row.
func (b *binder) userCall(c syntax.Call) (bound.Expr, error) {
	args, err := b.bindAll(c.Args)
	if err != nil {
		return nil, err
	}
	return b.userCallOf(c, args)
}

func (b *binder) userCallOf(c syntax.Call, args []bound.Expr) (bound.Expr, error) {
	f := c.User.(*user.Function)
	args, err := b.userArgs(f, args)
	if err != nil {
		return nil, err
	}
	return bound.Call{Function: bound.Function(f.Name()), Args: args, Of: f.Result(), User: f}, nil
}

// userArgs converts arguments to what a function of the program reads. A function of one
// struct may be given the values of its fields instead.
func (b *binder) userArgs(f *user.Function, args []bound.Expr) ([]bound.Expr, error) {
	if err := CheckUser(f); err != nil {
		return nil, err
	}
	params := f.Params()
	if len(params) == 1 && params[0].Type.Kind() == types.KindStruct && args != nil {
		if fields := params[0].Type.Fields(); len(args) == len(fields) && (len(args) > 1 || args[0].Type().Kind() != types.KindStruct) {
			return b.packed(f, fields, args)
		}
	}
	if len(args) != len(params) {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %s, got %d", f.Name(), arguments(len(params), len(params)), len(args))
	}
	for i, arg := range args {
		if err := f.Accepts(i, arg.Type()); err == nil {
			continue
		}
		want := params[i].Type
		if !coerce.Implicit(arg.Type(), want) {
			return nil, b.userMismatch(f, i, arg, want)
		}
		args[i] = b.convert(arg, want)
	}
	return args, nil
}

// packed makes a struct of arguments; it is null where one is that must not be.
func (b *binder) packed(f *user.Function, fields []types.Field, args []bound.Expr) ([]bound.Expr, error) {
	var needed []bound.Expr
	for i, field := range fields {
		if !coerce.Implicit(args[i].Type(), field.Type) {
			return nil, b.userMismatch(f, i, args[i], field.Type)
		}
		if args[i] = b.convert(args[i], field.Type); !field.Nullable {
			needed = append(needed, args[i])
		}
	}
	row := bound.Expr(bound.Call{Function: "named_struct", Args: args, Of: types.Struct(fields...)})
	if needed != nil {
		row = where(allNotNull(needed), row)
	}
	return []bound.Expr{row}, nil
}

func (b *binder) userMismatch(f *user.Function, i int, arg bound.Expr, want types.Type) error {
	return fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"%s: argument %d must be %s, as the Go function takes it, but %s is %s", f.Name(), i+1, want, arg, arg.Type())
}

// userAggregate binds a function of many rows. What it keeps is binary; its result is a
// call upon that. Of distinct rows their set is kept.
func (b *binder) userAggregate(c syntax.Call, args []bound.Expr, compute func(bound.Aggregate) bound.Expr) (bound.Expr, error) {
	f := c.User.(*user.Function)
	args, err := b.userArgs(f, args)
	if err != nil {
		return nil, err
	}
	if t := args[0].Type(); c.Distinct && !t.IsOrdered() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "%s: values of type %s cannot be compared, so none is distinct", c, t)
	}
	kept := bound.Aggregate{Function: bound.AggregateFunction(f.Name()), Arg: args[0], Of: types.Binary, User: f}
	if c.Distinct || c.Filter != nil {
		kept.Arg, kept.User = pack(args[0]), f.OfRows()
	}
	if c.Filter != nil {
		counts, err := b.bind(syntax.Call{Function: "if", Args: []syntax.Node{c.Filter, syntax.Literal{Value: true, Of: types.Boolean}, syntax.Literal{Value: false, Of: types.Boolean}}})
		if err != nil {
			return nil, err
		}
		kept.Arg = where(counts, kept.Arg)
	}
	if c.Distinct {
		f = f.OfRows()
		kept = bound.Aggregate{Function: bound.CollectSet, Arg: kept.Arg, Of: types.Array(kept.Arg.Type()), Distinct: true}
	}
	return bound.Call{Function: bound.Function(f.Name()), Args: []bound.Expr{compute(kept)}, Of: f.Result(), User: f}, nil
}

// userTable binds a function that gives rows. Its columns are the fields of these, or
// one called value.
func (b *binder) userTable(c syntax.Call) (*generator, error) {
	args, err := b.bindAll(c.Args)
	if err != nil {
		return nil, err
	}
	g := &generator{call: c, names: []string{"value"}}
	if g.list, err = b.userCallOf(c, args); err != nil {
		return nil, err
	}
	if element := g.list.Type().Element(); element.Kind() == types.KindStruct {
		g.names, g.fields = types.NewSchema(element.Fields()...).Names(), true
	}
	return g, nil
}
