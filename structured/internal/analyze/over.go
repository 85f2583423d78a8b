package analyze

import (
	"math"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// windowCall is a window function within an expression, until it has a column.
type windowCall struct {
	partitionBy []bound.Expr
	orderBy     []bound.Order
	frame       bound.Frame
	function    bound.WindowFunction
}

// Type returns the type of the function.
func (w *windowCall) Type() types.Type { return w.function.Of }

// Nullable reports that the value may be null.
func (w *windowCall) Nullable() bool { return true }

func (w *windowCall) String() string {
	return w.function.String() + " over (" + bound.OverText(w.partitionBy, w.orderBy) + ")"
}

// each calls replace for each expression of the call.
func (w *windowCall) each(replace func(*bound.Expr)) {
	w.function = w.function.MapExprs(func(expr bound.Expr) bound.Expr {
		replace(&expr)
		return expr
	})
	for i := range w.partitionBy {
		replace(&w.partitionBy[i])
	}
	for i := range w.orderBy {
		replace(&w.orderBy[i].Expr)
	}
}

// over binds a call with OVER.
func (b *binder) over(c syntax.Call) (bound.Expr, error) {
	if b.block == nil {
		return nil, fault.Analysisf("", "%s: a window function may stand in SELECT and ORDER BY only", c)
	}
	spec, err := b.windowSpec(*c.Over)
	if err != nil {
		return nil, err
	}
	w := windowCall{}
	for _, node := range spec.PartitionBy {
		expr, err := b.bind(node)
		if err != nil {
			return nil, err
		}
		if expr = collationKey(expr); !expr.Type().IsOrdered() {
			return nil, fault.Analysisf("EXPRESSION_TYPE_IS_NOT_ORDERABLE", "a window cannot be partitioned by %s, which is %s", expr, expr.Type())
		}
		w.partitionBy = append(w.partitionBy, expr)
	}
	for _, node := range spec.OrderBy {
		order := node.(syntax.Order)
		expr, err := b.bind(order.Arg)
		if err != nil {
			return nil, err
		}
		if expr = collationKey(expr); !expr.Type().IsOrdered() {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "values of type %s have no order", expr.Type())
		}
		w.orderBy = append(w.orderBy, bound.Order{Expr: expr, Descending: order.Descending, NullsFirst: order.NullsFirst})
	}
	if w.frame, err = b.frame(&w, spec.Frame); err != nil {
		return nil, err
	}
	if kind, ok := rankingKind(c.Function); ok && c.User == nil {
		function, err := b.ranking(c, kind, len(w.orderBy) > 0)
		if err == nil && spec.Frame != nil {
			err = ownFrame(c, function, spec.Frame, w.frame)
		}
		if err != nil {
			return nil, err
		}
		return b.block.window(w, function), nil
	}
	return b.aggregateOver(w, c)
}

// window adds a window function to the block, over the partitions, order and frames of
// w.
func (b *block) window(w windowCall, function bound.WindowFunction) bound.Expr {
	w.partitionBy, w.orderBy = slices.Clone(w.partitionBy), slices.Clone(w.orderBy)
	w.function = function
	w.function.Frame = w.frame
	b.windows = append(b.windows, &w)
	return &w
}

// windowSpec looks up a named window, which may be named after one before it.
func (b *binder) windowSpec(over syntax.Over) (syntax.Over, error) {
	if over.Name == "" {
		return over, nil
	}
	for i, named := range b.windows {
		if strings.EqualFold(named.Name, over.Name) {
			inner := *b
			inner.windows = b.windows[:i]
			return inner.windowSpec(named.Over)
		}
	}
	return over, fault.Analysisf("MISSING_WINDOW_SPECIFICATION", "there is no window %q in the WINDOW clause", over.Name)
}

// rankingKind finds a window function that is no aggregate function.
func rankingKind(function string) (bound.WindowKind, bool) {
	switch kind := bound.WindowKind(function); kind {
	case bound.RowNumber, bound.Rank, bound.DenseRank, bound.PercentRank, bound.CumeDist, bound.Ntile, bound.Lag, bound.Lead,
		bound.FirstValue, bound.LastValue, bound.NthValue:
		return kind, true
	}
	switch function {
	case "first", "any_value":
		return bound.FirstValue, true
	case "last":
		return bound.LastValue, true
	}
	return "", false
}

