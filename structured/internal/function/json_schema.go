package function

import (
	"encoding/json/jsontext"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// jsonInference is how types are found.
type jsonInference struct {
	primitivesAsStrings bool
	prefersDecimal      bool // for fractions
	timestamps          bool // in strings
	dropsNulls          bool // fields without any value
}

// bindSchemaOfJSON finds the type of a constant text.
func bindSchemaOfJSON(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, options, err := b.schemaArgs(args)
	if err != nil {
		return nil, err
	}
	zone, err := calendar.Zone(b.Zone)
	if err != nil {
		return nil, err
	}
	o, err := newJSONOptions(options, types.String, zone)
	if err != nil {
		return nil, err
	}
	of := types.Void
	if text = strings.TrimSpace(text); text != "" {
		value := o.first([]byte(text))
		if value == nil {
			return nil, fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "schema_of_json: %q is no JSON", text)
		}
		of = o.typeOf(value)
	}
	return bound.Literal{Value: ddl(o.canonicalRoot(of)), Of: types.String}, nil
}

// canonicalRoot is the type of a whole text without fields that have no name or no type.
func (o *jsonOptions) canonicalRoot(of types.Type) types.Type {
	switch canonical, ok := o.canonical(of); {
	case ok:
		return canonical
	case of.Kind() == types.KindStruct:
		return types.Struct()
	case of.Kind() == types.KindArray && of.Element().Kind() == types.KindStruct:
		return types.Array(types.Struct())
	}
	return types.String
}

func (o *jsonOptions) canonical(of types.Type) (canonical types.Type, ok bool) {
	switch of.Kind() {
	case types.KindArray:
		element, ok := o.canonical(of.Element())
		return types.Array(element), ok
	case types.KindStruct:
		var fields []types.Field
		for _, f := range of.Fields() {
			if t, ok := o.canonical(f.Type); ok && f.Name != "" {
				fields = append(fields, types.Nullable(f.Name, t))
			}
		}
		return types.Struct(fields...), len(fields) > 0
	case types.KindVoid:
		return types.String, !o.dropsNulls
	}
	return of, true
}

// typeOf is the narrowest type of a valid value. The fields of an object are in the
// order of their names; null has a type of its own.
func (o *jsonOptions) typeOf(value jsontext.Value) types.Type {
	switch value.Kind() {
	case '"':
		return o.typeOfText(value)
	case 't', 'f':
		if o.primitivesAsStrings {
			return types.String
		}
		return types.Boolean
	case '0':
		if o.primitivesAsStrings {
			return types.String
		}
		return o.typeOfNumber(string(value))
	case '[':
		elements, _ := jsonElements(value)
		element := types.Void
		for _, e := range elements {
			element = widerJSON(element, o.typeOf(e))
		}
		return types.Array(element)
	case '{':
		members, _ := jsonMembers(value)
		var fields []types.Field
		for _, m := range members {
			fields = append(fields, types.Nullable(m.name, o.typeOf(m.value)))
		}
		slices.SortStableFunc(fields, func(a, b types.Field) int { return strings.Compare(a.Name, b.Name) })
		return types.Struct(fields...)
	}
	return types.Void
}

func (o *jsonOptions) typeOfText(value jsontext.Value) types.Type {
	if o.timestamps {
		text, err := jsontext.AppendUnquote(nil, value)
		if instant := vector.NewColumn(types.Timestamp); err == nil && o.readScalar(&instant, text) {
			return types.Timestamp
		}
	}
	return types.String
}

// typeOfNumber is bigint, a decimal for whole numbers that are larger, or double; a decimal
// for fractions if that is preferred.
func (o *jsonOptions) typeOfNumber(text string) types.Type {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Bigint
	}
	if digits := len(strings.TrimPrefix(text, "-")); !strings.ContainsAny(text, ".eE") && digits <= 38 {
		return types.Decimal(digits, 0)
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if scale := len(fraction); o.prefersDecimal && scale > 0 && !strings.ContainsAny(fraction, "eE") {
		if digits := len(strings.TrimLeft(whole+fraction, "0")); max(digits, scale) <= 38 {
			return types.Decimal(max(digits, scale), scale)
		}
	}
	return types.Double
}

// widerJSON is the type of values of two types: string if they have nothing in common.
func widerJSON(a, b types.Type) types.Type {
	switch {
	case a == b || b == types.Void:
		return a
	case a == types.Void:
		return b
	case a.Kind() == types.KindArray && b.Kind() == types.KindArray:
		return types.Array(widerJSON(a.Element(), b.Element()))
	case a.Kind() == types.KindStruct && b.Kind() == types.KindStruct:
		return types.Struct(mergeFields(slices.Concat(a.Fields(), b.Fields()))...)
	case a.IsNumeric() && b.IsNumeric():
		if common, ok := coerce.Common(a, b); ok {
			return common
		}
	}
	return types.String
}

// mergeFields sorts fields by name and puts those of one name together.
func mergeFields(fields []types.Field) []types.Field {
	slices.SortStableFunc(fields, func(a, b types.Field) int { return strings.Compare(a.Name, b.Name) })
	var once []types.Field
	for _, f := range fields {
		if last := len(once) - 1; last >= 0 && once[last].Name == f.Name {
			once[last].Type = widerJSON(once[last].Type, f.Type)
		} else {
			once = append(once, f)
		}
	}
	return once
}

// ddl is a type as a statement declares it, with string for null.
func ddl(t types.Type) string {
	switch t.Kind() {
	case types.KindVoid:
		return "STRING"
	case types.KindArray:
		return "ARRAY<" + ddl(t.Element()) + ">"
	case types.KindStruct:
		var fields []string
		for _, f := range t.Fields() {
			name := f.Name
			if !plainName.MatchString(name) {
				name = "`" + strings.ReplaceAll(name, "`", "``") + "`"
			}
			fields = append(fields, name+": "+ddl(f.Type))
		}
		return "STRUCT<" + strings.Join(fields, ", ") + ">"
	}
	return strings.ToUpper(t.String())
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
