package function

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var csvFunctions = []Function{
	{Name: "from_csv", Doc: "The fields of a line of separated values as a struct of the columns that a constant names, such as 'a INT, b STRING'. A field that is malformed, empty or missing is null; with the option mode of FAILFAST a malformed line fails the query. A column _corrupt_record, or of the name in the option columnNameOfCorruptRecord, is the line if it is malformed. Options in a map: sep, quote, escape, charToEscapeQuoteEscaping, comment, unescapedQuoteHandling, nullValue, emptyValue, nanValue, positiveInf, negativeInf, ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace, maxColumns, maxCharsPerColumn, dateFormat, timestampFormat, timestampNTZFormat, timeZone. Others change nothing.", Least: 2, Most: 3, Known: []int{1}, Bind: bindFromCSV, Kernel: fromCSV},
	{Name: "to_csv", Doc: "A struct as a line of separated values; what is nested is written as a conversion to a string would. Options in a map: sep, quote, quoteAll, escape, escapeQuotes, charToEscapeQuoteEscaping, comment, nullValue, emptyValue, ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace, dateFormat, timestampFormat, timestampNTZFormat, timeZone.", Least: 1, Most: 2, Bind: bindToCSV, Kernel: toCSV},
	{Name: "schema_of_csv", Doc: "The columns, _c0 and on, of a constant line of separated values, as from_csv takes them, with its options.", Least: 1, Most: 2, Known: []int{0, 1}, Bind: bindSchemaOfCSV},
}

// csvFormat is how values are separated and written.
type csvFormat struct {
	csvShape
	null, empty   string // what stands for null, and for an empty string
	quotesAll     bool
	quotesNothing bool // writes quotes within values as they are
	trimsLeft     bool
	trimsRight    bool
	infinite      [2]string // positive and negative
	nan           string
	timeForm
	malformed
}

// newCSVFormat reads options for lines of a type in a zone, which are written if that is a
// string. An option that there is not changes nothing.
func newCSVFormat(options map[string]string, of types.Type, zone *time.Location) (*csvFormat, error) {
	f := &csvFormat{
		csvShape: csvShape{separator: ",", quote: '"', escape: '\\', comment: 0, most: 20480, longest: -1},
		infinite: [2]string{"Inf", "-Inf"}, nan: "NaN", timeForm: timeForm{zone: zone},
	}
	if of == types.String {
		f.trimsLeft, f.trimsRight, f.empty, f.comment = true, true, `""`, '#'
	}
	var err error
	if f.malformed, err = newMalformed(options, of); err != nil {
		return nil, err
	}
	for name, value := range options { //det:unordered each sets a field of its own
		if err := f.option(name, value); err != nil {
			return nil, err
		}
	}
	if _, ok := options["chartoescapequoteescaping"]; !ok && f.escape != f.quote {
		f.escapeOfEscape = f.escape
	}
	return f, nil
}

func (f *csvFormat) option(name, value string) (err error) {
	switch name {
	case "sep", "delimiter":
		if f.separator = strings.ReplaceAll(value, `\t`, "\t"); value == "" {
			err = fault.Runtimef("INVALID_DELIMITER_VALUE.EMPTY_STRING", "the option sep is empty")
		}
	case "quote":
		f.quote, err = oneByte(name, value)
	case "escape":
		f.escape, err = oneByte(name, value)
	case "chartoescapequoteescaping":
		f.escapeOfEscape, err = oneByte(name, value)
	case "comment":
		f.comment, err = oneByte(name, value)
	case "unescapedquotehandling":
		f.unescaped = strings.ToUpper(value)
	case "nullvalue":
		f.null = value
	case "emptyvalue":
		f.empty = value
	case "nanvalue":
		f.nan = value
	case "positiveinf":
		f.infinite[0] = value
	case "negativeinf":
		f.infinite[1] = value
	case "quoteall":
		f.quotesAll, err = isTrue(name, value)
	case "escapequotes":
		f.quotesNothing, err = isTrue(name, value)
		f.quotesNothing = !f.quotesNothing
	case "ignoreleadingwhitespace":
		f.trimsLeft, err = isTrue(name, value)
	case "ignoretrailingwhitespace":
		f.trimsRight, err = isTrue(name, value)
	case "maxcolumns":
		f.most, err = wholeOption(name, value)
	case "maxcharspercolumn":
		f.longest, err = wholeOption(name, value)
	default:
		_, err = f.timeForm.option(name, value)
	}
	return err
}

// oneByte is an option that is a character of ASCII; 0 if it is empty.
func oneByte(name, value string) (byte, error) {
	switch {
	case value == "":
		return 0, nil
	case len(value) > 1:
		return 0, fault.Runtimef("", "the option %s is one character of ASCII, not %q", name, value)
	}
	return value[0], nil
}

func wholeOption(name, value string) (int, error) {
	number, err := strconv.Atoi(value)
	if err != nil {
		return 0, fault.Runtimef("", "the option %s is a whole number, not %q", name, value)
	}
	return number, nil
}

func bindFromCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	of, err := b.readType(args)
	if err != nil {
		return nil, err
	}
	if of.Kind() != types.KindStruct {
		return nil, fault.Analysisf("INVALID_SCHEMA.NON_STRUCT_TYPE", "from_csv: %s is no list of columns", of)
	}
	for _, field := range of.Fields() {
		if field.Type.IsNested() {
			return nil, fault.Analysisf("UNSUPPORTED_DATATYPE", "from_csv: field %s is of type %s, which no separated value is", field.Name, field.Type)
		}
	}
	return b.zoned("from_csv", of, append(args[:1:1], args[2:]...)...), nil
}

func bindToCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	if t := args[0].Type(); t.Kind() != types.KindStruct && t != types.Void {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "to_csv takes a struct, not %s", t)
	}
	return b.zoned("to_csv", types.String, args...), b.options(args, 1)
}

// bindSchemaOfCSV tries narrow types before wider ones.
func bindSchemaOfCSV(b Binding, args []bound.Expr) (bound.Expr, error) {
	text, options, err := b.schemaArgs(args)
	if err != nil {
		return nil, err
	}
	zone, err := calendar.Zone(b.Zone)
	if err != nil {
		return nil, err
	}
	format, err := newCSVFormat(options, types.Struct(), zone)
	if err != nil {
		return nil, err
	}
	fields, err := format.split(text)
	if err != nil {
		return nil, err
	}
	var columns []string
	for i, field := range fields {
		columns = append(columns, fmt.Sprintf("_c%d: %s", i, ddl(format.typeOf(field))))
	}
	return bound.Literal{Value: "STRUCT<" + strings.Join(columns, ", ") + ">", Of: types.String}, nil
}

var (
	isoDate   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	longWhole = regexp.MustCompile(`^[+-]?(\d{19,38})$`)
)

// typeOf is the narrowest type of a field.
func (f *csvFormat) typeOf(field csvField) types.Type {
	if f.isNull(field) {
		return types.Void
	}
	for _, t := range []types.Type{types.Int, types.Bigint, types.Double, types.Boolean, types.Date, types.Timestamp} {
		if t == types.Date && f.date == nil && !isoDate.MatchString(field.text) {
			continue
		}
		if digits := longWhole.FindStringSubmatch(field.text); t == types.Double && digits != nil {
			return types.Decimal(len(digits[1]), 0)
		}
		if value := vector.NewColumn(t); f.append(&value, field) {
			return t
		}
	}
	return types.String
}
