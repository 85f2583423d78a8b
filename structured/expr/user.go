package expr

import (
	"iter"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/user"
)

// Function is a function of queries that a program brings: made by Func1 and its like,
// Aggregate or TableFunc. It is used by Of, or in SQL after Session.Register.
//
// Arguments are converted as those of the engine's own functions are. What Go types
// stand for which columns is said at Session.FromSlice. A row with a null for a
// parameter that is no pointer is not given to the function, and its result is null; a
// pointer parameter sees nulls as nil. A result that is a pointer may be null.
//
// A function must give equal results for equal arguments: it may be called any number
// of times for a row, or not at all, and after a crash a stream calls it again.
// Nondeterministic is for those that do not. Several goroutines may call it at once.
//
// An error that it returns fails the query, and names the function and the arguments;
// errors.Is and errors.As find it. A panic fails the task with its stack.
type Function struct{ user *user.Function }

// Func1 makes a function of one value of a row. Names are those of SQL, in any case; the
// engine's own cannot be taken.
//
//	domain := expr.Func1("domain", func(email string) string {
//		return email[strings.IndexByte(email, '@')+1:]
//	})
//	users.GroupBy(domain.Of("email").As("domain")).Count()
func Func1[A, R any](name string, f func(A) R) Function {
	if f == nil {
		return Func1Err[A, R](name, nil)
	}
	return Func1Err(name, func(a A) (R, error) { return f(a), nil })
}

// Func2 is Func1 of two values.
func Func2[A, B, R any](name string, f func(A, B) R) Function {
	if f == nil {
		return Func2Err[A, B, R](name, nil)
	}
	return Func2Err(name, func(a A, b B) (R, error) { return f(a, b), nil })
}

// Func3 is Func1 of three values.
func Func3[A, B, C, R any](name string, f func(A, B, C) R) Function {
	if f == nil {
		return Func3Err[A, B, C, R](name, nil)
	}
	return Func3Err(name, func(a A, b B, c C) (R, error) { return f(a, b, c), nil })
}

// Func1Err is Func1 of a function that can fail.
func Func1Err[A, R any](name string, f func(A) (R, error)) Function {
	return Function{user.Scalar1(name, f)}
}

// Func2Err is Func2 of a function that can fail.
func Func2Err[A, B, R any](name string, f func(A, B) (R, error)) Function {
	return Function{user.Scalar2(name, f)}
}

// Func3Err is Func3 of a function that can fail.
func Func3Err[A, B, C, R any](name string, f func(A, B, C) (R, error)) Function {
	return Function{user.Scalar3(name, f)}
}

// TableFunc makes a function that gives rows for a row: none where its argument is null.
// If R is a struct its fields are their columns, else there is one called value. It
// stands alone in Select, and in SQL after FROM and LATERAL VIEW as well. If A is a
// struct, the arguments may be the values of its fields.
func TableFunc[A, R any](name string, f func(A) iter.Seq[R]) Function {
	return Function{user.TableOf(name, f)}
}

// Aggregator is a function of many rows: each adds to a buffer, buffers are merged, and
// a buffer has a result. Partitions are added up on their own and in no particular
// order, so Merge must be associative and commutative, and Zero its neutral value. Add
// and Merge may change what they are given first, and return it.
//
// If In is no pointer, rows with null do not count; if it is a struct, the arguments may
// be the values of its fields, of which none may be null that is no pointer. In a stream
// the buffer is state: it may be of any type that a DStream's state may be, that is,
// all but interfaces, channels, functions and structs with unexported fields.
type Aggregator[In, Buf, Out any] interface {
	Zero() Buf
	Add(buf Buf, in In) Buf
	Merge(a, b Buf) Buf
	Result(buf Buf) Out
}

// Aggregate makes a function of many rows, for Agg, for windows with Over, and for
// streams as for tables that end. Over no rows it is the result of Zero.
func Aggregate[In, Buf, Out any](name string, a Aggregator[In, Buf, Out]) Function {
	return Function{user.Aggregate[In, Buf, Out](name, a)}
}

// Nondeterministic returns the function as one whose results may differ from call to
// call: the engine then neither repeats nor moves its calls. A stream that runs a batch
// again after a crash calls it again all the same.
func (f Function) Nondeterministic() Function {
	if f.user == nil {
		return f
	}
	return Function{f.user.AsVolatile()}
}

// Of calls the function.
func (f Function) Of[C Arg](arguments ...C) Column {
	if f.user == nil {
		return of(syntax.Invalid{Message: "the zero Function is none; use Func1, Aggregate or TableFunc"})
	}
	return of(syntax.Call{Function: f.user.Name(), Args: syntaxOf(Columns(arguments...)), User: f.user})
}

// User is the function as the engine knows it, nil for the zero Function.
func (f Function) User() *user.Function { return f.user }
