package function

import (
	"bytes"
	"encoding/json/jsontext"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	values "github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// step is a part of a path: a member of an object or an element of an array, by name or
// place, or all elements.
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
			if end <= len("['") {
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
		value := (leniency{singleQuotes: true}).first(args[0].String(row))
		if !ok || value == nil {
			return nil, null
		}
		found := follow(value, steps, rawStyle)
		if len(found) == 0 {
			return nil, null
		}
		return append(dst, found[0]...), nil
	}), nil
}

// pathStyle is how what a path finds is written: strings without their quotes, with
// them, or with them and the elements of arrays instead of the arrays.
type pathStyle int

const (
	rawStyle pathStyle = iota
	quotedStyle
	flatStyle
)

// follow returns the texts of what a path leads to from a value, in the style of Hive,
// which Spark keeps: of several matches of [*] an array, of one the match itself.
func follow(value jsontext.Value, steps []step, style pathStyle) [][]byte {
	kind := value.Kind()
	if len(steps) == 0 {
		switch {
		case kind == '"' && style == rawStyle:
			text, _ := jsontext.AppendUnquote(nil, value)
			return [][]byte{text}
		case kind == '[' && style == flatStyle:
			found, _ := followAll(value, nil, flatStyle)
			return found
		}
		return [][]byte{appendRewritten(nil, value)}
	}
	switch s := steps[0]; {
	case s.named && kind == '{':
		return followName(value, s, steps[1:], style)
	case s.named || kind != '[':
		return nil
	case !s.all:
		if len(steps) > 1 && steps[1].all && !steps[1].named {
			style = quotedStyle
		}
		elements, _ := jsonElements(value)
		if s.place >= len(elements) {
			return nil
		}
		return follow(elements[s.place], steps[1:], style)
	case len(steps) > 1 && steps[1].all && !steps[1].named:
		return inBrackets(followAll(value, steps[2:], flatStyle))
	case style == quotedStyle:
		return inBrackets(followAll(value, steps[1:], style))
	}
	inner, matching := followAll(value, steps[1:], max(style, quotedStyle))
	switch matching {
	case 0:
		return nil
	case 1:
		return [][]byte{bytes.Join(inner, []byte{','})}
	}
	return inBrackets(inner, matching)
}

// followName takes the first member of the name that leads to something.
func followName(value jsontext.Value, s step, steps []step, style pathStyle) [][]byte {
	members, _ := jsonMembers(value)
	for _, m := range members {
		if m.name != s.name || m.value.Kind() == 'n' {
			continue
		}
		if found := follow(m.value, steps, style); len(found) > 0 {
			return found
		}
	}
	return nil
}

// followAll goes on from each element and returns how many lead to something.
func followAll(value jsontext.Value, steps []step, style pathStyle) (found [][]byte, matching int) {
	elements, _ := jsonElements(value)
	for _, element := range elements {
		of := follow(element, steps, style)
		if found = append(found, of...); len(of) > 0 {
			matching++
		}
	}
	return found, matching
}

func inBrackets(found [][]byte, matching int) [][]byte {
	if matching == 0 {
		return nil
	}
	text := append([]byte{'['}, bytes.Join(found, []byte{','})...)
	return [][]byte{append(text, ']')}
}

// appendRewritten writes a value without spaces, and with its strings and fractions in
// one form.
func appendRewritten(dst []byte, value jsontext.Value) []byte {
	switch value.Kind() {
	case '{':
		members, _ := jsonMembers(value)
		dst = append(dst, '{')
		first := true
		for _, m := range members {
			dst = appendRewritten(appendName(dst, m.name, &first), m.value)
		}
		return append(dst, '}')
	case '[':
		elements, _ := jsonElements(value)
		dst = append(dst, '[')
		for i, element := range elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendRewritten(dst, element)
		}
		return append(dst, ']')
	case '"':
		text, _ := jsontext.AppendUnquote(nil, value)
		return quoted(dst, string(text))
	case '0':
		if bytes.ContainsAny(value, ".eE") {
			number, _ := strconv.ParseFloat(string(value), 64)
			return values.AppendDouble(dst, number)
		}
	}
	return append(dst, value...)
}
