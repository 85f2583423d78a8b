package function

import (
	"bytes"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var stringFunctions = []Function{
	{
		Name: "length", Aliases: []string{"char_length", "character_length", "len"}, Doc: "The number of code points of a string, or of bytes of binary data.", Least: 1, Most: 1, Bind: bindBytes(types.Int),
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = int32(len(args[0].String(row)))
			if args[0].Type == types.String {
				out.Ints[row] = int32(utf8.RuneCount(args[0].String(row)))
			}
			return nil
		}),
	},
	{
		Name: "octet_length", Doc: "The number of bytes of a string or of binary data.", Least: 1, Most: 1, Bind: bindBytes(types.Int),
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = int32(len(args[0].String(row)))
			return nil
		}),
	},
	{
		Name: "bit_length", Doc: "8 times the number of bytes.", Least: 1, Most: 1, Bind: bindBytes(types.Int),
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = 8 * int32(len(args[0].String(row)))
			return nil
		}),
	},
	{Name: "upper", Aliases: []string{"ucase"}, Doc: "The string in upper case, ß as SS.", Params: []types.Type{types.String}, Result: types.String, Kernel: caseKernel('a', 'z', cases.Upper)},
	{Name: "lower", Aliases: []string{"lcase"}, Doc: "The string in lower case.", Params: []types.Type{types.String}, Result: types.String, Kernel: caseKernel('A', 'Z', cases.Lower)},
	{Name: "sentences", Doc: "The words of each sentence of a string. Arguments for a language and a country change nothing.", Params: []types.Type{types.String, types.String, types.String}, Optional: 2, Result: types.Array(types.Array(types.String)), Kernel: appending(sentences)},
	stringFunction("initcap", "The string with the first letter of each word, behind a blank, in upper case and the others in lower case.", initcap),
	{Name: "reverse_string", Doc: "reverse of a string.", Least: 1, Most: 1, Operator: true, Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		return reverseText(dst, args[0].String(row)), nil
	})},
	{Name: "btrim", Doc: "The string without the blanks, or the characters of the second argument, at both ends.", Params: []types.Type{types.String, types.String}, Optional: 1, Result: types.String, Kernel: trim(true, true)},
	{Name: "trim", Doc: "The string, which is the last argument, without the blanks, or the characters of the first of two, at both ends.", Least: 1, Most: 2, Bind: bindTrim, Kernel: trim(true, true)},
	{Name: "ltrim", Doc: "trim at the beginning only.", Least: 1, Most: 2, Bind: bindTrim, Kernel: trim(true, false)},
	{Name: "rtrim", Doc: "trim at the end only.", Least: 1, Most: 2, Bind: bindTrim, Kernel: trim(false, true)},
	{Name: "lpad", Doc: "The string, filled at the beginning with the third argument, a blank if not given, or cut, to so many code points; or so the bytes of binary data, with zeros if not given.", Least: 2, Most: 3, Bind: bindPad, Kernel: pad(true)},
	{Name: "rpad", Doc: "lpad at the end.", Least: 2, Most: 3, Bind: bindPad, Kernel: pad(false)},
	{Name: "substring", Aliases: []string{"substr", "mid"}, Doc: "The code points from a position, counted from 1 or, if negative, from the end, at most so many.", Least: 2, Most: 3, Bind: bindSubstring, Kernel: strictText(substring)},
	{
		Name: "left", Doc: "The first code points.", Params: []types.Type{types.String, types.Int}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			s, n := args[0].String(row), int(args[1].Ints[row])
			return append(dst, s[:runeOffset(s, max(n, 0))]...), nil
		}),
	},
	{
		Name: "right", Doc: "The last code points.", Params: []types.Type{types.String, types.Int}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			s, n := args[0].String(row), int(args[1].Ints[row])
			return append(dst, s[runeOffset(s, utf8.RuneCount(s)-min(max(n, 0), utf8.RuneCount(s))):]...), nil
		}),
	},
	{Name: "concat", Aliases: []string{"||"}, Doc: "Strings, binary data or arrays one after the other; null if one of them is.", Least: 0, Most: -1, Bind: bindConcat, Kernel: concatKernel},
	{Name: "concat_ws", Doc: "Strings and arrays of strings with the first argument between them; nulls are left out.", Least: 1, Most: -1, Bind: bindJoin, Kernel: appending(joinStrings)},
	{
		Name: "repeat", Doc: "The string so many times.", Params: []types.Type{types.String, types.Int}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			for range args[1].Ints[row] {
				dst = append(dst, args[0].String(row)...)
			}
			return dst, nil
		}),
	},
	{
		Name: "space", Doc: "So many blanks.", Params: []types.Type{types.Int}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			for range args[0].Ints[row] {
				dst = append(dst, ' ')
			}
			return dst, nil
		}),
	},
	{
		Name: "replace", Doc: "The string with every occurrence of the second argument replaced by the third, or removed.", Params: []types.Type{types.String, types.String, types.String}, Optional: 1, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			s, old := args[0].String(row), args[1].String(row)
			if len(old) == 0 {
				return append(dst, s...), nil
			}
			by := given(args, 2, func(c *vector.Column) []byte { return c.String(row) }, nil)
			return append(dst, bytes.ReplaceAll(s, old, by)...), nil
		}),
	},
	{Name: "translate", Doc: "The string with each character of the second argument replaced by the one at its place in the third, or removed if there is none.", Params: []types.Type{types.String, types.String, types.String}, Result: types.String, Kernel: strictText(translate)},
	{Name: "overlay", Doc: "The string with the second argument put over it from a position on, in place of so many characters, its own length if not given.", Params: []types.Type{types.String, types.String, types.Int, types.Int}, Optional: 1, Result: types.String, Kernel: strictText(overlay)},
	{
		Name: "ascii", Doc: "The code point of the first character, 0 for the empty string.", Params: []types.Type{types.String}, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = 0
			if s := args[0].String(row); len(s) > 0 {
				r, _ := utf8.DecodeRune(s)
				out.Ints[row] = r
			}
			return nil
		}),
	},
	{
		Name: "chr", Aliases: []string{"char"}, Doc: "The character of a code from 0 to 255, of a greater one modulo 256; the empty string for a negative one.", Params: []types.Type{types.Bigint}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			if code := args[0].Longs[row]; code >= 0 {
				return utf8.AppendRune(dst, rune(code%256)), nil
			}
			return dst, nil
		}),
	},
	{Name: "format_string", Aliases: []string{"printf"}, Doc: "The first argument with its directives, as in C, filled with the others.", Least: 1, Most: -1, Bind: bindFormatString, Kernel: formatString},
	{Name: "format_number", Doc: "A number with commas between thousands, rounded half to even to so many digits after the point; or by a pattern such as #,##0.0#, in which 0 is a digit and # one that is left out if it is a zero at an end.", Least: 2, Most: 2, Bind: bindFormatNumber, Kernel: formatNumber},
	{
		Name: "levenshtein", Doc: "How many characters must be added, removed or changed to make one string of the other; -1 if more than the third argument.", Params: []types.Type{types.String, types.String, types.Int}, Optional: 1, Result: types.Int,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Ints[row] = int32(levenshtein([]rune(string(args[0].String(row))), []rune(string(args[1].String(row)))))
			if out.Ints[row] > given(args, 2, func(c *vector.Column) int32 { return c.Ints[row] }, math.MaxInt32) {
				out.Ints[row] = -1
			}
			return nil
		}),
	},
	stringFunction("soundex", "The Soundex code of the string.", soundex),
}

