package user

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/record"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Kind tells functions apart by what they take and give.
type Kind uint8

// The kinds.
const (
	Scalar Kind = iota // one value from one row
	Many               // one value from many rows
	Table              // rows from one row
)

// Function is a function of the program. It is immutable.
type Function struct {
	name     string
	kind     Kind
	params   []Param
	result   types.Type
	buffer   string // the Go type of a buffer, if Kind is Many
	volatile bool
	err      error // why it cannot be called

	kernel  func(args []types.Type) (Kernel, error)
	buffers func(arg types.Type, merge bool) (Buffers, error)
	ofRows  *Function
}

// Param is a parameter.
type Param struct {
	Type  types.Type
	Nulls bool // whether the function is to see nulls

	accepts func(types.Type) error // whether values of another type can be read as they are
}

// Kernel computes a call for a batch; see function.Kernel.
type Kernel func(out *vector.Column, args []*vector.Column, n int, rows vector.Selection) error

// paramOf is the parameter that Go values of type A are read into.
func paramOf[A any]() (Param, error) {
	of, nulls, _, err := record.WriteColumn[A]()
	return Param{of, nulls, func(t types.Type) error {
		_, err := record.ReadColumn[A](t, "")
		return err
	}}, err
}

// fail notes the first reason why the function cannot be called.
func (f *Function) fail(what string, err error) {
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("function %s: %s: %w", f.name, what, err)
	}
}

func newFunction(name string, kind Kind, isNil bool) *Function {
	f := &Function{name: strings.ToLower(name), kind: kind}
	switch {
	case name == "":
		f.err = fmt.Errorf("a function needs a name")
	case isNil:
		f.err = fmt.Errorf("function %s: the Go function is nil", f.name)
	}
	return f
}

// takes adds a parameter of type A.
func takes[A any](f *Function) {
	param, err := paramOf[A]()
	f.fail(fmt.Sprintf("parameter %d", len(f.params)+1), err)
	f.params = append(f.params, param)
}

// Name returns the name, in lower case.
func (f *Function) Name() string { return f.name }

// Kind returns what kind of function it is.
func (f *Function) Kind() Kind { return f.kind }

// Err returns why the function cannot be called, and nil if it can.
func (f *Function) Err() error { return f.err }

// Params returns the parameters.
func (f *Function) Params() []Param { return f.params }

// Accepts returns why values of a type cannot be read as an argument.
func (f *Function) Accepts(param int, t types.Type) error { return f.params[param].accepts(t) }

// Result returns the type of the result, for a table function that of the array of its
// rows.
func (f *Function) Result() types.Type { return f.result }

// AsVolatile returns the function as one whose results may differ from call to call.
func (f *Function) AsVolatile() *Function {
	g := *f
	g.volatile = true
	if f.ofRows != nil {
		g.ofRows = f.ofRows.AsVolatile()
	}
	return &g
}

// OfRows returns a function of many rows as one whose argument is in a struct of one
// field, so that an argument that is null differs from none: where the struct is null, the
// row does not count. Its Kernel takes an array of such structs instead of a buffer.
func (f *Function) OfRows() *Function { return f.ofRows }

// Volatile implements bound.User.
func (f *Function) Volatile() bool { return f.volatile }

// Signature implements bound.User.
func (f *Function) Signature() string { return f.buffer }

// Kernel returns what computes the function of arguments of these types, for a function
// of many rows what makes the result of a buffer.
func (f *Function) Kernel(args []types.Type) (Kernel, error) { return f.kernel(args) }

// Buffers returns buffers of a function of many rows; merge says that what is added are
// buffers.
func (f *Function) Buffers(arg types.Type, merge bool) (Buffers, error) { return f.buffers(arg, merge) }

// failed is the error that the Go function returned for a row.
func (f *Function) failed(err error, args []*vector.Column, row int) error {
	texts := make([]string, len(args))
	for i, arg := range args {
		texts[i] = bound.Literal{Value: arg.Value(row), Of: arg.Type}.String()
	}
	return &fault.Error{
		Condition: "FAILED_EXECUTE_UDF", Stage: fault.Runtime, Cause: err,
		Message: fmt.Sprintf("function %s failed for (%s): %v", f.name, strings.Join(texts, ", "), err),
	}
}

// unreadable is the error of an argument with a null inside that has no place in the
// parameter.
func (f *Function) unreadable(err error) error {
	return &fault.Error{
		Condition: "FAILED_EXECUTE_UDF", Stage: fault.Runtime, Cause: err,
		Message: fmt.Sprintf("function %s: %v", f.name, err),
	}
}

func isNil(f any) bool {
	v := reflect.ValueOf(f)
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Func, reflect.Pointer, reflect.Interface:
		return v.IsNil()
	}
	return false
}
