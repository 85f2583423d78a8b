package function

import (
	"bytes"
	"encoding/json/jsontext"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
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
	zone, err := zoneOf(call)
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if args[0].IsNull(row) {
			return null
		}
		value := jsontext.Value(bytes.TrimSpace(args[0].String(row)))
		bad := !value.IsValid(jsontext.AllowDuplicateNames(true))
		if bad {
			value = nil
		}
		ok := appendFromJSON(out, value, zone)
		if (!ok || bad) && failsFast(optionsAt(args, 1, row)) {
			return fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%q is no JSON of type %s", args[0].String(row), call.Of)
		}
		return nil
	}), err
}

// appendFromJSON appends a value, null if it is not of the column's type; ok is false
// if some part was not. A value of nil is malformed: of a struct each field is null.
func appendFromJSON(out *vector.Column, value jsontext.Value, zone *time.Location) (ok bool) {
	t := out.Type
	switch {
	case value == nil && t.Kind() == types.KindStruct:
		for i := range out.Children {
			out.Children[i].AppendNull()
		}
		out.EndStruct()
		return false
	case value == nil:
		out.AppendNull()
		return false
	case value.Kind() == 'n':
		out.AppendNull()
		return true
	}
	switch t.Kind() {
	case types.KindStruct:
		return structFromJSON(out, value, zone)
	case types.KindArray:
		elements, isArray := jsonElements(value)
		if !isArray {
			out.AppendNull()
			return false
		}
		ok = true
		for _, element := range elements {
			ok = appendFromJSON(&out.Children[0], element, zone) && ok
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
			ok = appendFromJSON(&out.Children[0].Children[1], m.value, zone) && ok
			out.Children[0].EndStruct()
		}
		out.EndArray()
		return ok
	}
	if ok = scalarFromJSON(out, value, zone); !ok {
		out.AppendNull()
	}
	return ok
}

func structFromJSON(out *vector.Column, value jsontext.Value, zone *time.Location) (ok bool) {
	members, isObject := jsonMembers(value)
	if !isObject {
		return appendFromJSON(out, nil, zone)
	}
	ok = true
	for i, field := range out.Type.Fields() {
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
		ok = appendFromJSON(&out.Children[i], found, zone) && ok
	}
	out.EndStruct()
	return ok
}

// scalarFromJSON appends a value that is not null, if it is of the column's type.
func scalarFromJSON(out *vector.Column, value jsontext.Value, zone *time.Location) (ok bool) {
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
			inside = compact(value)
		}
	case of == types.KindBoolean:
		ok = kind == 't' || kind == 'f'
	case out.Type.IsInteger():
		ok = kind == '0'
	case of == types.KindFloat || of == types.KindDouble:
		ok = kind == '0' || kind == '"' && slices.Contains(namedFloats, string(inside))
	case of != types.KindDecimal:
		ok = kind == '"'
	}
	return ok && scalarFromText(out, inside, zone)
}

// namedFloats are the strings that JSON has for what is no number there.
var namedFloats = []string{"NaN", "Infinity", "-Infinity", "+INF", "INF", "-INF"}
