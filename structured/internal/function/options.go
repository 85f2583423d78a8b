package function

import (
	"fmt"
	"slices"
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

// malformed is what is done with texts that are not of a type.
type malformed struct {
	corrupt   int // the field that gets them; -1: none
	failsFast bool
}

func newMalformed(options map[string]string, of types.Type) (m malformed, err error) {
	mode, ok := options["mode"]
	m.failsFast = strings.EqualFold(mode, "FAILFAST")
	if ok && !m.failsFast && !strings.EqualFold(mode, "PERMISSIVE") {
		return m, fault.Runtimef("PARSE_MODE_UNSUPPORTED", "the mode of the function is PERMISSIVE or FAILFAST, not %s", mode)
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
