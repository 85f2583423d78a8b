package function

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/regex"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Regular expressions are those of Java; see package regex.
var patternFunctions = []Function{
	{
		Name: "rlike", Aliases: []string{"regexp", "regexp_like"}, Doc: "Whether a regular expression matches a part of the string.", Params: twoStrings, Result: types.Boolean,
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regex.Expression) error {
			matches, err := pattern.Match(args[0].String(row))
			out.Bools.Put(row, matches)
			return err
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
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regex.Expression) error {
			all, err := pattern.FindAll(args[0].String(row), 0)
			out.Ints[row] = int32(len(all))
			return err
		}),
	},
	{
		Name: "regexp_instr", Doc: "The position, from 1 in code points, of the first match; 0 if there is none.", Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.Int,
		Kernel: matching(func(out *vector.Column, args []*vector.Column, row int, pattern *regex.Expression) error {
			out.Ints[row] = 0
			found, err := pattern.Find(args[0].String(row))
			if found != nil {
				out.Ints[row] = int32(utf8.RuneCount(args[0].String(row)[:found[0]]) + 1)
			}
			return err
		}),
	},
	{
		Name: "regexp_substr", Doc: "The first match; null if there is none.", Params: twoStrings, Result: types.String,
		Kernel: matchingText(func(dst []byte, args []*vector.Column, row int, pattern *regex.Expression) ([]byte, error) {
			s := args[0].String(row)
			found, err := pattern.Find(s)
			if found == nil && err == nil {
				err = null
			}
			if err != nil {
				return nil, err
			}
			return append(dst, s[found[0]:found[1]]...), nil
		}),
	},
	{
		Name: "regexp_extract", Doc: "What group number n, 1 if not given and 0 for all, of the first match holds; the empty string if nothing matches.",
		Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.String,
		Kernel: matchingText(func(dst []byte, args []*vector.Column, row int, pattern *regex.Expression) ([]byte, error) {
			group, err := groupOf(args, row, pattern)
			if err != nil {
				return nil, err
			}
			s := args[0].String(row)
			found, err := pattern.Find(s)
			if found != nil && found[2*group] >= 0 {
				dst = append(dst, s[found[2*group]:found[2*group+1]]...)
			}
			return dst, err
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
	compiled *regex.Expression
}

func (p *patterns) get(text []byte) (*regex.Expression, error) {
	if p.compiled != nil && p.text == string(text) {
		return p.compiled, nil
	}
	compiled, err := regex.Compile(string(text))
	if err != nil {
		return nil, noValue("INVALID_PARAMETER_VALUE.PATTERN", fmt.Sprintf("%s: %v", p.name, err))
	}
	p.text, p.compiled = string(text), compiled
	return compiled, nil
}

func matching(f func(out *vector.Column, args []*vector.Column, row int, pattern *regex.Expression) error) func(bound.Call) (Kernel, error) {
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

func matchingText(f func(dst []byte, args []*vector.Column, row int, pattern *regex.Expression) ([]byte, error)) func(bound.Call) (Kernel, error) {
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

func groupOf(args []*vector.Column, row int, pattern *regex.Expression) (int, error) {
	group := int(given(args, 2, func(c *vector.Column) int32 { return c.Ints[row] }, 1))
	if group < 0 || group > pattern.Groups() {
		return 0, noValue("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", fmt.Sprintf("the pattern %s has %d groups, not %d", pattern, pattern.Groups(), group))
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
		s := args[0].String(row)
		all, err := pattern.FindAll(s, 0)
		if err != nil {
			return err
		}
		for _, found := range all {
			out.Children[0].AppendString(s[max(found[2*group], 0):max(found[2*group+1], 0)])
		}
		out.EndArray()
		return nil
	}), nil
}

func replaceAll(call bound.Call) (Kernel, error) {
	cache := &patterns{name: call.Function}
	var by *regex.Replacement
	var pattern *regex.Expression // for which by was read
	var text string
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		current, err := cache.get(args[1].String(row))
		if err != nil {
			return nil, err
		}
		s := args[0].String(row)
		from := runeOffset(s, int(given(args, 3, func(c *vector.Column) int32 { return c.Ints[row] }, 1))-1)
		dst = append(dst, s[:from]...)
		if current != pattern || string(args[2].String(row)) != text {
			text, pattern = string(args[2].String(row)), current
			if by, err = current.Replacement(text); err != nil {
				pattern = nil
				if matches, _ := current.Match(s[from:]); !matches {
					return append(dst, s[from:]...), nil
				}
				return nil, fault.Runtimef("INVALID_REGEXP_REPLACE", "%v, in %s", err, call)
			}
		}
		return pattern.AppendReplaced(dst, s[from:], by)
	}), nil
}

// likeKernel compares with a pattern of LIKE; the pattern last seen stays compiled.
func likeKernel(fold bool) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		var last string
		var matcher *regexp.Regexp
		return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			escape := given(args, 2, func(c *vector.Column) string { return string(c.String(row)) }, `\`)
			if text := escape + string(args[1].String(row)); matcher == nil || last != text {
				pattern, err := regex.Like(string(args[1].String(row)), escape, fold)
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
