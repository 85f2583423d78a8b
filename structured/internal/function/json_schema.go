package function

import (
	"encoding/json/jsontext"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/types"
)

// bindSchemaOfJSON finds the type of a constant text.
func bindSchemaOfJSON(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, ok := constantText(args[0])
	if !ok {
		if isNull(args[0]) {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "schema_of_json: the text must not be null")
		}
		return nil, b.notConstant(args, 0)
	}
	value := jsontext.Value(strings.TrimSpace(text))
	of := types.Void
	if len(value) > 0 {
		if !value.IsValid(jsontext.AllowDuplicateNames(true)) {
			return nil, fault.Runtimef("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "schema_of_json: %q is no JSON", text)
		}
		of = typeOfJSON(value)
	}
	return bound.Literal{Value: ddl(of), Of: types.String}, nil
}

// typeOfJSON is the narrowest type of a valid value. The fields of an object are in the
// order of their names; null has a type of its own.
func typeOfJSON(value jsontext.Value) types.Type {
	switch value.Kind() {
	case '"':
		return types.String
	case 't', 'f':
		return types.Boolean
	case '0':
		return typeOfNumber(string(value))
	case '[':
		elements, _ := jsonElements(value)
		element := types.Void
		for _, e := range elements {
			element = widerJSON(element, typeOfJSON(e))
		}
		return types.Array(element)
	case '{':
		members, _ := jsonMembers(value)
		var fields []types.Field
		for _, m := range members {
			fields = append(fields, types.Nullable(m.name, typeOfJSON(m.value)))
		}
		return types.Struct(mergeFields(fields)...)
	}
	return types.Void
}

// typeOfNumber is bigint, a decimal for whole numbers that are larger, or double.
func typeOfNumber(text string) types.Type {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Bigint
	}
	if digits := len(strings.TrimPrefix(text, "-")); !strings.ContainsAny(text, ".eE") && digits <= 38 {
		return types.Decimal(digits, 0)
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