func stringFunction(name, doc string, f func(dst, s []byte) []byte, aliases ...string) Function {
	return Function{
		Name: name, Aliases: aliases, Doc: doc, Params: []types.Type{types.String}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return f(dst, args[0].String(row)), nil
		}),
	}
}

// bindBytes binds a function of a string or binary data.
func bindBytes(result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) {
		f, _ := Lookup(b.Name)
		if args[0].Type() == types.Binary {
			return b.call(f.Name, result, args...), nil
		}
		arg, err := b.Arg(args, 0, types.String)
		return b.call(f.Name, result, arg), err
	}
}

// caseKernel changes the letters of ASCII between from and to by itself and leaves other
// strings to a caser, which knows the rules of Unicode. A caser serves one goroutine,
// as a kernel does.
func caseKernel(from, to byte, caser func(language.Tag, ...cases.Option) cases.Caser) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		rules := caser(language.Und)
		return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			at := len(dst)
			for _, c := range args[0].String(row) {
				if c >= utf8.RuneSelf {
					return append(dst[:at], rules.Bytes(args[0].String(row))...), nil
				}
				if from <= c && c <= to {
					c ^= 'a' - 'A'
				}
				dst = append(dst, c)
			}
			return dst, nil
		}), nil
	}
}

func initcap(dst, s []byte) []byte {
	start := true
	for _, r := range string(s) {
		if start {
			r = unicode.ToUpper(r)
		} else {
			r = unicode.ToLower(r)
		}
		start = r == ' '
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

func reverseText(dst, s []byte) []byte {
	for len(s) > 0 {
		_, size := utf8.DecodeLastRune(s)
		dst = append(dst, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return dst
}

// bindTrim puts the characters behind the string.
func bindTrim(b Binding, args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		var err error
		if args[i], err = b.Arg(args, i, types.String); err != nil {
			return nil, err
		}
	}
	slices.Reverse(args)
	return b.call(b.Name, types.String, args...), nil
}

func trim(left, right bool) func(bound.Call) (Kernel, error) {
	return strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		s := args[0].String(row)
		characters := given(args, 1, func(c *vector.Column) string { return string(c.String(row)) }, " ")
		if left {
			s = bytes.TrimLeft(s, characters)
		}
		if right {
			s = bytes.TrimRight(s, characters)
		}
		return append(dst, s...), nil
	})
}

func bindPad(b Binding, args []bound.Expr) (bound.Expr, error) {
	filler := bound.Literal{Value: " ", Of: types.String}
	if args[0].Type() == types.Binary {
		filler = bound.Literal{Value: []byte{0}, Of: types.Binary}
	}
	if len(args) == 2 {
		args = append(args, filler)
	}
	texts := []bound.Expr{args[0], args[2]}
	of, err := b.text(texts)
	if err != nil {
		return nil, err
	}
	length, err := b.Arg(args, 1, types.Int)
	return b.call(b.Name, of, texts[0], length, texts[1]), err
}

// text converts args to binary data, if all of them are that, or else to strings.
func (b Binding) text(args []bound.Expr) (types.Type, error) {
	of := types.Binary
	for _, arg := range args {
		if arg.Type() != types.Binary {
			of = types.String
		}
	}
	for i, arg := range args {
		if arg.Type() == types.Binary {
			args[i] = b.To(arg, of)
			continue
		}
		var err error
		if args[i], err = b.Arg(args, i, of); err != nil {
			return of, err
		}
	}
	return of, nil
}

func pad(left bool) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		if call.Of == types.Binary {
			return padding(call, left, func(s []byte) int { return len(s) }, func(s []byte, n int) int { return min(n, len(s)) }), nil
		}
		return padding(call, left, utf8.RuneCount, runeOffset), nil
	}
}