// ranking binds a window function that is no aggregate function.
func (b *binder) ranking(c syntax.Call, kind bound.WindowKind, ordered bool) (bound.WindowFunction, error) {
	f := bound.WindowFunction{Kind: kind, IgnoreNulls: c.IgnoreNulls}
	var err error
	if f.Args, err = b.bindAll(c.Args); err != nil {
		return f, err
	}
	least, most, needsOrder := 0, 0, true
	switch kind {
	case bound.Ntile:
		most = 1
	case bound.Rank, bound.DenseRank, bound.PercentRank:
		most = math.MaxInt // which change nothing
	case bound.Lag, bound.Lead:
		least, most = 1, 3
	case bound.FirstValue, bound.LastValue:
		least, most, needsOrder = 1, 2, false
	case bound.NthValue:
		least, most, needsOrder = 2, 3, false
	}
	if len(f.Args) < least || len(f.Args) > most {
		return f, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %d to %d arguments, got %d", c.Function, least, most, len(f.Args))
	}
	if needsOrder && !ordered {
		return f, fault.Analysisf("_LEGACY_ERROR_TEMP_1037", "%s needs an ORDER BY in its window", c)
	}
	return f, b.rankingArgs(&f, c)
}

// rankingArgs completes the arguments of a function that is no aggregate.
func (b *binder) rankingArgs(f *bound.WindowFunction, c syntax.Call) error {
	integer := func(at int, otherwise, least int32) error {
		if at >= len(f.Args) {
			f.Args = append(f.Args, bound.Literal{Value: otherwise, Of: types.Int})
			return nil
		}
		value, ok, err := constantValue(b.convert(f.Args[at], types.Int))
		if err != nil {
			return err
		}
		n, isNumber := value.(int32)
		if !ok || !isNumber {
			return fault.Analysisf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "%s: argument %d must be a constant number, not %s", c, at+1, f.Args[at])
		}
		if n < least {
			return fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "%s: argument %d must be at least %d, not %d", c, at+1, least, n)
		}
		f.Args[at] = bound.Literal{Value: n, Of: types.Int}
		return nil
	}
	ignore := func(at int) error {
		if at >= len(f.Args) {
			return nil
		}
		value, _, err := constantValue(f.Args[at])
		f.IgnoreNulls = f.IgnoreNulls || value == true
		f.Args = f.Args[:at]
		return err
	}
	switch f.Kind {
	case bound.RowNumber, bound.Rank, bound.DenseRank:
		f.Of, f.Args = types.Int, nil
	case bound.PercentRank, bound.CumeDist:
		f.Of, f.Args = types.Double, nil
	case bound.Ntile:
		f.Of = types.Int
		return integer(0, 1, 1)
	case bound.Lag, bound.Lead:
		if err := integer(1, 1, math.MinInt32); err != nil {
			return err
		}
		f.Of = f.Args[0].Type()
		if len(f.Args) < 3 {
			f.Args = append(f.Args, bound.Literal{Of: f.Of})
			return nil
		}
		t, ok := common(f.Of, f.Args[2].Type())
		if !ok {
			return fault.Analysisf("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "%s: the value is %s, the default %s", c, f.Of, f.Args[2].Type())
		}
		f.Args[0], f.Args[2], f.Of = b.convert(f.Args[0], t), b.convert(f.Args[2], t), t
	case bound.FirstValue, bound.LastValue:
		f.Of = f.Args[0].Type()
		return ignore(1)
	case bound.NthValue:
		f.Of = f.Args[0].Type()
		if err := ignore(2); err != nil {
			return err
		}
		return integer(1, 1, 1)
	}
	return nil
}

