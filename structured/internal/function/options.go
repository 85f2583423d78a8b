package function

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
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

// malformedOptions are what the options say about malformed texts: the column that gets
// them, and whether they fail the query.
func malformedOptions(options map[string]string) (corrupt string, failsFast bool, err error) {
	corrupt = "_corrupt_record"
	if name, ok := options["columnnameofcorruptrecord"]; ok {
		corrupt = name
	}
	mode, ok := options["mode"]
	if ok && !strings.EqualFold(mode, "PERMISSIVE") && !strings.EqualFold(mode, "FAILFAST") {
		err = fault.Runtimef("PARSE_MODE_UNSUPPORTED", "the mode of the function is PERMISSIVE or FAILFAST, not %s", mode)
	}
	return corrupt, strings.EqualFold(mode, "FAILFAST"), err
}

// corruptField is which field of a struct gets malformed texts, -1 if none does.
func corruptField(of types.Type, name string) (int, error) {
	for i, field := range of.Fields() {
		if field.Name != name {
			continue
		}
		if field.Type != types.String {
			return -1, fault.Runtimef("INVALID_CORRUPT_RECORD_TYPE", "column %s gets malformed texts, so it must be a string, not %s", name, field.Type)
		}
		return i, nil
	}
	return -1, nil
}
