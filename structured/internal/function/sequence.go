package function

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func bindSequence(b Binding, args []bound.Expr) (bound.Expr, error) {
	t, ok := coerce.Common(args[0].Type(), args[1].Type())
	if !ok || !t.IsInteger() && !t.IsTime() {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "sequence goes over whole numbers, dates or timestamps, not from %s to %s", args[0].Type(), args[1].Type())
	}
	args[0], args[1] = b.To(args[0], t), b.To(args[1], t)
	if len(args) == 3 {
		step := args[2].Type()
		switch {
		case t.IsInteger() && coerce.Implicit(step, t):
			args[2] = b.To(args[2], t)
		case t.IsInteger():
			return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "a sequence of %s takes no steps of %s", t, step)
		case step.Kind() == types.KindYearMonth:
			args[2] = b.To(args[2], types.YearMonth)
		case step.Kind() == types.KindDayTime:
			args[2] = b.To(args[2], types.DayTime)
		case step == types.Calendar:
		default:
			return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "a sequence of %s takes no steps of %s", t, step)
		}
	}
	return b.zoned("sequence", types.Array(t), args...), nil
}

// maxSequence is how many elements a sequence may have.
const maxSequence = 1 << 31 / 8

func sequenceKernel(call bound.Call) (Kernel, error) {
	t := call.Of.Element()
	if t.IsInteger() {
		return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
			if anyNull(args, row) {
				return null
			}
			return wholeSequence(call, out, args, row)
		}), nil
	}
	zone, err := zoneOf(call)
	if t == types.TimestampNTZ {
		zone = time.UTC
	}
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		return timeSequence(call, out, args, row, zone)
	}), err
}

func wholeSequence(call bound.Call, out *vector.Column, args []*vector.Column, row int) error {
	start, stop, by := args[0].Whole(row), args[1].Whole(row), int64(1)
	switch {
	case len(args) == 3:
		by = args[2].Whole(row)
	case stop < start:
		by = -1
	}
	last := uint64(0) // the number of the last element, in 64 bits without a sign, which the distance may need
	switch {
	case by > 0:
		last = uint64(stop-start) / uint64(by)
	case by < 0:
		last = uint64(start-stop) / uint64(-by)
	}
	return collect(call, out, start, stop, float64(by), func(n int64) (value, place int64, ok bool) {
		value = start + n*by
		return value, value, uint64(n) <= last
	})
}

// timeSequence goes in steps of an interval, from the start each time: so the last days of
// months stay such.
func timeSequence(call bound.Call, out *vector.Column, args []*vector.Column, row int, zone *time.Location) error {
	days := ofAnyTime(args[0])
	start, stop := args[0].Whole(row), args[1].Whole(row)
	if days {
		first, ok := calendar.InstantAt(int(start), 0, zone)
		last, also := calendar.InstantAt(int(stop), 0, zone)
		if !ok || !also {
			return errTimestamp
		}
		start, stop = first, last
	}
	step := types.CalendarInterval{Days: 1}
	switch {
	case len(args) == 3:
		if step = intervalAt(args[2], row); args[2].Type.Kind() == types.KindDayTime {
			step.Days, step.Microseconds = int32(step.Microseconds/calendar.Day), step.Microseconds%calendar.Day
		}
		if days && step.Months == 0 && step.Days == 0 {
			return fault.Runtimef("ILLEGAL_SEQUENCE_STEP", "a sequence of dates takes no steps of less than a day, in %s", call)
		}
	case stop < start:
		step.Days = -1
	}
	const leastMonth = 28
	length := (leastMonth*float64(step.Months)+float64(step.Days))*calendar.Day + float64(step.Microseconds)
	return collect(call, out, start, stop, length, func(n int64) (value, place int64, ok bool) {
		by, ok := calendar.Times(step, n)
		if !ok {
			return 0, 0, false
		}
		place, err := moved(start, by, zone)
		if value = place; days {
			day, _ := calendar.Split(calendar.Clock(place, zone))
			value = int64(day)
		}
		return value, place, err == nil
	})
}

// collect appends a sequence: the values of elements 0, 1 and so on as long as their places
// do not pass the stop, nor the range of what there is.
func collect(call bound.Call, out *vector.Column, start, stop int64, step float64, at func(n int64) (value, place int64, ok bool)) error {
	if step == 0 && start != stop || step > 0 && start > stop || step < 0 && start < stop {
		return fault.Runtimef("ILLEGAL_SEQUENCE_BOUNDARIES", "a sequence from %d does not come to %d in steps of %v, in %s", start, stop, step, call)
	}
	for n := int64(0); ; n++ {
		value, place, ok := at(n)
		if !ok || step >= 0 && place > stop || step < 0 && place < stop {
			break
		}
		if n > maxSequence {
			return fault.Runtimef("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "a sequence of more than %d elements, in %s", maxSequence, call)
		}
		appendWhole(&out.Children[0], value)
		if step == 0 {
			break
		}
	}
	out.EndArray()
	return nil
}
