package function

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var structFunctions = []Function{
	{Name: "named_struct", Doc: "The struct of names, which are constants, and values in turn.", Least: 2, Most: -1, Bind: bindNamedStruct, Kernel: appending(makeStruct)},
	{Name: "struct", Doc: "The struct of the arguments; a column's field has its name, others are col1, col2 and so on.", Least: 0, Most: -1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		names := make([]string, len(args))
		for i, arg := range args {
			names[i] = FieldName(i, arg)
		}
		return Struct(names, args), nil
	}},
}

// FieldName is the name that the function struct gives the field of its argument number
// i.
func FieldName(i int, arg bound.Expr) string {
	switch e := arg.(type) {
	case bound.Column:
		return e.Field.Name
	case bound.Call:
		if index, ok := e.FieldIndex(); ok {
			return e.Args[0].Type().Fields()[index].Name
		}
	}
	return fmt.Sprintf("col%d", i+1)
}

// Struct is the struct of some values.
func Struct(names []string, values []bound.Expr) bound.Expr {
	fields := make([]types.Field, len(values))
	for i, value := range values {
		fields[i] = types.Nullable(names[i], value.Type())
	}
	return bound.Call{Function: "named_struct", Args: values, Of: types.Struct(fields...)}
}

func bindNamedStruct(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args)%2 != 0 {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "named_struct takes a value for each name, got %d arguments", len(args))
	}
	names, values := make([]string, len(args)/2), make([]bound.Expr, len(args)/2)
	for i := range names {
		var ok bool
		if names[i], ok = constantText(args[2*i]); !ok {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "named_struct: argument %d must be a constant string, not %s", 2*i+1, args[2*i])
		}
		values[i] = args[2*i+1]
	}
	return Struct(names, values), nil
}

func makeStruct(out *vector.Column, args []*vector.Column, row int) error {
	for i, arg := range args {
		out.Children[i].AppendRange(arg, row, row+1)
	}
	out.EndStruct()
	return nil
}
