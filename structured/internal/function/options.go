package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// optionsAt returns the options that a row has in argument i, a map: by names in small
// letters. There are none if there is no such argument.
func optionsAt(args []*vector.Column, i, row int) map[string]string {
	if i >= len(args) || args[i].Type.Kind() != types.KindMap || args[i].IsNull(row) {
		return nil
	}
	options := map[string]string{}
	entries := &args[i].Children[0]
	for at := int(args[i].Offsets[row]); at < int(args[i].Offsets[row+1]); at++ {
		options[strings.ToLower(fmt.Sprint(entries.Children[0].Value(at)))] = fmt.Sprint(entries.Children[1].Value(at))
	}
	return options
}

// constantOptions returns what reads the options in argument i, which are constant: those
// of the first row.
func constantOptions[T any](i int, read func(options map[string]string) (T, error)) func(args []*vector.Column, row int) (T, error) {
	var known *T
	return func(args []*vector.Column, row int) (T, error) {
		if known == nil {
			made, err := read(optionsAt(args, i, row))
			if err != nil {
				return made, err
			}
			known = &made
		}
		return *known, nil
	}
}

// readType checks the arguments of from_json and from_csv, a text, a type and maybe options,
// and returns the type.
func (b Binding) readType(args []bound.Expr) (of types.Type, err error) {
	if err := b.onlyStrings(args, 0); err != nil {
		return of, err
	}
	schema, ok := constantText(args[1])
	if !ok {
		return of, fault.Analysisf("INVALID_SCHEMA.NON_STRING_LITERAL", "%s: the type must be a constant string, not %s", b.Name, args[1])
	}
	if err := b.options(args, 2); err != nil {
		return of, err
	}
	if of, err = sql.ParseType(schema); err == nil {
		return of, nil
	}
	columns, err := sql.ParseSchema(schema)
	if err == nil {
		return types.Struct(columns.Fields...), nil
	}
	condition := "PARSE_SYNTAX_ERROR"
	if schema = strings.TrimSpace(schema); schema == "" {
		condition = "PARSE_EMPTY_STATEMENT"
	} else if !strings.ContainsAny(schema, " <(:,`") {
		condition = "UNSUPPORTED_DATATYPE"
	}
	return of, fault.Analysisf(condition, "%s: the type %q: %v", b.Name, schema, err)
}

// schemaArgs are the constant text of schema_of_json and schema_of_csv and its options.
func (b Binding) schemaArgs(args []bound.Expr) (text string, options map[string]string, err error) {
	if err := b.onlyStrings(args, 0); err != nil {
		return "", nil, err
	}
	if err := b.options(args, 1); err != nil {
		return "", nil, err
	}
	if isNull(args[0]) {
		return "", nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "%s: the text must not be null", b.Name)
	}
	text, ok := constantText(args[0])
	if !ok {
		return "", nil, b.notConstant(args, 0)
	}
	if len(args) > 1 {
		literal, ok := args[1].(bound.Literal)
		if !ok {
			return "", nil, b.notConstant(args, 1)
		}
		options = map[string]string{}
		for _, entry := range literal.Value.([]any) {
			pair := entry.([]any)
			options[strings.ToLower(fmt.Sprint(pair[0]))] = fmt.Sprint(pair[1])
		}
	}
	return text, options, nil
}

// onlyStrings returns an error if argument i is neither a string nor null. Nothing is made a
// string of for the functions of texts.
func (b Binding) onlyStrings(args []bound.Expr, i int) error {
	if t := args[i].Type(); t.Kind() != types.KindString && t != types.Void {
		return b.Mismatch(args, i, "string")
	}
	args[i] = b.To(args[i], types.String)
	return nil
}

// options returns an error if there is an argument i that is no map of strings.
func (b Binding) options(args []bound.Expr, i int) error {
	if i >= len(args) {
		return nil
	}
	switch t := args[i].Type(); {
	case t.Kind() != types.KindMap:
		return fault.Analysisf("INVALID_OPTIONS.NON_MAP_FUNCTION", "%s: options come as map('name', 'value', …), not as %s", b.Name, args[i])
	case t.Key() != types.String || t.Value() != types.String:
		return fault.Analysisf("INVALID_OPTIONS.NON_STRING_TYPE", "%s: the names and values of options are strings, not %s", b.Name, t)
	}
	return nil
}

// isTrue is the value of an option that is true or false.
func isTrue(name, value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fault.Runtimef("", "the option %s is true or false, not %q", name, value)
}

// malformed is what is done with texts that are not of a type.
type malformed struct {
	corrupt   int // the field that gets them; -1: none
	failsFast bool
}

// newMalformed reads options for a type. A mode that there is not stands for the usual one.
func newMalformed(options map[string]string, of types.Type) (m malformed, err error) {
	m.failsFast = strings.EqualFold(options["mode"], "FAILFAST")
	if strings.EqualFold(options["mode"], "DROPMALFORMED") {
		return m, fault.Runtimef("PARSE_MODE_UNSUPPORTED", "the mode of the function is PERMISSIVE or FAILFAST, not DROPMALFORMED")
	}
	name, ok := options["columnnameofcorruptrecord"]
	if !ok {
		name = "_corrupt_record"
	}
	fields := of.Fields()
	m.corrupt = slices.IndexFunc(fields, func(field types.Field) bool { return field.Name == name })
	if m.corrupt >= 0 && fields[m.corrupt].Type != types.String {
		err = fault.Runtimef("INVALID_CORRUPT_RECORD_TYPE", "column %s gets malformed texts, so it must be a string, not %s", name, fields[m.corrupt].Type)
	}
	return m, err
}
