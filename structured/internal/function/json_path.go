package function

import (
	"bytes"
	"encoding/json/jsontext"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// step is a part of a path: a name, a place, or all elements.
type step struct {
	name  string
	place int
	all   bool
	named bool
}

func parsePath(path string) (steps []step, ok bool) {
	rest, ok := strings.CutPrefix(path, "$")
	for ok && rest != "" {
		switch {
		case strings.HasPrefix(rest, "['"):
			end := strings.Index(rest, "']")
			if end < 0 {
				return nil, false
			}
			steps, rest = append(steps, step{name: rest[2:end], named: true}), rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, false
			}
			if rest[1:end] == "*" {
				steps = append(steps, step{all: true})
			} else {
				place, err := strconv.Atoi(rest[1:end])
				if err != nil || place < 0 {
					return nil, false
				}
				steps = append(steps, step{place: place})
			}
			rest = rest[end+1:]
		case rest[0] == '.':
			name := rest[1:]
			if end := strings.IndexAny(name, ".["); end >= 0 {
				name = name[:end]
			}
			if name == "" {
				return nil, false
			}
			steps, rest = append(steps, step{name: name, named: true}), rest[1+len(name):]
		default:
			return nil, false
		}
	}
	return steps, ok
}

// getJSON reads a constant path once.
func getJSON(call bound.Call) (Kernel, error) {
	path, constant := constantText(call.Args[1])
	steps, ok := parsePath(path)
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		if !constant {
			steps, ok = parsePath(string(args[1].String(row)))
		}
		value := jsontext.Value(args[0].String(row))
		if !ok || !value.IsValid(jsontext.AllowDuplicateNames(true)) {
			return nil, null
		}
		return appendFound(dst, follow(nil, value, steps))
	}), nil
}

// appendFound appends what a path has found: an array of several values.
func appendFound(dst []byte, found []jsontext.Value) ([]byte, error) {
	switch {
	case len(found) == 0:
		return nil, null
	case len(found) > 1:
		dst = append(dst, '[')
		for i, f := range found {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, compact(f)...)
		}
		return append(dst, ']'), nil
	}
	switch found[0].Kind() {
	case 'n':
		return nil, null
	case '"':
		return jsontext.AppendUnquote(dst, found[0])
	}
	return append(dst, compact(found[0])...), nil
}

func compact(value jsontext.Value) jsontext.Value {
	value = value.Clone()
	_ = value.Compact() // of a valid value, which does not fail
	return value
}

// follow appends the values to which a path leads from a value.
func follow(found []jsontext.Value, value jsontext.Value, steps []step) []jsontext.Value {
	if len(steps) == 0 {
		return append(found, bytes.TrimSpace(value))
	}
	s := steps[0]
	if s.named {
		members, _ := jsonMembers(value)
		for _, m := range members {
			if m.name == s.name {
				return follow(found, m.value, steps[1:])
			}
		}
		return found
	}
	elements, _ := jsonElements(value)
	for i, element := range elements {
		if s.all || i == s.place {
			found = follow(found, element, steps[1:])
		}
	}
	return found
}
