package eval

import (
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// body is a lambda that can be run for many elements at once. It reads a batch of its
// own: first what it takes from around it, each row repeated for the row's elements,
// then its parameters.
type body struct {
	outer    []node // columns and variables from around the lambda
	root     node
	batch    vector.Batch
	captured int
}

// scope is where the variables of lambdas around an expression lie in its batch.
type scope map[int]int

// newBody compiles a lambda. Around it, within is the scope.
func newBody(lambda bound.Lambda, within scope) (*body, error) {
	b := &body{}
	inside := scope{}
	var columns []int // of the batch around, in the order of b.outer
	place := func(column int, expr bound.Expr) bound.Expr {
		at := slices.Index(columns, column)
		if at < 0 {
			at = len(columns)
			columns = append(columns, column)
			b.outer = append(b.outer, columnNode(column))
			b.batch.Columns = append(b.batch.Columns, vector.NewColumn(expr.Type()))
		}
		return bound.Column{Index: at, Field: types.Nullable("", expr.Type())}
	}
	own := map[int]bool{}
	declare(lambda, own)
	expr := bound.Map(lambda.Body, func(e bound.Expr) bound.Expr {
		switch e := e.(type) {
		case bound.Column:
			return place(e.Index, e)
		case bound.Variable:
			if at, ok := within[e.ID]; ok && !own[e.ID] {
				return place(at, e)
			}
		}
		return e
	})
	b.captured = len(columns)
	for i, param := range lambda.Params {
		inside[param.ID] = b.captured + i
		b.batch.Columns = append(b.batch.Columns, vector.NewColumn(param.Type()))
	}
	var err error
	b.root, err = compileIn(expr, inside)
	return b, err
}

// declare collects the variables of a lambda and of those within it.
func declare(lambda bound.Lambda, into map[int]bool) {
	for _, param := range lambda.Params {
		into[param.ID] = true
	}
	bound.Map(lambda.Body, func(e bound.Expr) bound.Expr {
		if inner, ok := e.(bound.Lambda); ok {
			for _, param := range inner.Params {
				into[param.ID] = true
			}
		}
		return e
	})
}

func columnNode(index int) node { return column(index) }

// begin empties the batch.
func (b *body) begin() {
	b.batch.Reset()
}

// capture appends what the lambda takes from a row around it, for one more element.
func (b *body) capture(around *vector.Batch, row int) error {
	for i, outer := range b.outer {
		c, err := outer.eval(around, nil)
		if err != nil {
			return err
		}
		b.batch.Columns[i].AppendRange(c, row, row+1)
	}
	b.batch.Rows++
	return nil
}

// param is where values of a parameter are appended.
func (b *body) param(i int) *vector.Column { return &b.batch.Columns[b.captured+i] }

// run computes the lambda for all elements.
func (b *body) run() (*vector.Column, error) { return b.root.eval(&b.batch, nil) }

// higher is a function that takes a lambda.
type higher struct {
	call    bound.Call
	args    []node // nil in the place of a lambda
	lambdas []*body
	compute func(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error
	out     vector.Column
}

func newHigher(call bound.Call, within scope) (node, error) {
	h := &higher{call: call, out: vector.NewColumn(call.Of)}
	for _, arg := range call.Args {
		if lambda, ok := arg.(bound.Lambda); ok {
			b, err := newBody(lambda, within)
			if err != nil {
				return nil, err
			}
			h.lambdas, h.args = append(h.lambdas, b), append(h.args, nil)
			continue
		}
		n, err := compileIn(arg, within)
		if err != nil {
			return nil, err
		}
		h.args = append(h.args, n)
	}
	h.compute = map[bound.Function]func(*higher, *vector.Batch, []*vector.Column, vector.Selection) error{
		"transform": transform, "filter": filterElements, "exists": quantify(true), "forall": quantify(false),
		"aggregate": fold, "zip_with": zipWith, "transform_keys": transformMap(0), "transform_values": transformMap(1),
		"map_filter": filterElements, "map_zip_with": mapZipWith, "array_sort": sortElements,
	}[call.Function]
	if h.compute == nil {
		return nil, fmt.Errorf("compile %s: no function %q", call, call.Function)
	}
	return h, nil
}

func (h *higher) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	columns := make([]*vector.Column, len(h.args))
	for i, arg := range h.args {
		if arg == nil {
			continue
		}
		var err error
		if columns[i], err = arg.eval(b, selection); err != nil {
			return nil, err
		}
	}
	var own vector.Selection
	rows := all(&own, b.Rows, selection)
	h.out.Reset()
	for _, lambda := range h.lambdas {
		lambda.begin()
	}
	if err := h.compute(h, b, columns, rows); err != nil {
		return nil, err
	}
	for h.out.Len < b.Rows {
		h.out.AppendNull()
	}
	return &h.out, nil
}

// each appends a value for each row that is not null in the list, nulls for the rest.
func (h *higher) each(list *vector.Column, rows vector.Selection, add func(row, from, to int) error) error {
	for _, r := range rows {
		row := int(r)
		for h.out.Len < row {
			h.out.AppendNull()
		}
		if list.IsNull(row) {
			h.out.AppendNull()
			continue
		}
		if err := add(row, int(list.Offsets[row]), int(list.Offsets[row+1])); err != nil {
			return err
		}
	}
	return nil
}

// load gives the lambda the elements of the selected rows, with their places or, of a
// map, keys and values.
func (h *higher) load(b *vector.Batch, list *vector.Column, rows vector.Selection) error {
	lambda := h.lambdas[0]
	elements := &list.Children[0]
	params := len(lambda.batch.Columns) - lambda.captured
	for _, row := range rows {
		if list.IsNull(int(row)) {
			continue
		}
		from := list.Offsets[row]
		for i := from; i < list.Offsets[row+1]; i++ {
			if err := lambda.capture(b, int(row)); err != nil {
				return err
			}
			switch {
			case list.Type.Kind() == types.KindMap:
				lambda.param(0).AppendRange(&elements.Children[0], int(i), int(i)+1)
				lambda.param(1).AppendRange(&elements.Children[1], int(i), int(i)+1)
			default:
				lambda.param(0).AppendRange(elements, int(i), int(i)+1)
				if params > 1 {
					lambda.param(1).AppendInt(i - from)
				}
			}
		}
	}
	return nil
}

func transform(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	if err := h.load(b, args[0], rows); err != nil {
		return err
	}
	made, err := h.lambdas[0].run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(args[0], rows, func(_, from, to int) error {
		h.out.Children[0].AppendRange(made, at, at+to-from)
		at += to - from
		h.out.EndArray()
		return nil
	})
}

func filterElements(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	if err := h.load(b, args[0], rows); err != nil {
		return err
	}
	truth, err := h.lambdas[0].run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(args[0], rows, func(_, from, to int) error {
		for i := from; i < to; i++ {
			if !truth.IsNull(at) && truth.Bools.Get(at) {
				h.out.Children[0].AppendRange(&args[0].Children[0], i, i+1)
			}
			at++
		}
		h.out.EndArray()
		return nil
	})
}

// quantify is exists, which looks for a true, or forall, which looks for a false.
func quantify(wanted bool) func(*higher, *vector.Batch, []*vector.Column, vector.Selection) error {
	return func(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
		if err := h.load(b, args[0], rows); err != nil {
			return err
		}
		truth, err := h.lambdas[0].run()
		if err != nil {
			return err
		}
		at := 0
		return h.each(args[0], rows, func(_, from, to int) error {
			found, unknown := false, false
			for range to - from {
				switch {
				case truth.IsNull(at):
					unknown = true
				case truth.Bools.Get(at) == wanted:
					found = true
				}
				at++
			}
			if !found && unknown {
				h.out.AppendNull()
			} else {
				h.out.AppendBool(found == wanted)
			}
			return nil
		})
	}
}

// fold runs the lambda element by element, since each needs the result of the one
// before.
func fold(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	merge := h.lambdas[0]
	sum := vector.NewColumn(args[1].Type)
	one := func(lambda *body, row int, give func()) (*vector.Column, error) {
		lambda.begin()
		if err := lambda.capture(b, row); err != nil {
			return nil, err
		}
		give()
		return lambda.run()
	}
	return h.each(args[0], rows, func(row, from, to int) error {
		sum.Reset()
		sum.AppendRange(args[1], row, row+1)
		for i := from; i < to; i++ {
			next, err := one(merge, row, func() {
				merge.param(0).AppendRange(&sum, 0, 1)
				merge.param(1).AppendRange(&args[0].Children[0], i, i+1)
			})
			if err != nil {
				return err
			}
			sum.Reset()
			sum.AppendRange(next, 0, 1)
		}
		result := &sum
		if len(h.lambdas) == 2 {
			finish := h.lambdas[1]
			var err error
			if result, err = one(finish, row, func() { finish.param(0).AppendRange(&sum, 0, 1) }); err != nil {
				return err
			}
		}
		h.out.AppendRange(result, 0, 1)
		return nil
	})
}

func zipWith(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	lambda, left, right := h.lambdas[0], args[0], args[1]
	longer := func(row int) int {
		return int(max(left.Offsets[row+1]-left.Offsets[row], right.Offsets[row+1]-right.Offsets[row]))
	}
	for _, r := range rows {
		row := int(r)
		if left.IsNull(row) || right.IsNull(row) {
			continue
		}
		for i := range longer(row) {
			if err := lambda.capture(b, row); err != nil {
				return err
			}
			for p, list := range []*vector.Column{left, right} {
				if at := int(list.Offsets[row]) + i; at < int(list.Offsets[row+1]) {
					lambda.param(p).AppendRange(&list.Children[0], at, at+1)
				} else {
					lambda.param(p).AppendNull()
				}
			}
		}
	}
	made, err := lambda.run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(left, rows, func(row, _, _ int) error {
		if right.IsNull(row) {
			h.out.AppendNull()
			return nil
		}
		h.out.Children[0].AppendRange(made, at, at+longer(row))
		at += longer(row)
		h.out.EndArray()
		return nil
	})
}

// transformMap makes new keys (0) or values (1).
func transformMap(side int) func(*higher, *vector.Batch, []*vector.Column, vector.Selection) error {
	return func(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
		if err := h.load(b, args[0], rows); err != nil {
			return err
		}
		made, err := h.lambdas[0].run()
		if err != nil {
			return err
		}
		at := 0
		return h.each(args[0], rows, func(_, from, to int) error {
			out := &h.out.Children[0]
			out.Children[side].AppendRange(made, at, at+to-from)
			out.Children[1-side].AppendRange(&args[0].Children[0].Children[1-side], from, to)
			at += to - from
			return h.endMap(to - from)
		})
	}
}

// endMap appends the map of the last entries, whose keys must differ.
func (h *higher) endMap(entries int) error {
	out := &h.out.Children[0]
	for range entries {
		out.EndStruct()
	}
	keys := &out.Children[0]
	for i := out.Len - entries; i < out.Len; i++ {
		if keys.IsNull(i) {
			return fault.Runtimef("NULL_MAP_KEY", "a key of a map is null, in %s", h.call)
		}
		for j := out.Len - entries; j < i; j++ {
			if vector.Compare(keys, i, keys, j) == 0 {
				return fault.Runtimef("DUPLICATED_MAP_KEY", "the key %v comes twice in a map, in %s", keys.Value(i), h.call)
			}
		}
	}
	h.out.EndArray()
	return nil
}

func mapZipWith(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	lambda, left, right := h.lambdas[0], args[0], args[1]
	var counts []int
	for _, r := range rows {
		row := int(r)
		if left.IsNull(row) || right.IsNull(row) {
			continue
		}
		count := 0
		add := func(m *vector.Column, i, l, r int) error {
			if err := lambda.capture(b, row); err != nil {
				return err
			}
			lambda.param(0).AppendRange(&m.Children[0].Children[0], i, i+1)
			for p, at := range []int{l, r} {
				if at < 0 {
					lambda.param(p + 1).AppendNull()
				} else {
					lambda.param(p+1).AppendRange(&args[p].Children[0].Children[1], at, at+1)
				}
			}
			count++
			return nil
		}
		for i := int(left.Offsets[row]); i < int(left.Offsets[row+1]); i++ {
			if err := add(left, i, i, keyIn(right, row, left, i)); err != nil {
				return err
			}
		}
		for i := int(right.Offsets[row]); i < int(right.Offsets[row+1]); i++ {
			if keyIn(left, row, right, i) >= 0 {
				continue
			}
			if err := add(right, i, -1, i); err != nil {
				return err
			}
		}
		counts = append(counts, count)
	}
	made, err := lambda.run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(left, rows, func(row, _, _ int) error {
		if right.IsNull(row) {
			h.out.AppendNull()
			return nil
		}
		count := counts[0]
		counts = counts[1:]
		h.out.Children[0].Children[0].AppendRange(lambda.param(0), at, at+count)
		h.out.Children[0].Children[1].AppendRange(made, at, at+count)
		at += count
		return h.endMap(count)
	})
}

// keyIn returns where a map has the key of another's entry, or -1.
func keyIn(m *vector.Column, row int, other *vector.Column, entry int) int {
	for i := int(m.Offsets[row]); i < int(m.Offsets[row+1]); i++ {
		if vector.Compare(&m.Children[0].Children[0], i, &other.Children[0].Children[0], entry) == 0 {
			return i
		}
	}
	return -1
}

func sortElements(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	elements := &args[0].Children[0]
	return h.each(args[0], rows, func(row, from, to int) (err error) {
		order := make([]int32, 0, to-from)
		for i := from; i < to; i++ {
			order = append(order, int32(i))
		}
		slices.SortStableFunc(order, func(i, j int32) int {
			if len(h.lambdas) == 0 {
				return compareNullsLast(elements, int(i), int(j))
			}
			if err != nil {
				return 0
			}
			var result int
			result, err = h.compareBy(b, row, elements, int(i), int(j))
			return result
		})
		h.out.Children[0].AppendRows(elements, order)
		h.out.EndArray()
		return err
	})
}

func compareNullsLast(c *vector.Column, i, j int) int {
	if c.IsNull(i) != c.IsNull(j) {
		if c.IsNull(i) {
			return 1
		}
		return -1
	}
	return vector.Compare(c, i, c, j)
}

func (h *higher) compareBy(b *vector.Batch, row int, elements *vector.Column, i, j int) (int, error) {
	lambda := h.lambdas[0]
	lambda.begin()
	if err := lambda.capture(b, row); err != nil {
		return 0, err
	}
	lambda.param(0).AppendRange(elements, i, i+1)
	lambda.param(1).AppendRange(elements, j, j+1)
	result, err := lambda.run()
	switch {
	case err != nil:
		return 0, err
	case result.IsNull(0):
		return 0, fault.Runtimef("COMPARATOR_RETURNS_NULL", "the order of two elements is null, in %s", h.call)
	}
	return int(wholeAt(result, 0)), nil
}
