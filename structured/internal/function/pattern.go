package function

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Regular expressions are those of Go's package regexp: no back references and no
// looking ahead or behind, but time linear in the length of the string.
var patternFunctions = []Function{
	{
		Name: "rlike", Aliases: []string{"regexp", "regexp_like"}, Doc: "Whether a regular expression matches a part of the string.", Params: twoStrings, Result: types.Boolean,
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regexp.Regexp) error {
			out.Bools.Put(row, pattern.Match(args[0].String(row)))
			return nil
		}),
	},
	{
		Name: "ilike", Doc: "LIKE without regard to case; the third argument is the escape character, \\ if not given.", Params: []types.Type{types.String, types.String, types.String}, Optional: 1, Result: types.Boolean,
		Kernel: likeKernel(true),
	},
	{
		Name: "like_escape", Doc: "LIKE with an escape character of one's own.", Params: []types.Type{types.String, types.String, types.String}, Result: types.Boolean,
		Kernel: likeKernel(false),
	},
	{
		Name: "regexp_count", Doc: "How often a regular expression matches.", Params: twoStrings, Result: types.Int,
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regexp.Regexp) error {
			out.Ints[row] = int32(len(pattern.FindAllIndex(args[0].String(row), -1)))
			return nil
		}),
	},
	{
		Name: "regexp_instr", Doc: "The position, from 1 in code points, of the first match; 0 if there is none.", Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.Int,
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regexp.Regexp) error {
			out.Ints[row] = 0
			if at := pattern.FindIndex(args[0].String(row)); at != nil {
				out.Ints[row] = int32(utf8.RuneCount(args[0].String(row)[:at[0]]) + 1)
			}
			return nil
		}),
	},
	{
		Name: "regexp_substr", Doc: "The first match; null if there is none.", Params: twoStrings, Result: types.String,
		Kernel: matchingText(func(dst []byte, args []*vector.Column, row int, pattern *regexp.Regexp) ([]byte, error) {
			found := pattern.Find(args[0].String(row))
			if found == nil {
				return nil, null
			}
			return append(dst, found...), nil
		}),
	},
	{
		Name: "regexp_extract", Doc: "What group number n, 1 if not given and 0 for all, of the first match holds; the empty string if nothing matches.",
		Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.String,
		Kernel: matchingText(func(dst []byte, args []*vector.Column, row int, pattern *regexp.Regexp) ([]byte, error) {
			group, err := groupOf(args, row, pattern)
			if err != nil {
				return nil, err
			}
			if found := pattern.FindSubmatch(args[0].String(row)); found != nil {
				dst = append(dst, found[group]...)
			}
			return dst, nil
		}),
	},
	{
		Name: "regexp_extract_all", Doc: "What group number n, 1 if not given, of each match holds.",
		Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.Array(types.String), Kernel: extractAll,
	},
	{
		Name: "regexp_replace", Doc: "The string with each match, from a position on if one is given, replaced by the third argument, in which $1 is the first group.",
		Params: []types.Type{types.String, types.String, types.String, types.Int}, Optional: 1, Result: types.String, Kernel: replaceAll,
	},
}

// patterns keeps the regular expression that was compiled last.
type patterns struct {
	name     bound.Function
	text     string
	compiled *regexp.Regexp
}

func (p *patterns) get(text []byte) (*regexp.Regexp, error) {
	if p.compiled != nil && p.text == string(text) {
		return p.compiled, nil
	}
	compiled, err := regexp.Compile(string(text))
	if err != nil {
		return nil, noValue("INVALID_PARAMETER_VALUE.PATTERN", fmt.Sprintf("%s: the pattern %q: %v", p.name, text, err))
	}
	p.text, p.compiled = string(text), compiled
	return compiled, nil
}

func matching(f func(out *vector.Column, args []*vector.Column, row int, pattern *regexp.Regexp) error) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		cache := &patterns{name: call.Function}
		return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			pattern, err := cache.get(args[1].String(row))
			if err != nil {
				return err
			}
			return f(out, args, row, pattern)
		}), nil
	}
}

