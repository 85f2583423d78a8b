package function

import (
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Function is a scalar function.
type Function struct {
	Name    string
	Aliases []string

	// Doc says what it does, with types and what null does if that is not null.
	Doc string

	// Params are the types of its arguments, of which the last Optional ones may be
	// left out; with Variadic the last may come any number of times, also none. They
	// and Result serve functions without a Bind.
	Params   []types.Type
	Optional int
	Variadic bool
	Result   types.Type

	// Bind is for all others. least and most say how many arguments it takes.
	Bind        func(b Binding, args []bound.Expr) (bound.Expr, error)
	Least, Most int // Most of -1: any number

	// Operator functions are called by operators and other functions only; no query names
	// them.
	Operator bool

	// Lambda returns the parameters of the lambda that is argument number at, from the
	// arguments before it; nil for functions that take none.
	Lambda func(args []bound.Expr, at int) []types.Type
	Fewer  int // of them may be left out

	// Known are the places of arguments that Bind wants as literals: constants there are
	// computed before.
	Known []int

	// Volatile functions differ from row to row or call to call.
	Volatile bool

	Kernel func(call bound.Call) (Kernel, error)
}

// Kernel computes a call for a batch: n rows of out from the same rows of args, of
// which only those in rows (nil: all) must be right and may fail. Columns of
// arguments must not be changed or kept.
type Kernel func(out *vector.Column, args []*vector.Column, n int, rows vector.Selection) error

// Binding is the session and the name under which a function is bound.
type Binding struct {
	coerce.Session
	Name string
}

// Lookup returns the function of a name in lower case.
func Lookup(name string) (*Function, bool) {
	f, ok := byName[name]
	return f, ok
}

// All returns the functions in the order of their subjects and names.
func All() []Subject { return subjects() }

// Subject is the functions of one subject.
type Subject struct {
	Name      string
	Functions []Function
}

func subjects() []Subject {
	return []Subject{
		{"Conditions", conditionFunctions},
		{"Numbers", numberFunctions},
		{"Bits", bitFunctions},
		{"Strings", stringFunctions},
		{"Search in strings", searchFunctions},
		{"Regular expressions", patternFunctions},
		{"Checks of strings", checkFunctions},
		{"Texts of a format", textFunctions},
		{"Collations", collationFunctions},
		{"Encodings", encodingFunctions},
		{"Hashes", hashFunctions},
		{"Dates", dateFunctions},
		{"Timestamps", timestampFunctions},
		{"Formats of time", formatFunctions},
		{"Intervals", slices.Concat(intervalFunctions, calendarFunctions)},
		{"Arrays", arrayFunctions},
		{"Functions of elements", elementFunctions},
		{"Maps", mapFunctions},
		{"Structs", structFunctions},
		{"JSON", jsonFunctions},
		{"Separated values", csvFunctions},
		{"Places of rows and random values", placeFunctions},
		{"Results of aggregates", resultFunctions},
	}
}

// byName is filled once, by init: functions look up others, which as an initial
// value would be a cycle.
var byName map[string]*Function

func init() { byName = index(subjects()) }

func index(all []Subject) map[string]*Function {
	named := map[string]*Function{}
	for _, subject := range all {
		for i := range subject.Functions {
			f := &subject.Functions[i]
			named[f.Name] = f
			for _, alias := range f.Aliases {
				named[alias] = f
			}
		}
	}
	return named
}

// Arity returns how many arguments the function takes; most is -1 for any number.
func (f *Function) Arity() (least, most int) {
	if f.Bind != nil || f.Operator {
		return f.Least, f.Most
	}
	least, most = len(f.Params)-f.Optional, len(f.Params)
	if f.Variadic {
		least, most = len(f.Params)-1, -1
	}
	return least, most
}

// Call binds the function to arguments, which are changed.
func (f *Function) Call(session coerce.Session, name string, args []bound.Expr) (bound.Expr, error) {
	if least, most := f.Arity(); len(args) < least || most >= 0 && len(args) > most {
		return nil, fault.Analysisf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "%s takes %s, got %d", name, arguments(least, most), len(args))
	}
	b := Binding{session, name}
	if f.Operator {
		return nil, fault.Analysisf("UNRESOLVED_ROUTINE", "no function %q", name)
	}
	if of, ok := collationOf(args); ok && !slices.Contains(collationsKept, f.Name) {
		return f.collated(b, args, of)
	}
	if f.Bind != nil {
		return f.Bind(b, args)
	}
	for i := range args {
		var err error
		if args[i], err = b.Arg(args, i, f.Params[min(i, len(f.Params)-1)]); err != nil {
			return nil, err
		}
	}
	return b.call(f.Name, f.Result, args...), nil
}

