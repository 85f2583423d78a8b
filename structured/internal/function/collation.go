package function

import (
	"slices"
	"strings"

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

// CollationKey is what compares by its bytes as a value does by the collations of the
// strings in it; values without any compare as they are.
func CollationKey(expr bound.Expr) bound.Expr {
	if !expr.Type().IsCollated() {
		return expr
	}
	return bound.Call{Function: "collation_key", Args: []bound.Expr{expr}, Of: expr.Type().Uncollated()}
}

func collationKey(call bound.Call) (Kernel, error) {
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		out.AppendCollationKey(args[0], row)
		return nil
	}), nil
}

// How functions treat strings with a collation: some give a value of their arguments and
// see to it themselves, some look for one string in another, which UTF8_LCASE does in
// small letters, and some do what they do with strings of any collation.
var (
	collationsKept = []string{
		"collate", "collation", "typeof", "coalesce", "nvl", "ifnull", "nvl2", "nullif", "case", "if", "isnull", "isnotnull", "greatest", "least", "equal_null",
		"array", "map", "struct", "named_struct", "array_contains", "array_position", "array_remove", "array_append", "array_prepend", "array_insert", "array_repeat",
		"element_at", "try_element_at", "map_contains_key",
	}
	collationsFound = []string{"contains", "startswith", "endswith", "instr", "locate", "position"}
	collationsFree  = []string{
		"length", "char_length", "octet_length", "bit_length", "upper", "lower", "initcap", "concat", "substring", "left", "right", "reverse",
		"repeat", "lpad", "rpad", "hex", "base64", "md5", "sha1", "sha2", "crc32", "hash", "xxhash64", "ascii", "string", "overlay", "concat_ws", "levenshtein", "soundex",
		"encode", "to_date", "to_timestamp", "try_to_timestamp", "to_number", "try_to_number",
	}
)

// collated binds a function to strings of which some have a collation, as strings without
// one; results that are strings have it again.
func (f *Function) collated(b Binding, args []bound.Expr, of types.Type) (bound.Expr, error) {
	if err := CollationConflict(args); err != nil {
		return nil, err
	}
	trims := strings.Contains(f.Name, "trim") && len(args) == 1
	folds := slices.Contains(collationsFound, f.Name) && of.Collation() == types.UTF8LCase
	if !folds && !trims && !slices.Contains(collationsFree, f.Name) {
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

// CollationConflict is the error of strings with two collations, if args are such.
func CollationConflict(args []bound.Expr) error {
	var of types.Type
	explicit := true
	for _, arg := range args {
		t := arg.Type()
		call, _ := arg.(bound.Call)
		switch {
		case t.Collation() == types.UTF8Binary:
		case of == types.Type{} || of == t:
			of, explicit = t, explicit && call.Function == bound.Cast
		case explicit && call.Function == bound.Cast:
			return fault.Analysisf("COLLATION_MISMATCH.EXPLICIT", "strings of %s and %s; give one the other's collation", of, t)
		default:
			return fault.Analysisf("INDETERMINATE_COLLATION_IN_EXPRESSION", "strings of %s and %s; say by COLLATE which collation counts", of, t)
		}
	}
	return nil
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