func matchingText(f func(dst []byte, args []*vector.Column, row int, pattern *regexp.Regexp) ([]byte, error)) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		cache := &patterns{name: call.Function}
		return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			pattern, err := cache.get(args[1].String(row))
			if err != nil {
				return nil, err
			}
			return f(dst, args, row, pattern)
		}), nil
	}
}

func groupOf(args []*vector.Column, row int, pattern *regexp.Regexp) (int, error) {
	group := int(given(args, 2, func(c *vector.Column) int32 { return c.Ints[row] }, 1))
	if group < 0 || group > pattern.NumSubexp() {
		return 0, noValue("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", fmt.Sprintf("the pattern %s has %d groups, not %d", pattern, pattern.NumSubexp(), group))
	}
	return group, nil
}

func extractAll(call bound.Call) (Kernel, error) {
	cache := &patterns{name: call.Function}
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		pattern, err := cache.get(args[1].String(row))
		if err != nil {
			return err
		}
		group, err := groupOf(args, row, pattern)
		if err != nil {
			return err
		}
		for _, found := range pattern.FindAllSubmatch(args[0].String(row), -1) {
			out.Children[0].AppendString(found[group])
		}
		out.EndArray()
		return nil
	}), nil
}

func replaceAll(call bound.Call) (Kernel, error) {
	cache := &patterns{name: call.Function}
	var template string // of Go, for the replacement text
	var of string
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		pattern, err := cache.get(args[1].String(row))
		if err != nil {
			return nil, err
		}
		if text := args[2].String(row); of != string(text) || template == "" {
			of, template = string(text), goTemplate(string(text))
		}
		s := args[0].String(row)
		from := runeOffset(s, int(given(args, 3, func(c *vector.Column) int32 { return c.Ints[row] }, 1))-1)
		dst = append(dst, s[:from]...)
		return append(dst, pattern.ReplaceAll(s[from:], []byte(template))...), nil
	}), nil
}

// goTemplate writes a replacement of Java's, with $1, ${name} and \ before what stands
// for itself, as one of Go's.
func goTemplate(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			if text[i] == '$' {
				out.WriteByte('$')
			}
			out.WriteByte(text[i])
		case c == '$' && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9':
			i++
			out.WriteString("${" + text[i:i+1] + "}")
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// likeKernel compares with a pattern of LIKE; the pattern last seen stays compiled.
func likeKernel(fold bool) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		var last string
		var matcher *regexp.Regexp
		return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			escape := given(args, 2, func(c *vector.Column) string { return string(c.String(row)) }, `\`)
			if text := escape + string(args[1].String(row)); matcher == nil || last != text {
				pattern, err := Like(string(args[1].String(row)), escape, fold)
				if err != nil {
					return err
				}
				last, matcher = text, pattern
			}
			out.Bools.Put(row, matcher.Match(args[0].String(row)))
			return nil
		}), nil
	}
}

// Like compiles a pattern of LIKE, in which % is any string, _ any character, and the
// escape character takes the meaning from what follows.
func Like(pattern, escape string, fold bool) (*regexp.Regexp, error) {
	var out strings.Builder
	out.WriteString(`(?s`)
	if fold {
		out.WriteByte('i')
	}
	out.WriteString(`)\A`)
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && string(r) == escape:
			escaped = true
			continue
		case escaped && r != '%' && r != '_' && string(r) != escape:
			return nil, noValue("INVALID_FORMAT.ESC_IN_THE_MIDDLE", fmt.Sprintf("the pattern %q escapes %q, which needs none", pattern, r))
		case escaped || r != '%' && r != '_':
			out.WriteString(regexp.QuoteMeta(string(r)))
		case r == '%':
			out.WriteString(".*")
		default:
			out.WriteString(".")
		}
		escaped = false
	}
	if escaped {
		return nil, noValue("INVALID_FORMAT.ESC_AT_THE_END", fmt.Sprintf("the pattern %q ends in its escape character", pattern))
	}
	out.WriteString(`\z`)
	return regexp.Compile(out.String())
}