func arguments(least, most int) string {
	switch {
	case most < 0:
		return fmt.Sprintf("at least %d arguments", least)
	case least < most:
		return fmt.Sprintf("%d to %d arguments", least, most)
	case most == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", most)
}

// Arg converts an argument to the type of its parameter.
func (b Binding) Arg(args []bound.Expr, i int, to types.Type) (bound.Expr, error) {
	if _, isLambda := args[i].(bound.Lambda); isLambda || !coerce.Implicit(args[i].Type(), to) {
		return nil, b.Mismatch(args, i, to.String())
	}
	return b.To(args[i], to), nil
}

// onlyInt is Arg for an int, but in ANSI mode refuses numbers that may be beyond its range.
func (b Binding) onlyInt(args []bound.Expr, i int) (bound.Expr, error) {
	if t := args[i].Type(); b.ANSI && t.IsNumeric() && (!t.IsInteger() || t == types.Bigint) {
		return nil, b.Mismatch(args, i, "int")
	}
	return b.Arg(args, i, types.Int)
}

// Mismatch is the error of an argument that is of none of the types that are wanted.
func (b Binding) Mismatch(args []bound.Expr, i int, want string) error {
	return fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
		"%s: argument %d must be %s, but %s is %s", b.Name, i+1, want, args[i], args[i].Type())
}

// Common converts all arguments, from the first on, to the type in which they meet.
func (b Binding) Common(args []bound.Expr, from int) (types.Type, error) {
	list := make([]types.Type, 0, len(args))
	for _, arg := range args[from:] {
		list = append(list, arg.Type())
	}
	t, ok := b.Widest(list...)
	if !ok {
		if err := CollationConflict(args[from:]); err != nil {
			return t, err
		}
		return t, fault.Analysisf("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "%s: values of the types %v have none in common; cast one of them", b.Name, distinct(list))
	}
	for i := range args[from:] {
		args[from+i] = b.To(args[from+i], t)
	}
	return t, nil
}

// sameKind returns an error if args are strings and others, which have a common type in
// most places, but not everywhere.
func (b Binding) sameKind(args []bound.Expr) error {
	list := make([]types.Type, len(args))
	strings, others := false, false
	for i, arg := range args {
		list[i] = arg.Type()
		strings = strings || list[i].Kind() == types.KindString
		others = others || list[i].Kind() != types.KindString && list[i] != types.Void
	}
	if strings && others {
		return fault.Analysisf("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "%s: values of the types %v; cast some of them", b.Name, distinct(list))
	}
	return nil
}

// library calls another function of the library.
func (b Binding) library(name string, args []bound.Expr) (bound.Expr, error) {
	f, _ := Lookup(name)
	return f.Call(b.Session, name, args)
}

func distinct(list []types.Type) []types.Type {
	var once []types.Type
	for _, t := range list {
		if !slices.Contains(once, t) {
			once = append(once, t)
		}
	}
	return once
}

// call is a call of a function of this package.
func (b Binding) call(name string, of types.Type, args ...bound.Expr) bound.Call {
	return bound.Call{Function: bound.Function(name), Args: args, Of: of, Failure: b.Failure()}
}

// try is call with null where there is no result.
func (b Binding) try(name string, of types.Type, args ...bound.Expr) bound.Call {
	call := b.call(name, of, args...)
	call.Failure = bound.GiveNull
	return call
}

// zoned is call with the session's time zone.
func (b Binding) zoned(name string, of types.Type, args ...bound.Expr) bound.Call {
	call := b.call(name, of, args...)
	call.Zone = b.Zone
	return call
}