// padding is the kernel for text whose units are counted by count and found by offset.
func padding(call bound.Call, left bool, count func([]byte) int, offset func([]byte, int) int) Kernel {
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		s, length := args[0].String(row), int(max(args[1].Ints[row], 0))
		filler := args[2].String(row)
		missing := length - count(s)
		if missing <= 0 || len(filler) == 0 {
			return append(dst, s[:offset(s, length)]...), nil
		}
		if !left {
			dst = append(dst, s...)
		}
		for n := count(filler); missing > 0; missing -= n {
			dst = append(dst, filler[:offset(filler, missing)]...)
		}
		if left {
			dst = append(dst, s...)
		}
		return dst, nil
	})
}

// runeOffset returns where the n-th code point begins, or the end.
func runeOffset(s []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRune(s[at:])
		at += size
	}
	return at
}

func bindSubstring(b Binding, args []bound.Expr) (bound.Expr, error) {
	of := types.String
	if args[0].Type() == types.Binary {
		of = types.Binary
	}
	for i, to := range []types.Type{of, types.Int, types.Int}[:len(args)] {
		var err error
		if args[i], err = b.Arg(args, i, to); err != nil {
			return nil, err
		}
	}
	return b.call("substring", of, args...), nil
}

func substring(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s, start := args[0].String(row), int64(args[1].Ints[row])
	count, offset := int64(len(s)), func(n int64) int { return int(n) }
	if args[0].Type == types.String {
		count, offset = int64(utf8.RuneCount(s)), func(n int64) int { return runeOffset(s, int(n)) }
	}
	length := given(args, 2, func(c *vector.Column) int64 { return int64(c.Ints[row]) }, count+max(start, -start))
	switch {
	case start > 0:
		start--
	case start < 0:
		start += count
	}
	end := min(start+max(length, 0), count)
	start = min(max(start, 0), count)
	if end <= start {
		return dst, nil
	}
	return append(dst, s[offset(start):offset(end)]...), nil
}

