package function

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// jsonOptions are those of from_json, to_json and schema_of_json.
type jsonOptions struct {
	timeForm
	leniency
	malformed
	keepsNulls bool // writes fields that are null
	pretty     bool // writes lines
	ascii      bool // writes other characters as escapes
	jsonInference
}

// jsonOptionsOf returns what makes the options of a call.
func jsonOptionsOf(call bound.Call) (func(args []*vector.Column, row int) (*jsonOptions, error), error) {
	zone, err := zoneOf(call)
	return constantOptions(1, func(options map[string]string) (*jsonOptions, error) { return newJSONOptions(options, call.Of, zone) }), err
}

// newJSONOptions reads options, for texts that are written if of is a string. One that there
// is not changes nothing.
func newJSONOptions(options map[string]string, of types.Type, zone *time.Location) (*jsonOptions, error) {
	o := &jsonOptions{timeForm: timeForm{zone: zone}, leniency: leniency{singleQuotes: true, namedNumbers: true}}
	var err error
	if of.IsNested() {
		if o.malformed, err = newMalformed(options, of); err != nil {
			return nil, err
		}
	}
	for name, value := range options { //det:unordered each sets a field of its own
		_, err := o.timeForm.option(name, value)
		if flag := o.flag(name); flag != nil && err == nil {
			*flag, err = isTrue(name, value)
		} else if name == "ignorenullfields" {
			o.keepsNulls, err = isTrue(name, value)
			o.keepsNulls = !o.keepsNulls
		}
		if err != nil {
			return nil, err
		}
	}
	return o, nil
}

// flag is what an option that is true or false sets, nil for others.
func (o *jsonOptions) flag(name string) *bool {
	switch name {
	case "allowsinglequotes":
		return &o.singleQuotes
	case "allownonnumericnumbers":
		return &o.namedNumbers
	case "allownumericleadingzeros":
		return &o.leadingZeros
	case "allowunquotedfieldnames":
		return &o.bareNames
	case "allowcomments":
		return &o.comments
	case "allowbackslashescapinganycharacter":
		return &o.anyEscapes
	case "allowunquotedcontrolchars":
		return &o.controls
	case "pretty":
		return &o.pretty
	case "writenonasciicharacterascodepoint":
		return &o.ascii
	case "primitivesasstring":
		return &o.primitivesAsStrings
	case "prefersdecimal":
		return &o.prefersDecimal
	case "infertimestamp":
		return &o.timestamps
	case "dropfieldifallnull":
		return &o.dropsNulls
	}
	return nil
}
