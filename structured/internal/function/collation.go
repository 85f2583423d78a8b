package function

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var collationFunctions = []Function{
	{Name: "collate", Doc: "The string with the collation of a constant name, UTF8_BINARY, UTF8_LCASE, UNICODE, UNICODE_CI, UNICODE_AI or UNICODE_CI_AI, by which it is compared, sorted and grouped: what COLLATE does.", Least: 2, Most: 2, Bind: bindCollate},
	{Name: "collation", Doc: "The name of the collation of a string.", Least: 1, Most: 1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
		if args[0].Type().Kind() != types.KindString {
			return nil, b.Mismatch(args, 0, "a string")
		}
		return bound.Literal{Value: "SYSTEM.BUILTIN." + args[0].Type().Collation().String(), Of: types.String}, nil
	}},
	{Name: "collation_key", Doc: "What compares by its bytes as the string does by its collation.", Least: 1, Most: 1, Operator: true, Kernel: collationKey},
}

func bindCollate(b Binding, args []bound.Expr) (bound.Expr, error) {
	name, ok := constantText(args[1])
	if !ok {
		return nil, b.notConstant(args, 1)
	}
	if args[0].Type().Kind() != types.KindString && args[0].Type() != types.Void {
		return nil, b.Mismatch(args, 0, "a string")
	}
	to, err := CollationNamed(name)
	return b.To(args[0], to), err
}

// CollationNamed returns the type of strings of a collation.
func CollationNamed(name string) (types.Type, error) {
	if strings.HasSuffix(strings.ToUpper(name), "_RTRIM") {
		return types.String, &fault.Error{Condition: "UNSUPPORTED_FEATURE.TRIM_COLLATION", Stage: fault.Parse, Message: "collation " + name + ": there are none that leave out blanks at the end"}
	}
	c, ok := types.CollationNamed(name)
	if !ok {
		return types.String, fault.Analysisf("COLLATION_INVALID_NAME", "there is no collation %q", name)
	}
	return types.Collated(c), nil
}

// CollationKey is what compares by its bytes as a string does by its collation; other
// values compare as they are.
func CollationKey(expr bound.Expr) bound.Expr {
	if expr.Type().Collation() == types.UTF8Binary {
		return expr
	}
	return bound.Call{Function: "collation_key", Args: []bound.Expr{expr}, Of: types.String}
}

func collationKey(call bound.Call) (Kernel, error) {
	c := call.Args[0].Type().Collation()
	if c == types.UTF8LCase {
		return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return append(dst, strings.ToLower(string(args[0].String(row)))...), nil
		}), nil
	}
	var options []collate.Option
	if c == types.UnicodeCI || c == types.UnicodeCIAI {
		options = append(options, collate.IgnoreCase)
	}
	bare := c == types.UnicodeAI || c == types.UnicodeCIAI
	collator, buffer := collate.New(language.Und, options...), &collate.Buffer{}
	return strictTextFor(call, func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
		buffer.Reset()
		text := args[0].String(row)
		if bare {
			text = withoutAccents(text)
		}
		return append(dst, collator.Key(buffer, text)...), nil
	}), nil
}

// withoutAccents leaves out the marks upon letters.
func withoutAccents(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.Bytes(text))
}

// How functions treat strings with a collation: some give a value of their arguments and
// see to it themselves, some look for one string in another, which UTF8_LCASE does in
// small letters, and some do what they do with strings of any collation.
var (
	collationsKept  = []string{"collate", "collation", "typeof", "coalesce", "nvl", "nvl2", "case", "if", "array", "map", "struct", "named_struct", "isnull", "isnotnull"}
	collationsFound = []string{"contains", "startswith", "endswith", "instr", "locate", "position"}
	collationsFree  = []string{
		"length", "char_length", "octet_length", "bit_length", "upper", "lower", "initcap", "concat", "substring", "left", "right", "reverse",
		"repeat", "lpad", "rpad", "hex", "base64", "md5", "sha2", "ascii", "trim", "btrim", "ltrim", "rtrim", "string", "overlay",
	}
)

// collated binds a function to strings of which some have a collation, as strings without
// one; results that are strings have it again.
func (f *Function) collated(b Binding, args []bound.Expr, of types.Type) (bound.Expr, error) {
	folds := slices.Contains(collationsFound, f.Name) && of.Collation() == types.UTF8LCase
	if !folds && !slices.Contains(collationsFree, f.Name) {
		return nil, fault.Analysisf("UNSUPPORTED_FEATURE", "%s does not take strings of the collation %s; give it collate(…, 'UTF8_BINARY')", b.Name, of.Collation())
	}
	for i, arg := range args {
		if arg.Type().Kind() == types.KindString {
			if folds {
				arg = CollationKey(b.To(arg, of))
			}
			args[i] = b.To(arg, types.String)
		}
	}
	result, err := f.Call(b.Session, b.Name, args)
	if err == nil && result.Type() == types.String {
		result = b.To(result, of)
	}
	return result, err
}

// collationOf is the type of the first argument with a collation.
func collationOf(args []bound.Expr) (types.Type, bool) {
	for _, arg := range args {
		if arg.Type().Collation() != types.UTF8Binary {
			return arg.Type(), true
		}
	}
	return types.Type{}, false
}