func bindConcat(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args) > 0 && args[0].Type().Kind() == types.KindArray {
		t, err := b.Common(args, 0)
		return b.call("concat", t, args...), err
	}
	of := types.Binary
	for _, arg := range args {
		if arg.Type() != types.Binary {
			of = types.String
		}
	}
	if len(args) == 0 {
		of = types.String
	}
	for i := range args {
		if args[i].Type() == types.Binary && of == types.String {
			args[i] = b.To(args[i], of)
			continue
		}
		var err error
		if args[i], err = b.Arg(args, i, of); err != nil {
			return nil, err
		}
	}
	return b.call("concat", of, args...), nil
}

func concatKernel(call bound.Call) (Kernel, error) {
	if call.Of.Kind() == types.KindArray {
		return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			if anyNull(args, row) {
				return null
			}
			for _, arg := range args {
				out.Children[0].AppendRange(&arg.Children[0], int(arg.Offsets[row]), int(arg.Offsets[row+1]))
			}
			out.EndArray()
			return nil
		}), nil
	}
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		for _, arg := range args {
			dst = append(dst, arg.String(row)...)
		}
		return dst, nil
	}), nil
}

func bindJoin(b Binding, args []bound.Expr) (bound.Expr, error) {
	for i := range args {
		to := types.String
		if args[i].Type().Kind() == types.KindArray && i > 0 {
			to = types.Array(types.String)
		}
		var err error
		if args[i], err = b.Arg(args, i, to); err != nil {
			return nil, err
		}
	}
	return b.call("concat_ws", types.String, args...), nil
}

func joinStrings(out *vector.Column, args []*vector.Column, row int) error {
	if args[0].IsNull(row) {
		return null
	}
	first := true
	add := func(c *vector.Column, i int) {
		if c.IsNull(i) {
			return
		}
		if !first {
			out.Bytes = append(out.Bytes, args[0].String(row)...)
		}
		first = false
		out.Bytes = append(out.Bytes, c.String(i)...)
	}
	for _, arg := range args[1:] {
		if arg.Type == types.String {
			add(arg, row)
			continue
		}
		if arg.IsNull(row) {
			continue
		}
		for i := arg.Offsets[row]; i < arg.Offsets[row+1]; i++ {
			add(&arg.Children[0], int(i))
		}
	}
	out.EndString()
	return nil
}

func translate(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	from, to := []rune(string(args[1].String(row))), []rune(string(args[2].String(row)))
	for _, r := range string(args[0].String(row)) {
		at := -1
		for i, c := range from {
			if c == r {
				at = i
				break
			}
		}
		switch {
		case at < 0:
			dst = utf8.AppendRune(dst, r)
		case at < len(to):
			dst = utf8.AppendRune(dst, to[at])
		}
	}
	return dst, nil
}

func overlay(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s, by, from := args[0].String(row), args[1].String(row), int(args[2].Ints[row])
	length := given(args, 3, func(c *vector.Column) int { return int(c.Ints[row]) }, -1)
	if length < 0 {
		length = utf8.RuneCount(by)
	}
	start := runeOffset(s, from-1)
	dst = append(dst, s[:start]...)
	dst = append(dst, by...)
	return append(dst, s[runeOffset(s, from-1+length):]...), nil
}

func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := diagonal
			if a[i-1] != b[j-1] {
				changed++
			}
			diagonal = row[j]
			row[j] = min(row[j]+1, row[j-1]+1, changed)
		}
	}
	return row[len(b)]
}

// soundex keeps the first letter and codes the next consonants; letters of one code
// that follow each other, or are divided by h or w, count once.
func soundex(dst, s []byte) []byte {
	const codes = "01230127022455012623017202" // of a to z; 7 divides nothing
	if len(s) == 0 || !isLetter(s[0]) {
		return append(dst, s...)
	}
	at := len(dst)
	first := s[0] &^ 0x20
	dst = append(dst, first)
	last := codes[first-'A']
	for _, c := range s[1:] {
		if len(dst)-at == 4 {
			break
		}
		if !isLetter(c) {
			last = '0'
			continue
		}
		code := codes[c&^0x20-'A']
		if code == '7' {
			continue
		}
		if code != '0' && code != last {
			dst = append(dst, code)
		}
		last = code
	}
	for len(dst)-at < 4 {
		dst = append(dst, '0')
	}
	return dst
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }
