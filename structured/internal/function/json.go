package function

import (
	"bytes"
	"encoding/json/jsontext"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var jsonFunctions = []Function{
	{Name: "get_json_object", Doc: "The part of a JSON text that a path such as $.a[0].b leads to, a string without its quotes; null if there is none.", Least: 2, Most: 2, Bind: onStrings(types.String), Kernel: getJSON},
	{Name: "json_member", Doc: "A member of a JSON object: what json_tuple takes of it.", Least: 2, Most: 2, Operator: true, Kernel: strictText(jsonMember)},
	{Name: "json_array_length", Doc: "The number of elements of a JSON array; null for other texts.", Least: 1, Most: 1, Bind: onStrings(types.Int), Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
		elements, ok := jsonElements(args[0].String(row))
		if !ok {
			return null
		}
		out.Ints[row] = int32(len(elements))
		return nil
	})},
	{Name: "json_object_keys", Doc: "The keys of a JSON object; null for other texts.", Least: 1, Most: 1, Bind: onStrings(types.Array(types.String)), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		value := (leniency{singleQuotes: true}).first(args[0].String(row))
		if value == nil {
			return null
		}
		members, ok := jsonMembers(value)
		if !ok {
			return null
		}
		for _, m := range members {
			out.Children[0].AppendString([]byte(m.name))
		}
		out.EndArray()
		return nil
	})},
	{Name: "from_json", Doc: "The value of a JSON text in the type that a constant names, such as 'a INT, b ARRAY<STRING>'. What is malformed or of another type is null, the fields of a struct each for itself; with the option mode of FAILFAST it fails the query. Single quotes and NaN are taken. Options in a map: mode, columnNameOfCorruptRecord, dateFormat, timestampFormat, timestampNTZFormat, timeZone, allowSingleQuotes, allowNonNumericNumbers, allowNumericLeadingZeros, allowUnquotedFieldNames, allowComments, allowBackslashEscapingAnyCharacter, allowUnquotedControlChars. Others change nothing.", Least: 2, Most: 3, Known: []int{1}, Bind: bindFromJSON, Kernel: fromJSON},
	{Name: "schema_of_json", Doc: "The type of a constant JSON text, as from_json takes it. Options in a map: those of from_json that begin with allow, primitivesAsString, prefersDecimal, inferTimestamp, timestampFormat, dropFieldIfAllNull.", Least: 1, Most: 2, Known: []int{0, 1}, Bind: bindSchemaOfJSON},
	{Name: "to_json", Doc: "A struct, map or array as JSON text. Fields that are null are left out, unless the option ignoreNullFields is false. Further options in a map: dateFormat, timestampFormat, timestampNTZFormat, timeZone, pretty, writeNonAsciiCharacterAsCodePoint.", Least: 1, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if t := args[0].Type(); !t.IsNested() && t != types.Void {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "to_json takes a struct, a map or an array, not %s", t)
		}
		return b.zoned("to_json", types.String, args...), b.options(args, 1)
	}, Kernel: toJSON},
}

// onStrings binds a function of strings, of which nothing else is made one.
func onStrings(result types.Type) func(b Binding, args []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		for i := range args {
			if err := b.onlyStrings(args, i); err != nil {
				return nil, err
			}
		}
		return b.call(b.Name, result, args...), nil
	}
}

// jsonMember appends the last member of a name as get_json_object does.
func jsonMember(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	value := (leniency{singleQuotes: true}).first(args[0].String(row))
	if value == nil {
		return nil, null
	}
	members, _ := jsonMembers(value)
	for _, m := range slices.Backward(members) {
		if m.name != string(args[1].String(row)) {
			continue
		}
		if m.value.Kind() == 'n' {
			return nil, null
		}
		return append(dst, follow(m.value, nil, rawStyle)[0]...), nil
	}
	return nil, null
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
