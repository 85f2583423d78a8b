package function

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// missing is a row for which a function has no result.
type missing struct {
	condition, message string
}

func (m *missing) Error() string { return m.message }

// noValue says that a row has no result, and why: a condition of Spark's and a
// message.
func noValue(condition, message string) error { return &missing{condition, message} }

// null is the result null of a row, which is no failure.
var null error = &missing{}

// settle decides about a row without a result: whether it is null, or the error that
// fails the query.
func settle(call bound.Call, err error) error {
	m, ok := err.(*missing)
	switch {
	case !ok:
		return err
	case err == null || call.Failure != bound.Fail:
		return nil
	}
	return fault.Runtimef(m.condition, "%s, in %s", m.message, call)
}

// eachRow calls visit for each selected row of n, until it returns an error.
func eachRow(n int, rows vector.Selection, visit func(row int) error) error {
	if rows == nil {
		for row := range n {
			if err := visit(row); err != nil {
				return err
			}
		}
		return nil
	}
	for _, row := range rows {
		if err := visit(int(row)); err != nil {
			return err
		}
	}
	return nil
}

// validWhereAll makes the rows of out null that are null in an argument.
func validWhereAll(out *vector.Column, args []*vector.Column) {
	out.Valid = out.Valid[:0]
	for _, arg := range args {
		switch {
		case !arg.HasNulls():
		case len(out.Valid) == 0:
			out.Valid = out.Valid.Resize(out.Len)
			copy(out.Valid, arg.Valid)
		default:
			for i := range out.Valid {
				out.Valid[i] &= arg.Valid[i]
			}
		}
	}
}

// strict makes a kernel of a function of rows without nulls whose results have a
// fixed width: f writes its result into row of out.
func strict(f func(out *vector.Column, args []*vector.Column, row int) error) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) { return strictFor(call, f), nil }
}

func strictFor(call bound.Call, f func(out *vector.Column, args []*vector.Column, row int) error) Kernel {
	return func(out *vector.Column, args []*vector.Column, n int, rows vector.Selection) error {
		out.Resize(n)
		validWhereAll(out, args)
		return eachRow(n, rows, func(row int) error {
			if out.IsNull(row) {
				return nil
			}
			err := f(out, args, row)
			if err != nil {
				if err = settle(call, err); err == nil {
					out.SetNull(row)
				}
			}
			return err
		})
	}
}

// zonedStrict is strict for functions that depend on the time zone.
func zonedStrict(f func(out *vector.Column, args []*vector.Column, row int, zone *time.Location) error) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) {
		zone, err := zoneOf(call)
		return strictFor(call, func(out *vector.Column, args []*vector.Column, row int) error { return f(out, args, row, zone) }), err
	}
}

func zoneOf(call bound.Call) (*time.Location, error) {
	if call.Zone == "" {
		return time.UTC, nil
	}
	return calendar.Zone(call.Zone)
}

// strictText makes a kernel of a function of rows without nulls whose results are
// strings: f appends its result to dst.
func strictText(f func(dst []byte, args []*vector.Column, row int) ([]byte, error)) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) { return strictTextFor(call, f), nil }
}

func strictTextFor(call bound.Call, f func(dst []byte, args []*vector.Column, row int) ([]byte, error)) Kernel {
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		for _, arg := range args {
			if arg.IsNull(row) {
				return null
			}
		}
		at := len(out.Bytes)
		text, err := f(out.Bytes, args, row)
		if err != nil {
			out.Bytes = out.Bytes[:at]
			return err
		}
		out.Bytes = text
		out.EndString()
		return nil
	})
}

// appending makes a kernel of a function that sees nulls and whose results are of any
// type: f appends one value to out, or returns why there is none before it has
// appended any part.
func appending(f func(out *vector.Column, args []*vector.Column, row int) error) func(bound.Call) (Kernel, error) {
	return func(call bound.Call) (Kernel, error) { return appendingFor(call, f), nil }
}

func appendingFor(call bound.Call, f func(out *vector.Column, args []*vector.Column, row int) error) Kernel {
	return func(out *vector.Column, args []*vector.Column, n int, rows vector.Selection) error {
		out.Reset()
		err := eachRow(n, rows, func(row int) error {
			for out.Len < row {
				out.AppendNull()
			}
			err := f(out, args, row)
			if err != nil {
				if err = settle(call, err); err == nil {
					out.AppendNull()
				}
			}
			return err
		})
		for out.Len < n {
			out.AppendNull()
		}
		return err
	}
}

// anyNull reports whether an argument is null in a row.
func anyNull(args []*vector.Column, row int) bool {
	for _, arg := range args {
		if arg.IsNull(row) {
			return true
		}
	}
	return false
}

// given returns an argument that may have been left out.
func given[T any](args []*vector.Column, i int, value func(c *vector.Column) T, otherwise T) T {
	if i >= len(args) {
		return otherwise
	}
	return value(args[i])
}
