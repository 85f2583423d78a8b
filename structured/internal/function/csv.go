package function

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var csvFunctions = []Function{
	{Name: "from_csv", Doc: "The fields of a line of separated values as a struct of the columns that a constant names, such as 'a INT, b STRING'. A field that is malformed, empty or missing is null; with the option mode of FAILFAST a malformed line fails the query. A column _corrupt_record, or of the name in the option columnNameOfCorruptRecord, is the line if it is malformed. Options in a map: sep, nullValue, dateFormat, timestampFormat.", Least: 2, Most: 3, Bind: bindFromCSV, Kernel: fromCSV},
	{Name: "to_csv", Doc: "A struct as a line of separated values; what is nested is written as a conversion to a string would. Options in a map: sep, nullValue, dateFormat, timestampFormat.", Least: 1, Most: 2, Bind: bindToCSV, Kernel: toCSV},
	{Name: "schema_of_csv", Doc: "The columns, _c0 and on, of a constant line of separated values, as from_csv takes them.", Least: 1, Most: 2, Bind: bindSchemaOfCSV},
}

// csvFormat is how values are separated and written.
type csvFormat struct {
	separator, null string
	timeForm
	malformed
}

// newCSVFormat reads options for lines of a type in a zone. The error names one that there
// is not.
func newCSVFormat(options map[string]string, of types.Type, zone *time.Location) (*csvFormat, error) {
	f := &csvFormat{separator: ",", timeForm: timeForm{zone: zone}}
	var err error
	if f.malformed, err = newMalformed(options, of); err != nil {
		return nil, err
	}
	for name, value := range options { //det:unordered each sets a field of its own
		switch name {
		case "sep", "delimiter":
			if f.separator = value; value == "" {
				err = fault.Runtimef("INVALID_DELIMITER_VALUE.EMPTY_STRING", "the option sep is empty")
			}
		case "nullvalue":
			f.null = value
		case "mode", "columnnameofcorruptrecord":
		default:
			known := false
			if known, err = f.timeForm.option(name, value); !known {
				err = fault.Runtimef("INVALID_OPTIONS", "there is no option %q of separated values; there are sep, nullValue, dateFormat, timestampFormat, timeZone, mode and columnNameOfCorruptRecord", name)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

func bindFromCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, err := b.Arg(args, 0, types.String)
	if err != nil {
		return nil, err
	}
	schema, ok := constantText(args[1])
	if !ok {
		return nil, fault.Analysisf("INVALID_SCHEMA.NON_STRING_LITERAL", "from_csv: the columns must be a constant string, not %s", args[1])
	}
	of, err := typeOf(schema)
	if err != nil {
		return nil, err
	}
	if of.Kind() != types.KindStruct {
		return nil, fault.Analysisf("INVALID_SCHEMA.NON_STRUCT_TYPE", "from_csv: %q is no list of columns", schema)
	}
	for _, field := range of.Fields() {
		if field.Type.IsNested() {
			return nil, fault.Analysisf("UNSUPPORTED_DATATYPE", "from_csv: field %s is of type %s, which no separated value is", field.Name, field.Type)
		}
	}
	call := b.zoned("from_csv", of, text)
	call.Args = append(call.Args, args[2:]...)
	return call, nil
}

func bindToCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	if args[0].Type().Kind() != types.KindStruct {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "to_csv takes a struct, not %s", args[0].Type())
	}
	return b.zoned("to_csv", types.String, args...), nil
}

// bindSchemaOfCSV tries narrow types before wider ones.
func bindSchemaOfCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, ok := constantText(args[0])
	if !ok {
		return nil, b.notConstant(args, 0)
	}
	var columns []string
	for i, field := range splitCSV(text, ",") {
		columns = append(columns, fmt.Sprintf("_c%d: %s", i, ddl(typeOfField(field))))
	}
	return bound.Literal{Value: "STRUCT<" + strings.Join(columns, ", ") + ">", Of: types.String}, nil
}

func typeOfField(field csvField) types.Type {
	if field.text == "" {
		return types.Void
	}
	for _, t := range []types.Type{types.Int, types.Bigint, types.Double, types.Boolean, types.Date, types.Timestamp} {
		if t == types.Date && strings.Contains(field.text, ":") {
			continue // a date could be read of it
		}
		value := vector.NewColumn(t)
		if field.append(&value, &csvFormat{timeForm: timeForm{zone: time.UTC}}) {
			return t
		}
	}
	return types.String
}

// csvField is a field of a line.
type csvField struct {
	text   string
	quoted bool
}

// splitCSV splits a line. A field in quotes may have the separator in it, and behind a
// backslash a quote; one that goes on behind its closing quote is taken as it stands.
func splitCSV(line, separator string) (fields []csvField) {
	for {
		field, rest, quoted := cutQuoted(line, separator)
		more := quoted && rest != ""
		if !quoted {
			field.text, rest, more = strings.Cut(line, separator)
		}
		fields = append(fields, field)
		if !more {
			return fields
		}
		if line = rest; quoted {
			line = rest[len(separator):]
		}
	}
}

// cutQuoted takes a quoted field from a line; rest begins with the separator or is empty.
func cutQuoted(line, separator string) (field csvField, rest string, ok bool) {
	if !strings.HasPrefix(line, `"`) {
		return field, line, false
	}
	var text strings.Builder
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '"':
			i++
			text.WriteByte('"')
		case line[i] == '"':
			rest = line[i+1:]
			return csvField{text.String(), true}, rest, rest == "" || strings.HasPrefix(rest, separator)
		default:
			text.WriteByte(line[i])
		}
	}
	return csvField{text.String(), true}, "", true // the quote is not closed
}
