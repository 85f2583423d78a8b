package function

import (
	"bytes"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var twoStrings = []types.Type{types.String, types.String}

var searchFunctions = []Function{
	predicate("contains", "Whether the second string occurs in the first.", bytes.Contains),
	predicate("startswith", "Whether the first string begins with the second.", bytes.HasPrefix),
	predicate("endswith", "Whether the first string ends with the second.", bytes.HasSuffix),
	{
		Name: "instr", Doc: "The position, counted from 1 in code points, at which the second string first occurs in the first; 0 if it does not.", Params: twoStrings, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = find(args[0].String(row), args[1].String(row), 1)
			return nil
		}),
	},
	{
		Name: "locate", Aliases: []string{"position"}, Doc: "The position at which the first string first occurs in the second, from the third argument on; 0 if it does not, and for a third argument below 1.",
		Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			from := given(args, 2, func(c *vector.Column) int32 { return c.Ints[row] }, 1)
			out.Ints[row] = find(args[1].String(row), args[0].String(row), int(from))
			return nil
		}),
	},
	{
		Name: "substring_index", Doc: "What lies before the n-th occurrence of the delimiter; for a negative n, behind it, counted from the end.",
		Params: []types.Type{types.String, types.String, types.Int}, Result: types.String, Kernel: strictText(substringIndex),
	},
	{
		Name: "split_part", Doc: "The n-th piece, from 1 or, if negative, from the end, of a string cut at a delimiter; the empty string if there is none.",
		Params: []types.Type{types.String, types.String, types.Int}, Result: types.String, Kernel: strictText(splitPart),
	},
	{
		Name: "find_in_set", Doc: "The place, from 1, of a string in a list with commas; 0 if it is not there or has a comma.", Params: twoStrings, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = 0
			for i, part := range bytes.Split(args[1].String(row), []byte(",")) {
				if bytes.Equal(part, args[0].String(row)) {
					out.Ints[row] = int32(i + 1)
					break
				}
			}
			return nil
		}),
	},
}

func predicate(name, doc string, f func(a, b []byte) bool) Function {
	return Function{
		Name: name, Doc: doc, Least: 2, Most: 2,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			_, err := b.text(args)
			return b.call(b.Name, types.Boolean, args...), err
		},
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Bools.Put(row, f(args[0].String(row), args[1].String(row)))
			return nil
		}),
	}
}

// find returns the position of part in s at or behind from, in code points from 1; 0
// if there is none.
func find(s, part []byte, from int) int32 {
	if from < 1 {
		return 0
	}
	if from > utf8.RuneCount(s)+1 {
		return 0
	}
	start := runeOffset(s, from-1)
	at := bytes.Index(s[start:], part)
	if at < 0 {
		return 0
	}
	return int32(utf8.RuneCount(s[:start+at]) + 1)
}

func substringIndex(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s, delimiter, n := args[0].String(row), args[1].String(row), int(args[2].Ints[row])
	if len(delimiter) == 0 || n == 0 {
		return dst, nil
	}
	if n > 0 {
		at := 0
		for ; n > 0; n-- {
			next := bytes.Index(s[at:], delimiter)
			if next < 0 {
				return append(dst, s...), nil
			}
			at += next + len(delimiter)
		}
		return append(dst, s[:at-len(delimiter)]...), nil
	}
	end := len(s)
	for ; n < 0; n++ {
		previous := bytes.LastIndex(s[:end], delimiter)
		if previous < 0 {
			return append(dst, s...), nil
		}
		end = previous
	}
	return append(dst, s[end+len(delimiter):]...), nil
}

func splitPart(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s, delimiter, n := args[0].String(row), args[1].String(row), int(args[2].Ints[row])
	if n == 0 {
		return nil, noValue("INVALID_INDEX_OF_ZERO", "the number of a piece must not be 0")
	}
	pieces := [][]byte{s}
	if len(delimiter) > 0 {
		pieces = bytes.Split(s, delimiter)
	}
	if n < 0 {
		n += len(pieces) + 1
	}
	if n < 1 || n > len(pieces) {
		return dst, nil
	}
	return append(dst, pieces[n-1]...), nil
}
