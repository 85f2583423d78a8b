package function

import (
	"bytes"
	"encoding/base64"
	"encoding/json/jsontext"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindFromJSON(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, err := b.Arg(args, 0, types.String)
	if err != nil {
		return nil, err
	}
	schema, ok := constantText(args[1])
	if !ok {
		return nil, fault.Analysisf("INVALID_SCHEMA.NON_STRING_LITERAL", "from_json: the schema must be a constant string, not %s", args[1])
	}
	of, err := typeOf(schema)
	if err != nil {
		return nil, err
	}
	switch {
	case !of.IsNested():
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "from_json: the type must be a struct, an array or a map, not %s", of)
	case of.Kind() == types.KindMap && of.Key() != types.String:
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE", "from_json: the keys of a map are strings, not %s", of.Key())
	}
	call := b.zoned("from_json", of, text)
	if len(args) == 3 {
		call.Args = append(call.Args, args[2])
	}
	return call, nil
}

// typeOf reads a type, or the columns of a struct.
func typeOf(schema string) (types.Type, error) {
	if of, err := sql.ParseType(schema); err == nil {
		return of, nil
	}
	columns, err := sql.ParseSchema(schema)
	return types.Struct(columns.Fields...), err
}

// fromJSON reads texts by the call's type. The last value of a member that comes
// twice counts.
func fromJSON(call bound.Call) (Kernel, error) {
	optionsOf, err := jsonOptionsOf(call)
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].IsNull(row) {
			return null
		}
		options, err := optionsOf(args, row)
		if err != nil {
			return err
		}
		text := args[0].String(row)
		if len(bytes.TrimSpace(text)) == 0 {
			return null
		}
		if ok := rootFromJSON(out, options.first(text), text, options); !ok && options.failsFast {
			return fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%q is no JSON of type %s", text, call.Of)
		}
		return nil
	}), err
}

// firstJSON is the value that a text begins with, nil if it is none. What follows does not
// count.
func firstJSON(text []byte) jsontext.Value {
	if whole := jsontext.Value(bytes.Trim(text, " \t\r\n")); whole.IsValid(jsontext.AllowDuplicateNames(true)) {
		return whole // in most cases, for which no decoder is made
	}
	value, err := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)).ReadValue()
	if err != nil {
		return nil
	}
	return value
}

// rootFromJSON appends a whole text. One that is not of the type is put into the corrupt
// field, if there is one. An object stands for an array of one struct, too; an array is null
// as a whole if one of its elements has no value.
func rootFromJSON(out *vector.Column, value jsontext.Value, text []byte, options *jsonOptions) (ok bool) {
	corrupt := options.corrupt
	switch of := out.Type; {
	case of.Kind() == types.KindStruct:
		ok = value != nil && value.Kind() == 'n' || fieldsFromJSON(out, value, corrupt, options)
		if value != nil && value.Kind() == 'n' {
			for i := range out.Children {
				out.Children[i].AppendNull()
			}
		} else if corrupt >= 0 && ok {
			out.Children[corrupt].AppendNull()
		} else if corrupt >= 0 {
			out.Children[corrupt].AppendString(text)
		}
		out.EndStruct()
		return ok
	case of.Kind() == types.KindArray && of.Element().Kind() == types.KindStruct && value != nil && value.Kind() == '{':
		ok = structFromJSON(&out.Children[0], value, options)
		out.EndArray()
		return ok
	}
	return appendFromJSON(out, value, options)
}

// appendFromJSON appends a value, null if it is not of the column's type; ok is false
// if some part was not. A value of nil is malformed: of a struct each field is null.
func appendFromJSON(out *vector.Column, value jsontext.Value, options *jsonOptions) (ok bool) {
	t := out.Type
	switch {
	case value == nil && t.Kind() == types.KindStruct:
		return structFromJSON(out, nil, options)
	case value == nil:
		out.AppendNull()
		return false
	case value.Kind() == 'n':
		out.AppendNull()
		return true
	}
	switch t.Kind() {
	case types.KindStruct:
		return structFromJSON(out, value, options)
	case types.KindArray:
		elements, isArray := jsonElements(value)
		if !isArray {
			out.AppendNull()
			return false
		}
		ok = true
		for _, element := range elements {
			ok = appendFromJSON(&out.Children[0], element, options) && ok
		}
		out.EndArray()
		return ok
	case types.KindMap:
		members, isObject := jsonMembers(value)
		if !isObject || t.Key() != types.String {
			out.AppendNull()
			return false
		}
		ok = true
		for _, m := range members {
			out.Children[0].Children[0].AppendString([]byte(m.name))
			ok = appendFromJSON(&out.Children[0].Children[1], m.value, options) && ok
			out.Children[0].EndStruct()
		}
		out.EndArray()
		return ok
	}
	if ok = scalarFromJSON(out, value, options); !ok {
		out.AppendNull()
	}
	return ok
}

func structFromJSON(out *vector.Column, value jsontext.Value, options *jsonOptions) (ok bool) {
	ok = fieldsFromJSON(out, value, -1, options)
	out.EndStruct()
	return ok
}

// fieldsFromJSON appends the members of an object to the fields of a struct but for one;
// all are null if it is none.
func fieldsFromJSON(out *vector.Column, value jsontext.Value, but int, options *jsonOptions) (ok bool) {
	members, ok := jsonMembers(value)
	if !ok {
		members = nil
	}
	for i, field := range out.Type.Fields() {
		if i == but {
			continue
		}
		var found jsontext.Value
		for _, m := range members {
			if m.name == field.Name {
				found = m.value
			}
		}
		if found == nil {
			out.Children[i].AppendNull()
			continue
		}
		ok = appendFromJSON(&out.Children[i], found, options) && ok
	}
	return ok
}

// scalarFromJSON appends a value that is not null, if it is of the column's type.
func scalarFromJSON(out *vector.Column, value jsontext.Value, options *jsonOptions) (ok bool) {
	kind, inside := value.Kind(), []byte(value)
	ok = true
	if kind == '"' {
		var err error
		if inside, err = jsontext.AppendUnquote(nil, value); err != nil {
			return false
		}
	}
	switch of := out.Type.Kind(); {
	case of == types.KindString:
		if kind != '"' {
			inside = appendRewritten(nil, value)
		}
	case of == types.KindBoolean:
		ok = kind == 't' || kind == 'f'
	case out.Type.IsInteger():
		ok = kind == '0'
	case of == types.KindFloat || of == types.KindDouble:
		ok = kind == '0' || kind == '"' && slices.Contains(namedFloats, string(inside))
	case of == types.KindBinary:
		data, err := base64.StdEncoding.DecodeString(string(inside))
		if ok = kind == '"' && err == nil; ok {
			out.AppendString(data)
		}
		return ok
	case of == types.KindTimestamp && kind == '0' && options.timestamp == nil:
		seconds, whole := values.ParseWhole(inside)
		if whole {
			out.AppendLong(seconds * 1_000_000)
		}
		return whole
	case of != types.KindDecimal:
		ok = kind == '"'
	}
	return ok && options.readScalar(out, inside)
}

// namedFloats are the strings that JSON has for what is no number there.
var namedFloats = []string{"NaN", "Infinity", "-Infinity", "+INF", "INF", "-INF"}
