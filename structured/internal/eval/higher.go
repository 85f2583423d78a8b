package eval

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// higher is a function that takes a lambda.
type higher struct {
	call    bound.Call
	args    []node // nil in the place of a lambda
	lambdas []*body
	compute computation
	out     vector.Column
}

// computation appends a value to the result for each of the rows of a batch, with each.
type computation func(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error

var computations = map[bound.Function]computation{
	"transform":        perElement(transform),
	"filter":           perElement(filter),
	"map_filter":       perElement(filter),
	"exists":           perElement(quantify(true)),
	"forall":           perElement(quantify(false)),
	"transform_keys":   perElement(transformMap(0)),
	"transform_values": perElement(transformMap(1)),
	"zip_with":         zipWith,
	"map_zip_with":     mapZipWith,
	"aggregate":        fold,
	"array_sort":       sortElements,
}

func newHigher(call bound.Call, c compiler) (node, error) {
	h := &higher{call: call, compute: computations[call.Function], out: vector.NewColumn(call.Of)}
	if h.compute == nil {
		return nil, fmt.Errorf("compile %s: no function %q", call, call.Function)
	}
	for _, arg := range call.Args {
		if lambda, ok := arg.(bound.Lambda); ok {
			b, err := newBody(lambda, c.within)
			if err != nil {
				return nil, err
			}
			h.lambdas, h.args = append(h.lambdas, b), append(h.args, nil)
			continue
		}
		n, err := c.compile(arg)
		if err != nil {
			return nil, err
		}
		h.args = append(h.args, n)
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
		lambda.batch.Reset()
	}
	if err := h.compute(h, b, columns, rows); err != nil {
		return nil, err
	}
	for h.out.Len < b.Rows {
		h.out.AppendNull()
	}
	return &h.out, nil
}

// each has a value appended for each row where none of the lists is null, and appends
// null for the rest.
func (h *higher) each(rows vector.Selection, add func(row int) error, lists ...*vector.Column) error {
	for _, r := range rows {
		row := int(r)
		for h.out.Len < row {
			h.out.AppendNull()
		}
		if anyNull(lists, row) {
			h.out.AppendNull()
		} else if err := add(row); err != nil {
			return err
		}
	}
	return nil
}

func anyNull(columns []*vector.Column, row int) bool {
	for _, c := range columns {
		if c.IsNull(row) {
			return true
		}
	}
	return false
}

// elements are those of a list, or the entries of a map, in one row, and what the lambda
// made of them.
type elements struct {
	list     *vector.Column // all elements of all rows
	from, to int            // the row's among them
	made     *vector.Column
	at       int // of the row's first in made
}

func (e elements) len() int { return e.to - e.from }

// perElement runs the lambda once for all elements of all rows, and lets add append the
// value of each row.
func perElement(add func(h *higher, row elements) error) computation {
	return func(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
		list := args[0]
		h.load(b, list, rows)
		made, err := h.lambdas[0].run()
		if err != nil {
			return err
		}
		at := 0
		return h.each(rows, func(row int) error {
			e := elements{&list.Children[0], int(list.Offsets[row]), int(list.Offsets[row+1]), made, at}
			at += e.len()
			return add(h, e)
		}, list)
	}
}

// load gives the lambda the elements of the selected rows, with their places or, of a
// map, keys and values.
func (h *higher) load(b *vector.Batch, list *vector.Column, rows vector.Selection) {
	lambda, elements := h.lambdas[0], &list.Children[0]
	params := lambda.params()
	for _, row := range rows {
		if list.IsNull(int(row)) {
			continue
		}
		from, to := list.Offsets[row], list.Offsets[row+1]
		for i := from; i < to; i++ {
			lambda.capture(b, int(row))
			if len(params) > 1 && list.Type.Kind() == types.KindArray {
				params[1].AppendInt(i - from)
			}
		}
		if list.Type.Kind() == types.KindMap {
			params[0].AppendRange(&elements.Children[0], int(from), int(to))
			params[1].AppendRange(&elements.Children[1], int(from), int(to))
		} else {
			params[0].AppendRange(elements, int(from), int(to))
		}
	}
}

func transform(h *higher, row elements) error {
	h.out.Children[0].AppendRange(row.made, row.at, row.at+row.len())
	h.out.EndArray()
	return nil
}

func filter(h *higher, row elements) error {
	for i := range row.len() {
		if at := row.at + i; !row.made.IsNull(at) && row.made.Bools.Get(at) {
			h.out.Children[0].AppendRange(row.list, row.from+i, row.from+i+1)
		}
	}
	h.out.EndArray()
	return nil
}

// quantify is exists, which looks for a true, or forall, which looks for a false.
func quantify(wanted bool) func(*higher, elements) error {
	return func(h *higher, row elements) error {
		found, unknown := false, false
		for at := row.at; at < row.at+row.len(); at++ {
			if row.made.IsNull(at) {
				unknown = true
			} else if row.made.Bools.Get(at) == wanted {
				found = true
			}
		}
		if !found && unknown {
			h.out.AppendNull()
		} else {
			h.out.AppendBool(found == wanted)
		}
		return nil
	}
}

// transformMap makes new keys (0) or values (1).
func transformMap(side int) func(*higher, elements) error {
	return func(h *higher, row elements) error {
		entries := &h.out.Children[0]
		entries.Children[side].AppendRange(row.made, row.at, row.at+row.len())
		entries.Children[1-side].AppendRange(&row.list.Children[1-side], row.from, row.to)
		return h.endMap(row.len())
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
