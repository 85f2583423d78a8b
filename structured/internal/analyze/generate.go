package analyze

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// generate adds the columns that a generator gives to each row of input. columns are
// their names, nil for those that the generator has for them; table qualifies them.
func (r *resolver) generate(input plan.Node, call syntax.Call, outer bool, columns []string, table string) (plan.Node, error) {
	b := r.binder(input)
	b.resolver, b.outer = r, r.outer
	g, err := b.generator(call)
	if err != nil {
		return nil, err
	}
	g.outer = g.outer || outer
	return g.upon(input, columns, table)
}

// generator is a call of a function that gives rows, as an array of its rows.
type generator struct {
	call     syntax.Call
	list     bound.Expr
	outer    bool
	position bool     // whether the place in the array is a column, too
	names    []string // of the columns
	fields   bool     // whether the columns are the fields of the elements
}

// generator binds a call.
func (b *binder) generator(call syntax.Call) (*generator, error) {
	if call.User != nil {
		return b.userTable(call)
	}
	name, outer := strings.CutSuffix(call.Function, "_outer")
	g := &generator{call: call, outer: outer, position: name == "posexplode"}
	args, err := b.bindAll(call.Args)
	if err != nil {
		return nil, err
	}
	switch name {
	case "stack":
		return g, b.stack(g, args)
	case "json_tuple":
		return g, b.jsonTuple(g, args)
	}
	if len(args) != 1 {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes 1 argument, got %d", call.Function, len(args))
	}
	g.list = args[0]
	if g.position {
		g.names = []string{"pos"}
	}
	t := g.list.Type()
	switch {
	case name == "inline" && t.Kind() == types.KindArray && t.Element().Kind() == types.KindStruct:
		g.names, g.fields = types.NewSchema(t.Element().Fields()...).Names(), true
	case name == "inline":
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "inline needs an array of structs, but %s is %s", g.list, t)
	case t.Kind() == types.KindArray:
		g.names = append(g.names, "col")
	case t.Kind() == types.KindMap:
		g.names, g.fields = append(g.names, "key", "value"), true
		if g.list, err = b.call(syntax.Call{Function: "map_entries", Args: []syntax.Node{expression{g.list}}}); err != nil {
			return nil, err
		}
	default:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s needs an array or a map, but %s is %s", call.Function, g.list, t)
	}
	return g, nil
}

// expression is one that is bound already, in the place of one that is not.
type expression struct{ bound.Expr }

// stack makes rows of its arguments, as many as the first one says.
func (b *binder) stack(g *generator, args []bound.Expr) (err error) {
	if len(args) < 2 {
		return fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "stack takes at least 2 arguments, got %d", len(args))
	}
	if t := args[0].Type(); t != types.Int && t != types.Smallint && t != types.Tinyint {
		return fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "the first argument of stack is an int, but %s is %s", args[0], t)
	}
	value, known, err := constantValue(b.convert(args[0], types.Int))
	if err != nil {
		return err
	}
	if !known {
		return fault.Analysisf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the first argument of stack is a constant, which %s is not", args[0])
	}
	n, ok := value.(int32)
	if !ok || n < 1 {
		return fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "the first argument of stack must be a positive constant, not %s", args[0])
	}
	values := args[1:]
	rows := int(n)
	width := (len(values) + rows - 1) / rows
	for len(values) < rows*width {
		values = append(values, bound.Literal{Of: types.Void})
	}
	for j := range width {
		column := make([]bound.Expr, rows)
		for i := range rows {
			column[i] = values[i*width+j]
		}
		t, ok := commonOf(column)
		if !ok {
			return fault.Analysisf("DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES", "column %d of stack has %s", j, typeList(column))
		}
		for i := range rows {
			values[i*width+j] = b.convert(column[i], t)
		}
		g.names = append(g.names, "col"+strconv.Itoa(j))
	}
	structs := make([]syntax.Node, rows)
	for i := range rows {
		row := syntax.Call{Function: "struct"}
		for _, value := range values[i*width : (i+1)*width] {
			row.Args = append(row.Args, expression{value})
		}
		structs[i] = row
	}
	g.fields = true
	g.list, err = b.call(syntax.Call{Function: "array", Args: structs})
	return err
}

// jsonTuple makes one row of the values of keys in a text of JSON.
func (b *binder) jsonTuple(g *generator, args []bound.Expr) error {
	if len(args) < 2 {
		return fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "json_tuple takes at least 2 arguments, got %d", len(args))
	}
	row := syntax.Call{Function: "struct"}
	for i, arg := range args {
		if arg.Type() != types.String {
			return fault.Analysisf("DATATYPE_MISMATCH.NON_STRING_TYPE", "json_tuple takes strings, not %s", arg)
		}
		if i > 0 {
			row.Args = append(row.Args, expression{bound.Call{Function: "json_member", Args: []bound.Expr{args[0], arg}, Of: types.String}})
			g.names = append(g.names, "c"+strconv.Itoa(i-1))
		}
	}
	g.fields = true
	var err error
	g.list, err = b.call(syntax.Call{Function: "array", Args: []syntax.Node{row}})
	return err
}

// upon adds the generator's columns to those of input.
func (g *generator) upon(input plan.Node, columns []string, table string) (plan.Node, error) {
	if columns == nil {
		columns = g.names
	}
	if len(columns) != len(g.names) {
		return nil, fault.Analysisf("UDTF_ALIAS_NUMBER_MISMATCH", "%s gives %d columns, but there are %d names for them", g.call, len(g.names), len(columns))
	}
	width := len(input.Output())
	explode := &plan.Explode{Input: input, List: g.list, Outer: g.outer, Keep: make([]int, width), Name: columns[len(columns)-1]}
	for i := range explode.Keep {
		explode.Keep[i] = i
	}
	if g.position {
		explode.Position = columns[0]
		columns = columns[1:]
	}
	qualified := func(node plan.Node) plan.Node {
		if table == "" {
			return node
		}
		return &plan.Alias{Input: node, Name: table, From: width}
	}
	if !g.fields {
		return qualified(explode), nil
	}
	output := explode.Output()
	element := len(output) - 1
	exprs := make([]bound.Expr, element)
	labels := names(output[:element])
	for i, column := range output[:element] {
		exprs[i] = bound.Column{Index: i, Field: column.Field}
	}
	for i, field := range output[element].Type.Fields() {
		exprs = append(exprs, bound.Call{
			Function: bound.Field, Of: field.Type,
			Args: []bound.Expr{bound.Column{Index: element, Field: output[element].Field}, bound.Literal{Value: int32(i), Of: types.Int}},
		})
		labels = append(labels, columns[i])
	}
	return qualified(plan.NewProject(explode, exprs, labels)), nil
}
