package function

import (
	"fmt"
	"strings"

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

// failsFast reports whether the option mode wants malformed texts to fail the query.
func failsFast(options map[string]string) bool { return strings.EqualFold(options["mode"], "FAILFAST") }