// aggregateOver binds an aggregate function over the frames of w.
func (b *binder) aggregateOver(w windowCall, c syntax.Call) (bound.Expr, error) {
	if !isAggregate(c) {
		return nil, fault.Analysisf("UNSUPPORTED_EXPR_FOR_WINDOW", "%s is no window function", c.Function)
	}
	if c.Filter != nil {
		return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_1030", "%s: FILTER cannot be used in a window function; write if(condition, value, null)", c)
	}
	if c.Distinct {
		return nil, fault.Analysisf("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "%s: DISTINCT cannot be used in a window function", c)
	}
	c.Over = nil
	return b.aggregateOf(c, func(function bound.Aggregate) bound.Expr {
		return b.block.window(w, bound.WindowFunction{Kind: bound.OverFrame, Aggregate: function, Of: function.Of})
	})
}

// filtered puts the condition of FILTER into the arguments of an aggregate function,
// which are then null where it is not true, so that the row does not count. Arguments
// without a column say what to compute, and stay; but for the first.
func filtered(c syntax.Call) syntax.Call {
	if c.Filter == nil {
		return c
	}
	args := c.Args
	if len(args) == 0 {
		args = []syntax.Node{syntax.Literal{Value: int32(1), Of: types.Int}}
	}
	c.Args = slices.Clone(args)
	for i, arg := range args {
		if i == 0 || hasName(arg) {
			c.Args[i] = syntax.Call{Function: "if", Args: []syntax.Node{c.Filter, arg, syntax.Literal{Of: types.Void}}}
		}
	}
	c.Filter = nil
	return c
}

// hasName reports whether there is the name of a column in an expression.
func hasName(node syntax.Node) bool {
	for part := range parts(node) {
		if _, ok := part.(syntax.Name); ok {
			return true
		}
	}
	return false
}

// frame binds the frame of a window function. Without one it is the whole partition,
// or, in an order, all up to the peers of the row.
func (b *binder) frame(w *windowCall, frame *syntax.Frame) (bound.Frame, error) {
	if frame == nil {
		return bound.Frame{From: bound.FrameBound{Unbounded: true}, To: bound.FrameBound{Unbounded: len(w.orderBy) == 0}}, nil
	}
	var out bound.Frame
	var err error
	out.Rows = frame.Rows
	if out.From, err = b.frameBound(w, frame.Rows, frame.From); err != nil {
		return out, err
	}
	if out.To, err = b.frameBound(w, frame.Rows, frame.To); err != nil {
		return out, err
	}
	from, to := frame.From.Kind, frame.To.Kind
	offsets := isOffset(from) && isOffset(to)
	switch {
	case from == syntax.UnboundedFollowing || to == syntax.UnboundedPreceding:
		return out, fault.Analysisf("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "the frame %s ends before it begins", frame)
	case offsets && from > to || frame.Rows && out.From.Rows > out.To.Rows && offsets:
		return out, fault.Analysisf("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "the frame %s ends before it begins", frame)
	}
	if offsets && !frame.Rows {
		first, err := b.bind(frame.From.Offset)
		if err != nil {
			return out, err
		}
		last, err := b.bind(frame.To.Offset)
		if err != nil {
			return out, err
		}
		if first.Type().IsInterval() && first.Type() != last.Type() {
			return out, fault.Analysisf("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES", "the bounds of the frame %s are %s and %s", frame, first.Type(), last.Type())
		}
	}
	return out, nil
}

// ownFrame returns an error for a frame of a function that has one of its own, unless it
// is that one.
func ownFrame(c syntax.Call, f bound.WindowFunction, written *syntax.Frame, frame bound.Frame) error {
	upToRow := written.From.Kind == syntax.UnboundedPreceding && written.To.Kind == syntax.CurrentRow
	switch f.Kind {
	case bound.Lag, bound.Lead:
		offset, _ := f.Args[1].(bound.Literal).Value.(int32)
		if f.Kind == bound.Lag {
			offset = -offset
		}
		if !written.Rows || written.From.Kind != syntax.Following || written.To.Kind != syntax.Following || frame.From.Rows != int64(offset) || frame.To.Rows != int64(offset) {
			return fault.Analysisf("_LEGACY_ERROR_TEMP_1035", "%s looks so many rows away and takes no frame", c)
		}
	case bound.CumeDist:
		if written.Rows || !upToRow {
			return fault.Analysisf("_LEGACY_ERROR_TEMP_1036", "%s takes no frame but RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", c)
		}
	case bound.RowNumber, bound.Rank, bound.DenseRank, bound.PercentRank, bound.Ntile:
		if !written.Rows || !upToRow {
			return fault.Analysisf("_LEGACY_ERROR_TEMP_1036", "%s takes no frame but ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", c)
		}
	}
	return nil
}

func isOffset(kind syntax.BoundKind) bool {
	return kind == syntax.Preceding || kind == syntax.Following
}

func (b *binder) frameBound(w *windowCall, rows bool, at syntax.Bound) (bound.FrameBound, error) {
	switch at.Kind {
	case syntax.UnboundedPreceding, syntax.UnboundedFollowing:
		return bound.FrameBound{Unbounded: true}, nil
	case syntax.CurrentRow:
		return bound.FrameBound{}, nil
	}
	offset, err := b.bind(at.Offset)
	if err != nil {
		return bound.FrameBound{}, err
	}
	if rows {
		value, ok, err := any(nil), false, error(nil)
		if t := offset.Type(); t == types.Int || t == types.Smallint || t == types.Tinyint {
			value, ok, err = constantValue(b.convert(offset, types.Bigint))
		}
		if err != nil {
			return bound.FrameBound{}, err
		}
		n, isNumber := value.(int64)
		if !ok || !isNumber {
			return bound.FrameBound{}, fault.Analysisf("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "the bound %s of a frame of rows is no constant whole number", offset)
		}
		if at.Kind == syntax.Preceding {
			n = -n
		}
		return bound.FrameBound{Rows: n}, nil
	}
	if len(w.orderBy) == 0 {
		return bound.FrameBound{}, fault.Analysisf("DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", "a frame with a range of values needs a sort key")
	}
	if len(w.orderBy) != 1 {
		return bound.FrameBound{}, fault.Analysisf("DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "a frame with a range of values needs exactly one sort key, not %d", len(w.orderBy))
	}
	// The bound is before the row in the order, which for a descending one is a
	// greater value.
	function := bound.Add
	if (at.Kind == syntax.Preceding) != w.orderBy[0].Descending {
		function = bound.Subtract
	}
	key := w.orderBy[0].Expr
	if t := key.Type(); !t.IsNumeric() && !t.IsTime() && !t.IsInterval() || t != types.Date && t.IsTime() && offset.Type().IsNumeric() {
		return bound.FrameBound{}, fault.Analysisf("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "a range of %s cannot be counted in %s", t, offset.Type())
	}
	value, err := b.call(syntax.Call{Function: string(function), Args: []syntax.Node{expression{key}, expression{offset}}})
	if err != nil {
		return bound.FrameBound{}, fault.Analysisf("DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE", "a range of %s cannot be counted in %s", key.Type(), offset.Type())
	}
	if key.Type() != value.Type() {
		if value, err = b.cast(value, key.Type(), false); err != nil {
			return bound.FrameBound{}, err
		}
	}
	return bound.FrameBound{Value: value}, nil
}

// computeWindows puts nodes upon the block that compute its window functions, one for
// those of the same partitions and order. One that is inside another comes first.
func (b *block) computeWindows() {
	open := b.windows
	for len(open) > 0 {
		var ready, wait []*windowCall
		for _, w := range open {
			if w.hasWindow() {
				wait = append(wait, w)
			} else {
				ready = append(ready, w)
			}
		}
		columns := b.overNodes(ready)
		place := func(expr bound.Expr) (bound.Expr, error) {
			return bound.Map(expr, func(e bound.Expr) bound.Expr {
				if w, ok := e.(*windowCall); ok && columns[w] != nil {
					return columns[w]
				}
				return e
			}), nil
		}
		b.windows = wait
		_ = b.each(place)
		open = wait
	}
}

// hasWindow reports whether another window function is inside this one.
func (w *windowCall) hasWindow() bool {
	found := false
	w.each(func(expr *bound.Expr) {
		bound.Map(*expr, func(e bound.Expr) bound.Expr {
			_, window := e.(*windowCall)
			found = found || window
			return e
		})
	})
	return found
}

// overNodes puts nodes upon the block that compute functions, and returns their columns.
func (b *block) overNodes(list []*windowCall) map[*windowCall]bound.Expr {
	columns := map[*windowCall]bound.Expr{}
	for i, first := range list {
		if columns[first] != nil {
			continue
		}
		over := &plan.Over{Input: b.node, PartitionBy: first.partitionBy, OrderBy: first.orderBy}
		text := bound.OverText(first.partitionBy, first.orderBy)
		width := len(b.node.Output())
		for _, w := range list[i:] {
			if columns[w] != nil || bound.OverText(w.partitionBy, w.orderBy) != text {
				continue
			}
			name := w.function.String()
			columns[w] = bound.Column{Index: width, Field: types.Nullable(name, w.function.Of)}
			over.Functions, over.Names = append(over.Functions, w.function), append(over.Names, name)
			width++
		}
		b.node = over
	}
	return columns
}
