package function

import (
	"bytes"
	"encoding/json/jsontext"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var jsonFunctions = []Function{
	{Name: "get_json_object", Doc: "The part of a JSON text that a path such as $.a[0].b leads to, a string without its quotes; null if there is none.", Params: twoStrings, Result: types.String, Kernel: getJSON},
	{Name: "json_array_length", Doc: "The number of elements of a JSON array; null for other texts.", Params: []types.Type{types.String}, Result: types.Int, Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		elements, ok := jsonElements(args[0].String(row))
		if !ok {
			return null
		}
		out.Ints[row] = int32(len(elements))
		return nil
	})},
	{Name: "json_object_keys", Doc: "The keys of a JSON object; null for other texts.", Params: []types.Type{types.String}, Result: types.Array(types.String), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		members, ok := jsonMembers(args[0].String(row))
		if !ok {
			return null
		}
		for _, m := range members {
			out.Children[0].AppendString([]byte(m.name))
		}
		out.EndArray()
		return nil
	})},
	{Name: "from_json", Doc: "The value of a JSON text in the type that a constant names, such as 'a INT, b ARRAY<STRING>'. What is malformed or of another type is null, the fields of a struct each for itself; with the option mode of FAILFAST it fails the query. Single quotes and NaN are taken. Options in a map: mode, columnNameOfCorruptRecord, dateFormat, timestampFormat, timeZone, allowSingleQuotes, allowNonNumericNumbers, allowUnquotedFieldNames, allowComments.", Least: 2, Most: 3, Bind: bindFromJSON, Kernel: fromJSON},
	{Name: "schema_of_json", Doc: "The type of a constant JSON text, as from_json takes it. Options change nothing.", Least: 1, Most: 2, Bind: bindSchemaOfJSON},
	{Name: "to_json", Doc: "A struct, map or array as JSON text. Fields that are null are left out, unless the option ignoreNullFields is false. Further options in a map: dateFormat, timestampFormat, timeZone.", Least: 1, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if !args[0].Type().IsNested() {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "to_json takes a struct, a map or an array, not %s", args[0].Type())
		}
		return b.zoned("to_json", types.String, args...), nil
	}, Kernel: func(call bound.Call) (Kernel, error) {
		optionsOf, err := jsonOptionsOf(call)
		return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			options, err := optionsOf(args, row)
			if err != nil {
				return nil, err
			}
			return appendJSON(dst, args[0], row, options), nil
		}), err
	}},
}

// member is a member of a JSON object.
type member struct {
	name  string
	value jsontext.Value
}

func jsonMembers(text []byte) (members []member, ok bool) {
	decoder := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '{' {
		return nil, false
	}
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return nil, false
		}
		m := member{name: name.String()}
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, false
		}
		m.value = value.Clone()
		members = append(members, m)
	}
	_, err := decoder.ReadToken()
	return members, err == nil
}

func jsonElements(text []byte) (elements []jsontext.Value, ok bool) {
	decoder := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != '[' {
		return nil, false
	}
	for decoder.PeekKind() != ']' {
		value, err := decoder.ReadValue()
		if err != nil {
			return nil, false
		}
		elements = append(elements, value.Clone())
	}
	_, err := decoder.ReadToken()
	return elements, err == nil
}
