package function

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/regex"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var mapFunctions = []Function{
	{Name: "map", Doc: "The map of keys and values in turn. A key that comes twice, or is null, fails the query.", Least: 0, Most: -1, Bind: bindMap, Kernel: appending(makeMap)},
	{Name: "map_from_arrays", Doc: "The map of an array of keys and one of values.", Least: 2, Most: 2, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[1].Type().Kind() != types.KindArray {
			return nil, b.Mismatch(args, 1, "an array")
		}
		return b.call("map_from_arrays", types.Map(args[0].Type().Element(), args[1].Type().Element()), args...), nil
	}), Kernel: appending(mapFromArrays)},
	{Name: "map_from_entries", Doc: "The map of an array of structs of a key and a value.", Least: 1, Most: 1, Bind: ofArray(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		fields := args[0].Type().Element().Fields()
		if len(fields) != 2 {
			return nil, b.Mismatch(args, 0, "an array of structs of two fields")
		}
		return b.call("map_from_entries", types.Map(fields[0].Type, fields[1].Type), args...), nil
	}), Kernel: appending(mapFromEntries)},
	{Name: "map_keys", Doc: "The array of a map's keys.", Least: 1, Most: 1, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call("map_keys", types.Array(args[0].Type().Key()), args...), nil
	}), Kernel: appending(mapSide(0))},
	{Name: "map_values", Doc: "The array of a map's values.", Least: 1, Most: 1, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call("map_values", types.Array(args[0].Type().Value()), args...), nil
	}), Kernel: appending(mapSide(1))},
	{Name: "map_entries", Doc: "The array of a map's entries, structs of key and value.", Least: 1, Most: 1, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		return b.call("map_entries", types.Array(args[0].Type().Element()), args...), nil
	}), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		out.AppendRange(args[0], row, row+1)
		return nil
	})},
	{Name: "map_concat", Doc: "The entries of all maps in one.", Least: 0, Most: -1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		for _, arg := range args {
			if arg.Type().Kind() != types.KindMap {
				return nil, fault.Analysisf("DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES", "map_concat: %s is %s, not a map", arg, arg.Type())
			}
		}
		t, err := b.Common(args, 0)
		if len(args) == 0 {
			t = types.Map(types.String, types.String)
		}
		return b.call("map_concat", t, args...), err
	}, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		for _, arg := range args {
			out.Children[0].AppendRange(&arg.Children[0], int(arg.Offsets[row]), int(arg.Offsets[row+1]))
		}
		return endMap(out)
	})},
	{Name: "map_contains_key", Doc: "Whether a map has a key.", Least: 2, Most: 2, Bind: ofMap(func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[1].Type() == types.Void {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.NULL_TYPE", "map_contains_key: the key is null, which no map has")
		}
		key, err := b.keyFor(args[0], args[1])
		return b.call("map_contains_key", types.Boolean, args[0], key), err
	}), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		out.Bools.Put(row, entryOf(args[0], row, args[1]) >= 0)
		return nil
	})},
	{Name: "value_of", Doc: "The value of a key of a map, null if it has none: what map[key] does.", Least: 2, Most: 2, Operator: true, Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		at := entryOf(args[0], row, args[1])
		if at < 0 {
			return null
		}
		out.AppendRange(&args[0].Children[0].Children[1], at, at+1)
		return nil
	})},
	{Name: "str_to_map", Doc: "The map of a string of pairs, divided by the second argument, a comma if not given, each a key and a value divided by the third, a colon if not given. Both are regular expressions.", Params: []types.Type{types.String, types.String, types.String}, Optional: 2, Result: types.Map(types.String, types.String), Kernel: stringToMap},
}

// ofMap checks that the first argument is a map.
func ofMap(bind func(Binding, []bound.Expr) (bound.Expr, error)) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() != types.KindMap {
			return nil, b.Mismatch(args, 0, "a map")
		}
		return bind(b, args)
	}
}

func bindMap(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args)%2 != 0 {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "map takes a value for each key, got %d arguments", len(args))
	}
	var keys, values []bound.Expr
	for i, arg := range args {
		if i%2 == 0 {
			keys = append(keys, arg)
		} else {
			values = append(values, arg)
		}
	}
	key, err := b.Common(keys, 0)
	if err != nil {
		return nil, err
	}
	if key.Kind() == types.KindMap {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE", "a map cannot be the key of a map")
	}
	value, err := b.Common(values, 0)
	for i := range args {
		if i%2 == 0 {
			args[i] = keys[i/2]
		} else {
			args[i] = values[i/2]
		}
	}
	return b.call("map", types.Map(key, value), args...), err
}

