package function

import (
	"bytes"
	"encoding/base64"
	"encoding/json/jsontext"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var jsonFunctions = []Function{
	{Name: "get_json_object", Doc: "The part of a JSON text that a path such as $.a[0].b leads to, a string without its quotes; null if there is none.", Params: twoStrings, Result: types.String, Kernel: strictText(getJSON)},
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
	{Name: "from_json", Doc: "The value of a JSON text in the type that a constant names, such as 'a INT, b ARRAY<STRING>'. What is malformed or of another type is null, the fields of a struct each for itself; with the option mode of FAILFAST it fails the query.", Least: 2, Most: 3, Bind: bindFromJSON, Kernel: fromJSON},
	{Name: "to_json", Doc: "A struct, map or array as JSON text. Fields that are null are left out.", Least: 1, Most: 2, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if !args[0].Type().IsNested() {
			return nil, b.Mismatch(args, 0, "a struct, map or array")
		}
		return b.zoned("to_json", types.String, args[0]), nil
	}, Kernel: func(call bound.Call) (Kernel, error) {
		zone, err := zoneOf(call)
		return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return appendJSON(dst, args[0], row, zone), nil
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

// step is a part of a path: a name, a place, or all elements.
type step struct {
	name  string
	place int
	all   bool
	named bool
}

func parsePath(path string) (steps []step, ok bool) {
	rest, ok := strings.CutPrefix(path, "$")
	for ok && rest != "" {
		switch {
		case strings.HasPrefix(rest, "['"):
			end := strings.Index(rest, "']")
			if end < 0 {
				return nil, false
			}
			steps, rest = append(steps, step{name: rest[2:end], named: true}), rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, false
			}
			if rest[1:end] == "*" {
				steps = append(steps, step{all: true})
			} else {
				place, err := strconv.Atoi(rest[1:end])
				if err != nil || place < 0 {
					return nil, false
				}
				steps = append(steps, step{place: place})
			}
			rest = rest[end+1:]
		case rest[0] == '.':
			name := rest[1:]
			if end := strings.IndexAny(name, ".["); end >= 0 {
				name = name[:end]
			}
			if name == "" {
				return nil, false
			}
			steps, rest = append(steps, step{name: name, named: true}), rest[1+len(name):]
		default:
			return nil, false
		}
	}
	return steps, ok
}

func getJSON(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	steps, ok := parsePath(string(args[1].String(row)))
	value := jsontext.Value(bytes.Clone(args[0].String(row)))
	if !ok || !value.IsValid(jsontext.AllowDuplicateNames(true)) {
		return nil, null
	}
	found := follow(nil, value, steps)
	switch {
	case len(found) == 0:
		return nil, null
	case len(found) > 1:
		dst = append(dst, '[')
		for i, f := range found {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, compact(f)...)
		}
		return append(dst, ']'), nil
	}
	switch found[0].Kind() {
	case 'n':
		return nil, null
	case '"':
		return jsontext.AppendUnquote(dst, found[0])
	}
	return append(dst, compact(found[0])...), nil
}

func compact(value jsontext.Value) jsontext.Value {
	value = value.Clone()
	_ = value.Compact() // of a valid value, which does not fail
	return value
}

// follow appends the values to which a path leads from a value.
func follow(found []jsontext.Value, value jsontext.Value, steps []step) []jsontext.Value {
	if len(steps) == 0 {
		return append(found, bytes.TrimSpace(value))
	}
	s := steps[0]
	if s.named {
		members, _ := jsonMembers(value)
		for _, m := range members {
			if m.name == s.name {
				return follow(found, m.value, steps[1:])
			}
		}
		return found
	}
	elements, _ := jsonElements(value)
	for i, element := range elements {
		if s.all || i == s.place {
			found = follow(found, element, steps[1:])
		}
	}
	return found
}

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
		if (!ok || bad) && failsFast(args, row) {
			return fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%q is no JSON of type %s", args[0].String(row), call.Of)
		}
		return nil
	}), err
}

