package function

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// jsonOptions are those of from_json and to_json.
type jsonOptions struct {
	timeForm
	leniency
	malformed
	keepsNulls bool // writes fields that are null
}

// jsonOptionsOf returns what makes the options of a call.
func jsonOptionsOf(call bound.Call) (func(args []*vector.Column, row int) (*jsonOptions, error), error) {
	zone, err := zoneOf(call)
	return constantOptions(1, func(options map[string]string) (*jsonOptions, error) { return newJSONOptions(options, call.Of, zone) }), err
}

func newJSONOptions(options map[string]string, of types.Type, zone *time.Location) (*jsonOptions, error) {
	o := &jsonOptions{timeForm: timeForm{zone: zone}, leniency: leniency{singleQuotes: true, namedNumbers: true}}
	var err error
	if o.malformed, err = newMalformed(options, of); err != nil {
		return nil, err
	}
	for name, value := range options { //det:unordered each sets a field of its own
		isTrue := value == "true"
		switch name {
		case "allowsinglequotes":
			o.singleQuotes = isTrue
		case "allownonnumericnumbers":
			o.namedNumbers = isTrue
		case "allowunquotedfieldnames":
			o.bareNames = isTrue
		case "allowcomments":
			o.comments = isTrue
		case "ignorenullfields":
			o.keepsNulls = !isTrue
		default:
			if _, err := o.timeForm.option(name, value); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}