func makeMap(out *vector.Column, args []*vector.Column, row int) error {
	entries := &out.Children[0]
	for i, arg := range args {
		entries.Children[i%2].AppendRange(arg, row, row+1)
		if i%2 == 1 {
			entries.EndStruct()
		}
	}
	return endMap(out)
}

// endMap appends the map of the entries that were appended since the last one, whose
// keys must differ and not be null.
func endMap(out *vector.Column) error {
	keys := &out.Children[0].Children[0]
	from := int(out.Offsets[out.Len])
	for i := from; i < keys.Len; i++ {
		if keys.IsNull(i) {
			return fault.Runtimef("NULL_MAP_KEY", "a key of a map is null")
		}
		if has(keys, from, i, keys, i) {
			return fault.Runtimef("DUPLICATED_MAP_KEY", "the key %v comes twice in a map", keys.Value(i))
		}
	}
	out.EndArray()
	return nil
}

func mapFromArrays(out *vector.Column, args []*vector.Column, row int) error {
	if anyNull(args, row) {
		return null
	}
	if a, b := length(args[0], row), length(args[1], row); a != b {
		return fault.Runtimef("_LEGACY_ERROR_TEMP_2016", "%d keys for %d values of a map", a, b)
	}
	entries := &out.Children[0]
	for i := range entries.Children {
		entries.Children[i].AppendRange(&args[i].Children[0], int(args[i].Offsets[row]), int(args[i].Offsets[row+1]))
	}
	for range length(args[0], row) {
		entries.EndStruct()
	}
	return endMap(out)
}

func mapFromEntries(out *vector.Column, args []*vector.Column, row int) error {
	list := args[0]
	if list.IsNull(row) {
		return null
	}
	entries := &list.Children[0]
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		if entries.IsNull(int(i)) {
			return null
		}
	}
	from, to := int(list.Offsets[row]), int(list.Offsets[row+1])
	for i := range entries.Children {
		out.Children[0].Children[i].AppendRange(&entries.Children[i], from, to)
	}
	for range to - from {
		out.Children[0].EndStruct()
	}
	return endMap(out)
}

// mapSide takes the keys or the values.
func mapSide(side int) func(out *vector.Column, args []*vector.Column, row int) error {
	return func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		entries := &args[0].Children[0]
		out.Children[0].AppendRange(&entries.Children[side], int(args[0].Offsets[row]), int(args[0].Offsets[row+1]))
		out.EndArray()
		return nil
	}
}

// keyFor converts a value to the type of a map's keys.
func (b Binding) keyFor(m, key bound.Expr) (bound.Expr, error) {
	if common, ok := coerce.Common(m.Type().Key(), key.Type()); (!ok || common != m.Type().Key()) && !coerce.Implicit(key.Type(), m.Type().Key()) {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES", "%s: the map has keys of type %s, not %s", b.Name, m.Type().Key(), key.Type())
	}
	return b.To(key, m.Type().Key()), b.comparable(m.Type().Key())
}

func (b Binding) valueOf(m, key bound.Expr) (bound.Expr, error) {
	key, err := b.keyFor(m, key)
	return b.call("value_of", m.Type().Value(), m, key), err
}

// entryOf returns where a map's entry of a key lies among the entries, or -1.
func entryOf(m *vector.Column, row int, key *vector.Column) int {
	keys := &m.Children[0].Children[0]
	for i := int(m.Offsets[row]); i < int(m.Offsets[row+1]); i++ {
		if vector.Compare(keys, i, key, row) == 0 {
			return i
		}
	}
	return -1
}

func stringToMap(call bound.Call) (Kernel, error) {
	pairs, sides := &patterns{name: call.Function}, &patterns{name: call.Function}
	get := func(p *patterns, args []*vector.Column, i, row int, otherwise string) (*regex.Expression, error) {
		return p.get(given(args, i, func(c *vector.Column) []byte { return c.String(row) }, []byte(otherwise)))
	}
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		between, err := get(pairs, args, 1, row, ",")
		if err != nil {
			return err
		}
		inside, err := get(sides, args, 2, row, ":")
		if err != nil {
			return err
		}
		entries := &out.Children[0]
		all, err := between.Split(args[0].String(row), 0)
		if err != nil {
			return err
		}
		for _, pair := range all {
			parts, err := inside.Split(pair, 2)
			if err != nil {
				return err
			}
			entries.Children[0].AppendString(parts[0])
			if len(parts) == 2 {
				entries.Children[1].AppendString(parts[1])
			} else {
				entries.Children[1].AppendNull()
			}
			entries.EndStruct()
		}
		return endMap(out)
	}), nil
}