// failsFast looks for the option mode.
func failsFast(args []*vector.Column, row int) bool {
	if len(args) < 2 || args[1].Type.Kind() != types.KindMap || args[1].IsNull(row) {
		return false
	}
	entries := &args[1].Children[0]
	for i := int(args[1].Offsets[row]); i < int(args[1].Offsets[row+1]); i++ {
		if strings.EqualFold(fmt.Sprint(entries.Children[0].Value(i)), "mode") {
			return strings.EqualFold(fmt.Sprint(entries.Children[1].Value(i)), "FAILFAST")
		}
	}
	return false
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
	kind := value.Kind()
	inside := []byte(value)
	if kind == '"' {
		var err error
		if inside, err = jsontext.AppendUnquote(nil, value); err != nil {
			return false
		}
	}
	switch t := out.Type; t.Kind() {
	case types.KindString:
		if kind != '"' {
			inside = compact(value)
		}
		out.AppendString(inside)
		return true
	case types.KindBoolean:
		if ok = kind == 't' || kind == 'f'; ok {
			out.AppendBool(kind == 't')
		}
	case types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint:
		number, whole := values.ParseWhole(inside)
		bits := map[types.Kind]int{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInt: 32, types.KindBigint: 64}[t.Kind()]
		if ok = kind == '0' && whole && number>>(bits-1) == number>>63; ok {
			appendWhole(out, number)
		}
	case types.KindFloat, types.KindDouble:
		number, isNumber := values.ParseFloat(inside, 64)
		named := kind == '"' && (string(inside) == "NaN" || string(inside) == "Infinity" || string(inside) == "-Infinity" || string(inside) == "+INF" || string(inside) == "INF" || string(inside) == "-INF")
		if ok = isNumber && (kind == '0' || named); ok && t == types.Double {
			out.AppendDouble(number)
		} else if ok {
			out.AppendFloat(float32(number))
		}
	case types.KindDecimal:
		number, fits, isNumber := values.ParseDecimal(inside, t.Precision(), t.Scale())
		if ok = isNumber && fits; ok {
			out.AppendDecimal(number)
		}
	case types.KindDate:
		day, isDate := values.ParseDate(inside)
		if ok = kind == '"' && isDate; ok {
			out.AppendInt(day)
		}
	case types.KindTimestamp:
		instant, isTime := values.ParseTimestamp(inside, zone)
		if ok = kind == '"' && isTime; ok {
			out.AppendLong(instant)
		}
	case types.KindTimestampNTZ:
		clock, isTime := values.ParseClock(inside)
		if ok = kind == '"' && isTime; ok {
			out.AppendLong(clock)
		}
	}
	return ok
}

func appendJSON(dst []byte, c *vector.Column, row int, zone *time.Location) []byte {
	if c.IsNull(row) {
		return append(dst, "null"...)
	}
	switch c.Type.Kind() {
	case types.KindStruct:
		dst = append(dst, '{')
		first := true
		for i, field := range c.Type.Fields() {
			if c.Children[i].IsNull(row) {
				continue
			}
			dst = appendName(dst, field.Name, &first)
			dst = appendJSON(dst, &c.Children[i], row, zone)
		}
		return append(dst, '}')
	case types.KindMap:
		dst = append(dst, '{')
		first := true
		entries := &c.Children[0]
		for i := int(c.Offsets[row]); i < int(c.Offsets[row+1]); i++ {
			dst = appendName(dst, plain(&entries.Children[0], i, zone), &first)
			dst = appendJSON(dst, &entries.Children[1], i, zone)
		}
		return append(dst, '}')
	case types.KindArray:
		dst = append(dst, '[')
		for i := int(c.Offsets[row]); i < int(c.Offsets[row+1]); i++ {
			if i > int(c.Offsets[row]) {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, &c.Children[0], i, zone)
		}
		return append(dst, ']')
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInt, types.KindBigint, types.KindDecimal:
		return append(dst, plain(c, row, zone)...)
	case types.KindFloat, types.KindDouble:
		if text := plain(c, row, zone); text != "NaN" && !strings.HasSuffix(text, "Infinity") {
			return append(dst, text...)
		}
	}
	return quoted(dst, plain(c, row, zone))
}

func quoted(dst []byte, text string) []byte {
	out, err := jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	if err != nil {
		panic(err) // valid UTF-8 always has a form
	}
	return out
}

func appendName(dst []byte, name string, first *bool) []byte {
	if !*first {
		dst = append(dst, ',')
	}
	*first = false
	return append(quoted(dst, name), ':')
}

// plain is a value that is not nested as JSON writes it, without quotes.
func plain(c *vector.Column, row int, zone *time.Location) string {
	switch c.Type.Kind() {
	case types.KindBoolean:
		return strconv.FormatBool(c.Bools.Get(row))
	case types.KindFloat:
		return string(values.AppendFloat(nil, c.Floats[row]))
	case types.KindDouble:
		return string(values.AppendDouble(nil, c.Doubles[row]))
	case types.KindDecimal:
		return string(values.AppendDecimal(nil, c.Decimals[row], c.Type.Scale()))
	case types.KindString:
		return string(c.String(row))
	case types.KindBinary:
		return base64.StdEncoding.EncodeToString(c.String(row))
	case types.KindDate:
		return string(values.AppendDate(nil, c.Ints[row]))
	case types.KindTimestamp:
		clock := calendar.Clock(c.Longs[row], zone)
		pattern, _ := parseTimePattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
		return string(pattern.format(nil, clock, c.Longs[row], zone))
	case types.KindTimestampNTZ:
		pattern, _ := parseTimePattern("yyyy-MM-dd'T'HH:mm:ss.SSS")
		return string(pattern.format(nil, c.Longs[row], c.Longs[row], time.UTC))
	case types.KindYearMonth:
		return string(values.AppendMonths(nil, c.Ints[row], c.Type))
	case types.KindDayTime:
		return string(values.AppendMicros(nil, c.Longs[row], c.Type))
	}
	return strconv.FormatInt(whole(c, row), 10)
}
