package record

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

type number interface {
	int8 | int16 | int32 | int64 | int | float32 | float64
}

// numbers reads numbers of type S into memory of type D, which is not narrower.
func numbers[S, D number](slice func(*vector.Column) []S) readFunc {
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		values := slice(c)
		if rows == nil {
			for i, value := range values[:n] {
				*(*D)(step(p, i, stride)) = D(value)
			}
			return nil
		}
		for i, row := range rows[:n] {
			*(*D)(step(p, i, stride)) = D(values[row])
		}
		return nil
	}
}

// integers reads whole numbers into a type that holds all of them, or returns nil.
func integers[S number](slice func(*vector.Column) []S, into reflect.Type) readFunc {
	if kind := into.Kind(); kind < reflect.Int || kind > reflect.Int64 || into.Size() < unsafe.Sizeof(S(0)) || into == durationType {
		return nil
	}
	switch into.Kind() {
	case reflect.Int8:
		return numbers[S, int8](slice)
	case reflect.Int16:
		return numbers[S, int16](slice)
	case reflect.Int32:
		return numbers[S, int32](slice)
	case reflect.Int64:
		return numbers[S, int64](slice)
	}
	return numbers[S, int](slice)
}

func floats[S number](slice func(*vector.Column) []S, into reflect.Kind) readFunc {
	switch into {
	case reflect.Float32:
		return numbers[S, float32](slice)
	case reflect.Float64:
		return numbers[S, float64](slice)
	}
	return nil
}

func readBools(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
	for i := range n {
		*(*bool)(step(p, i, stride)) = c.Bools.Get(rowAt(rows, i))
	}
	return nil
}

func readIntervals(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
	for i := range n {
		*(*types.CalendarInterval)(step(p, i, stride)) = c.Interval(rowAt(rows, i))
	}
	return nil
}

// readStrings copies all of them in one piece.
func readStrings(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
	size := 0
	for i := range n {
		size += len(c.String(rowAt(rows, i)))
	}
	var all strings.Builder
	all.Grow(size)
	for i := range n {
		all.Write(c.String(rowAt(rows, i)))
	}
	rest := all.String()
	for i := range n {
		length := len(c.String(rowAt(rows, i)))
		*(*string)(step(p, i, stride)) = rest[:length]
		rest = rest[length:]
	}
	return nil
}

// readBinary copies all values in one piece, but so that one cannot grow into the next.
func readBinary(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
	size := 0
	for i := range n {
		size += len(c.String(rowAt(rows, i)))
	}
	all := make([]byte, 0, size)
	for i := range n {
		from := len(all)
		all = append(all, c.String(rowAt(rows, i))...)
		*(*[]byte)(step(p, i, stride)) = all[from:len(all):len(all)]
	}
	return nil
}

func decimals(scale int) readFunc {
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		var digits []byte
		for i := range n {
			digits = text.AppendDecimal(digits[:0], c.Decimals[rowAt(rows, i)], scale)
			*(*string)(step(p, i, stride)) = string(digits)
		}
		return nil
	}
}

// times reads instants as times in UTC; those of a date are its midnight there.
func times(dates bool) readFunc {
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		for i := range n {
			at := time.Time{}
			if row := rowAt(rows, i); dates {
				at = time.Unix(int64(c.Ints[row])*24*60*60, 0)
			} else {
				at = time.UnixMicro(c.Longs[row])
			}
			*(*time.Time)(step(p, i, stride)) = at.UTC()
		}
		return nil
	}
}

func (r reading) durations(from types.Type) readFunc {
	return func(c *vector.Column, rows []int32, n int, p unsafe.Pointer, stride uintptr) error {
		for i := range n {
			micros := c.Longs[rowAt(rows, i)]
			length := time.Duration(micros) * time.Microsecond
			if length/time.Microsecond != time.Duration(micros) {
				return fmt.Errorf("column %q: %s is beyond the 292 years of a time.Duration", r.column, text.AppendMicros(nil, micros, from))
			}
			*(*time.Duration)(step(p, i, stride)) = length
		}
		return nil
	}
}
