package function

import (
	"bytes"
	"encoding/base64"
	"encoding/json/jsontext"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindFromJSON(b Binding, args []bound.Expr) (bound.Expr, error) {
	of, err := b.readType(args)
	switch {
	case err != nil:
		return nil, err
	case !of.IsNested():
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "from_json: the type must be a struct, an array or a map, not %s", of)
	case hasOtherKeys(of):
		return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE", "from_json: the keys of maps are strings, which those of %s are not", of)
	}
	return b.zoned("from_json", of, append(args[:1:1], args[2:]...)...), nil
}

// hasOtherKeys reports whether a type has a map whose keys are no strings.
func hasOtherKeys(of types.Type) bool {
	switch of.Kind() {
	case types.KindMap:
		return of.Key() != types.String || hasOtherKeys(of.Value())
	case types.KindArray:
		return hasOtherKeys(of.Element())
	case types.KindStruct:
		return slices.ContainsFunc(of.Fields(), func(f types.Field) bool { return hasOtherKeys(f.Type) })
	}
	return false
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
		reader := jsonReader{jsonOptions: options}
		if ok := reader.root(out, options.first(text), text); !ok && options.failsFast {
			return fault.Runtimef(reader.fault, "%q is no JSON of type %s", text, call.Of)
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

// jsonReader reads values of JSON into columns.
type jsonReader struct {
	*jsonOptions
	fault string // Spark's condition of the first part that is not of its type
}

// fit is how a value fitted into a column.
type fit uint8

const (
	unfit  fit = iota // nothing was appended
	partly            // it was, with nulls for fields that are not of their types
	wholly
)

// What Spark calls a text that is not of a type.
const (
	badRecord   = "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION"
	badField    = "CANNOT_PARSE_JSON_FIELD"
	badEmpty    = "EMPTY_JSON_FIELD_VALUE"
	badRoot     = "INVALID_JSON_ROOT_FIELD"
	badArray    = "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS"
	badNumber   = "MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_STRING_AS_DATATYPE"
	badTime     = "CAST_INVALID_INPUT"
	badDecimals = "NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION"
)

// unlike notes the condition of a value that is not of its type, if it is the first one.
func (r *jsonReader) unlike(condition string) fit {
	if r.fault == "" {
		r.fault = condition
	}
	return unfit
}

// root appends a whole text; a value of nil is malformed. A text that is not of the type is
// put into the corrupt field, if there is one. An object stands for an array of one struct, too.
func (r *jsonReader) root(out *vector.Column, value jsontext.Value, text []byte) (ok bool) {
	of, kind := out.Type, jsontext.Kind(0)
	if value != nil {
		kind = value.Kind()
	}
	switch {
	case of.Kind() == types.KindStruct:
		return r.rootStruct(out, value, kind, text)
	case kind == 'n':
		out.AppendNull()
		r.unlike(badRoot)
		return false
	case kind == '{' && of.Kind() == types.KindArray && of.Element().Kind() == types.KindStruct:
		ok = r.object(&out.Children[0], value) == wholly
		out.EndArray()
		return ok
	case value != nil:
		if fitted := r.value(out, value); fitted != unfit {
			return fitted == wholly
		}
	}
	r.fault = badRecord
	out.AppendNull()
	return false
}

func (r *jsonReader) rootStruct(out *vector.Column, value jsontext.Value, kind jsontext.Kind, text []byte) (ok bool) {
	switch kind {
	case '{':
	case 'n':
		r.unlike(badRoot)
	case '[':
		r.unlike(badArray)
	default:
		r.unlike(badRecord)
	}
	ok = r.fields(out, value, r.corrupt) && kind == '{'
	if r.corrupt >= 0 && ok {
		out.Children[r.corrupt].AppendNull()
	} else if r.corrupt >= 0 {
		out.Children[r.corrupt].AppendString(text)
	}
	out.EndStruct()
	return ok
}

// value appends a value, if it is of the column's type. An array or a map with an element
// that is not of its type has no value at all.
func (r *jsonReader) value(out *vector.Column, value jsontext.Value) fit {
	if value.Kind() == 'n' {
		out.AppendNull()
		return wholly
	}
	t := out.Type
	switch {
	case t.IsNested() && len(value) == len(`""`) && value.Kind() == '"':
		return r.unlike(badEmpty)
	case t.Kind() == types.KindStruct && value.Kind() == '{':
		return r.object(out, value)
	case t.Kind() == types.KindArray && value.Kind() == '[':
		return r.array(out, value)
	case t.Kind() == types.KindMap && value.Kind() == '{':
		return r.entries(out, value)
	case t.IsNested():
		return r.unlike(badField)
	}
	return r.scalar(out, value)
}

func (r *jsonReader) array(out *vector.Column, value jsontext.Value) fit {
	elements, _ := jsonElements(value)
	whole, from := wholly, out.Children[0].Len
	for _, element := range elements {
		fitted := r.value(&out.Children[0], element)
		if fitted == unfit {
			out.Children[0].Truncate(from)
			return unfit
		}
		whole = min(whole, fitted)
	}
	out.EndArray()
	return whole
}

func (r *jsonReader) entries(out *vector.Column, value jsontext.Value) fit {
	members, _ := jsonMembers(value)
	entries, whole := &out.Children[0], wholly
	from := entries.Len
	for _, m := range members {
		entries.Children[0].AppendString([]byte(m.name))
		before := r.fault
		fitted := r.value(&entries.Children[1], m.value)
		if fitted == unfit {
			if entries.Truncate(from); before == "" {
				r.fault = badRecord
			}
			return unfit
		}
		entries.EndStruct()
		whole = min(whole, fitted)
	}
	out.EndArray()
	return whole
}

func (r *jsonReader) object(out *vector.Column, value jsontext.Value) fit {
	ok := r.fields(out, value, -1)
	out.EndStruct()
	if !ok {
		return partly
	}
	return wholly
}

// fields appends the members of an object to the fields of a struct but for one, null for
// those that are not of their types; ok says that there are none such. All are null if value
// is no object.
func (r *jsonReader) fields(out *vector.Column, value jsontext.Value, but int) (ok bool) {
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
		fitted := r.value(&out.Children[i], found)
		if fitted == unfit {
			out.Children[i].AppendNull()
		}
		ok = ok && fitted == wholly
	}
	return ok
}

// scalar appends a value that is not null, if it is of the column's type, which is not nested.
func (r *jsonReader) scalar(out *vector.Column, value jsontext.Value) fit {
	kind, inside := value.Kind(), []byte(value)
	if kind == '"' {
		var err error
		if inside, err = jsontext.AppendUnquote(nil, value); err != nil {
			return r.unlike(badRecord)
		}
	}
	var ok bool
	switch of := out.Type; {
	case of == types.String && kind != '"':
		out.AppendString(appendRewritten(nil, value))
		ok = true
	case of == types.Binary && kind == '"':
		var data []byte
		if data, ok = base64Bytes(inside); ok {
			out.AppendString(data)
		}
	case of == types.Timestamp && kind == '0':
		seconds, whole := values.ParseWhole(inside)
		instant := seconds * calendar.Second
		if ok = whole && instant/calendar.Second == seconds; ok {
			out.AppendLong(instant)
		}
	case of == types.Tinyint && kind == '0':
		number, whole := values.ParseWhole(inside)
		if ok = whole && -128 <= number && number <= 255; ok {
			out.AppendTiny(int8(number)) // as Jackson does, which takes bytes without a sign, too
		}
	case r.takes(of, kind, inside):
		ok = r.readScalar(out, inside)
	}
	if !ok {
		return r.unlike(scalarFault(out.Type, kind, inside))
	}
	return wholly
}

// takes reports whether values of a type are written as values of the kind.
func (r *jsonReader) takes(of types.Type, kind jsontext.Kind, inside []byte) bool {
	switch {
	case of == types.Boolean:
		return kind == 't' || kind == 'f'
	case of == types.Float || of == types.Double:
		return kind == '0' || kind == '"' && r.namedNumbers && slices.Contains(namedFloats, string(inside))
	case of.IsInteger():
		return kind == '0'
	case of.Kind() == types.KindDecimal:
		return kind == '0' || kind == '"'
	}
	return kind == '"'
}

// scalarFault is Spark's condition of a value that is not of a type.
func scalarFault(of types.Type, kind jsontext.Kind, inside []byte) string {
	isText := kind == '"'
	switch {
	case isText && len(inside) == 0:
		return badEmpty
	case isText && (of == types.Float || of == types.Double):
		return badNumber
	case isText && of.IsTime():
		return badTime
	case isText && (of.Kind() == types.KindDecimal || of == types.Binary), kind == '0' && of.IsInteger() && !bytes.ContainsAny(inside, ".eE"):
		return badRecord
	case kind == '0' && of.Kind() == types.KindDecimal:
		return badDecimals
	}
	return badField
}

// base64Bytes decodes base64, with blanks between groups of four characters.
func base64Bytes(text []byte) (data []byte, ok bool) {
	for len(text) > 0 {
		if text[0] <= ' ' {
			text = text[1:]
			continue
		}
		group := text[:min(4, len(text))]
		var err error
		if data, err = base64.StdEncoding.AppendDecode(data, group); err != nil || bytes.ContainsAny(group, "\r\n") {
			return nil, false
		}
		text = text[len(group):]
	}
	return data, true
}

// namedFloats are the strings that JSON has for what is no number there.
var namedFloats = []string{"NaN", "Infinity", "-Infinity", "+INF", "INF", "-INF"}
