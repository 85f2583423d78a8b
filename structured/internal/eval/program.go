package eval

import (
	"fmt"
	"math/bits"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Program is a compiled expression.
type Program struct {
	root    node
	sharing *sharing
	rows    vector.Selection // what Select returned last
}

// Programs are expressions that are compiled together: what several of them contain is
// computed once for a batch.
type Programs struct {
	roots   []node // nil for no expression
	sharing *sharing
	columns []*vector.Column
}

// node computes one expression for a batch. Only the rows in selection (nil: all)
// must be right and may fail. The result is the node's and good until it is
// evaluated again; it may be a column of the batch itself.
type node interface {
	eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error)
}

// Compile makes the program of an expression. The error says which function or type
// has no kernel, or which constant is malformed.
func Compile(expr bound.Expr) (*Program, error) {
	p := &Program{sharing: share([]bound.Expr{expr})}
	var err error
	p.root, err = compiler{sharing: p.sharing}.compile(expr)
	return p, err
}

// CompileAll makes the programs of several expressions. A nil among them stays one.
func CompileAll(exprs []bound.Expr) (*Programs, error) {
	p := &Programs{roots: make([]node, len(exprs)), sharing: share(exprs), columns: make([]*vector.Column, len(exprs))}
	for i, expr := range exprs {
		if expr == nil {
			continue
		}
		var err error
		if p.roots[i], err = (compiler{sharing: p.sharing}).compile(expr); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Run returns the values of the expressions as Program.Run does, in order, nil for none.
func (p *Programs) Run(b *vector.Batch) ([]*vector.Column, error) {
	p.sharing.next()
	for i, root := range p.roots {
		if root == nil {
			continue
		}
		var err error
		if p.columns[i], err = root.eval(b, b.Selection); err != nil {
			return nil, err
		}
	}
	return p.columns, nil
}

// Run returns the value of the expression for each row of the batch that counts, at
// that row's position. An error of the data is a
// *fault.Error.
func (p *Program) Run(b *vector.Batch) (*vector.Column, error) {
	p.sharing.next()
	return p.root.eval(b, b.Selection)
}

// Select returns the rows that count and for which the boolean expression is true.
// It is good until the program runs again.
func (p *Program) Select(b *vector.Batch) (vector.Selection, error) {
	column, err := p.Run(b)
	if err != nil {
		return nil, err
	}
	if p.rows == nil {
		p.rows = vector.Selection{}
	}
	p.rows = selectTrue(p.rows[:0], column, b.Rows, b.Selection)
	return p.rows, nil
}

// selectTrue appends the rows of the selection in which a boolean column is true.
func selectTrue(rows vector.Selection, c *vector.Column, n int, selection vector.Selection) vector.Selection {
	if selection != nil {
		for _, row := range selection {
			if c.Bools.Get(int(row)) && !c.IsNull(int(row)) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	for i := 0; i*64 < n; i++ {
		word := c.Bools[i] & validWord(c, i)
		if rest := n - i*64; rest < 64 {
			word &= 1<<uint(rest) - 1
		}
		for ; word != 0; word &= word - 1 {
			rows = append(rows, int32(i*64+bits.TrailingZeros64(word)))
		}
	}
	return rows
}

// validWord returns word i of a column's validity.
func validWord(c *vector.Column, i int) uint64 {
	if len(c.Valid) == 0 {
		return ^uint64(0)
	}
	return c.Valid[i]
}

// compiler makes nodes of expressions: of those within lambdas, whose variables lie in
// columns of the batch, or of those that share what they have in common.
type compiler struct {
	within  scope
	sharing *sharing
}

func (c compiler) compile(expr bound.Expr) (node, error) {
	switch expr := expr.(type) {
	case bound.Column:
		return column(expr.Index), nil
	case bound.Variable:
		at, ok := c.within[expr.ID]
		if !ok {
			return nil, fmt.Errorf("compile %s: a variable outside of its lambda", expr)
		}
		return column(at), nil
	case bound.Literal:
		return newLiteral(expr)
	case bound.Now:
		return newNow(expr)
	case bound.Call:
		if c.sharing != nil {
			return c.sharing.compile(expr, c)
		}
		return c.call(expr)
	default:
		return nil, fmt.Errorf("compile expression: unknown form %T", expr)
	}
}

func (c compiler) call(call bound.Call) (node, error) {
	if f, ok := function.Lookup(string(call.Function)); ok && f.Lambda != nil {
		return newHigher(call, c)
	}
	args := make([]node, len(call.Args))
	for i, arg := range call.Args {
		var err error
		if args[i], err = c.compile(arg); err != nil {
			return nil, err
		}
	}
	return compileCall(call, args)
}

// compileCall chooses the kernel of a function. Names and types come together here
// and nowhere else.
func compileCall(call bound.Call, args []node) (node, error) {
	if call.User != nil {
		return newUser(call, args)
	}
	switch call.Function {
	case bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual:
		return newComparison(call, args)
	case bound.In:
		return newIn(call, args)
	case bound.And, bound.Or:
		return newLogic(call.Function, args[0], args[1], canFail(call.Args[1])), nil
	case bound.Not:
		return &not{arg: args[0], out: vector.NewColumn(types.Boolean)}, nil
	case bound.IsNull, bound.IsNotNull:
		return &isNull{arg: args[0], inverted: call.Function == bound.IsNotNull, out: vector.NewColumn(types.Boolean)}, nil
	case bound.Add, bound.Subtract, bound.Multiply, bound.Divide, bound.Remainder, bound.IntegralDivide, bound.Negate:
		return newArithmetic(call, args)
	case bound.Cast:
		return newCast(call, args[0])
	case bound.Case:
		return newChoice(args, vector.NewColumn(call.Of)), nil
	case bound.Coalesce:
		return &coalesce{args: args, taken: make([]vector.Selection, len(args)), out: vector.NewColumn(call.Of)}, nil
	case bound.Like:
		return &like{value: args[0], pattern: args[1], call: call, out: vector.NewColumn(types.Boolean)}, nil
	case bound.Split:
		return newSplit(call, args)
	case bound.Field:
		index, ok := call.FieldIndex()
		if !ok {
			return nil, fmt.Errorf("compile %s: the field is no constant", call)
		}
		return &field{arg: args[0], index: index, out: vector.Column{Type: call.Of}}, nil
	case bound.WindowTime:
		return &windowTime{arg: args[0], out: vector.NewColumn(call.Of)}, nil
	case bound.Rand, bound.Randn, bound.RandText, bound.Shuffle, bound.UUID, bound.RowID, bound.Partition:
		return newPlaced(call, args)
	default:
		return newInvoke(call, args)
	}
}

// canFail reports whether an expression may give an error for some row.
func canFail(expr bound.Expr) bool {
	call, ok := expr.(bound.Call)
	if !ok {
		return false
	}
	if call.User != nil || !safe(call.Function) {
		return true
	}
	for _, arg := range call.Args {
		if canFail(arg) {
			return true
		}
	}
	return false
}

// safe reports whether a function has a result for all arguments. Of the library's
// functions that is not known.
func safe(function bound.Function) bool {
	switch function {
	case bound.Equal, bound.NotEqual, bound.EqualNullSafe, bound.Less, bound.LessEqual, bound.Greater, bound.GreaterEqual,
		bound.In, bound.And, bound.Or, bound.Not, bound.IsNull, bound.IsNotNull, bound.Field, bound.WindowTime,
		bound.Lower, bound.Upper, bound.Trim, bound.Length, bound.Concat:
		return true
	}
	return false
}

// column is a column of the input.
type column int

func (c column) eval(b *vector.Batch, _ vector.Selection) (*vector.Column, error) {
	return &b.Columns[c], nil
}

// literal is a constant, as a column that is made once and grows with the batches.
type literal struct {
	value  any
	column vector.Column
	out    vector.Column // as much of it as the batch is long
}

func newLiteral(l bound.Literal) (*literal, error) {
	n := &literal{value: l.Value, column: vector.NewColumn(l.Of)}
	if err := n.column.AppendValue(l.Value); err != nil {
		return nil, fmt.Errorf("compile literal %s: %w", l, err)
	}
	return n, nil
}

func (l *literal) eval(b *vector.Batch, _ vector.Selection) (*vector.Column, error) {
	for l.column.Len < b.Rows {
		// The value was appended once in newLiteral, so it fits.
		if err := l.column.AppendValue(l.value); err != nil {
			return nil, err
		}
	}
	l.out = l.column
	l.out.Len = b.Rows
	return &l.out, nil
}

// constant returns the value of an expression that is a constant and not null.
func constant[T any](expr bound.Expr) (T, bool) {
	if l, ok := expr.(bound.Literal); ok {
		value, ok := l.Value.(T)
		return value, ok
	}
	var zero T
	return zero, false
}

// eachRow calls visit for each selected row of n.
func eachRow(n int, selection vector.Selection, visit func(row int)) {
	if selection == nil {
		for row := range n {
			visit(row)
		}
		return
	}
	for _, row := range selection {
		visit(int(row))
	}
}

// bothValid makes out valid where a and b are.
func bothValid(out *vector.Column, a, b *vector.Column) {
	switch {
	case !a.HasNulls() && !b.HasNulls():
		out.Valid = out.Valid[:0]
	case !a.HasNulls():
		copyValid(out, b)
	case !b.HasNulls():
		copyValid(out, a)
	default:
		out.Valid = out.Valid.Resize(out.Len)
		for i := range out.Valid {
			out.Valid[i] = a.Valid[i] & b.Valid[i]
		}
	}
}

// andValid makes out null where a is, too.
func andValid(out, a *vector.Column) {
	switch {
	case !a.HasNulls():
	case !out.HasNulls():
		copyValid(out, a)
	default:
		for i := range out.Valid {
			out.Valid[i] &= a.Valid[i]
		}
	}
}

// copyValid makes out valid where a is.
func copyValid(out *vector.Column, a *vector.Column) {
	out.Valid = out.Valid[:0]
	if a.HasNulls() {
		out.Valid = out.Valid.Resize(out.Len)
		copy(out.Valid, a.Valid)
	}
}
