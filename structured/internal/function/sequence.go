package function

import (
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
		case t.IsInteger():
			args[2] = b.To(args[2], t)
		case step.Kind() == types.KindYearMonth:
			args[2] = b.To(args[2], types.YearMonth)
		case step.Kind() == types.KindDayTime:
			args[2] = b.To(args[2], types.DayTime)
		default:
			return nil, fault.Analysisf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "a sequence of %s takes no steps of %s", t, step)
		}
	}
	return b.zoned("sequence", types.Array(t), args...), nil
}

// maxSequence is how many elements a sequence may have.
const maxSequence = 1 << 31 / 8

func sequenceKernel(call bound.Call) (Kernel, error) {
	zone, err := zoneOf(call)
	t := call.Of.Element()
	return appendingFor(call, func(out *vector.Column, args []*vector.Column, row int) error {
		if anyNull(args, row) {
			return null
		}
		start, stop := args[0].Whole(row), args[1].Whole(row)
		var months, by int64
		switch {
		case len(args) == 3 && args[2].Type.Kind() == types.KindYearMonth:
			months = int64(args[2].Ints[row])
		case len(args) == 3:
			if by = args[2].Whole(row); t == types.Date {
				by /= calendar.Day
			}
		case t.IsInteger() || t == types.Date:
			by = 1
		default:
			by = calendar.Day
		}
		if len(args) < 3 && stop < start {
			by = -by
		}
		sign := by + months
		if sign == 0 && start != stop || sign > 0 && start > stop || sign < 0 && start < stop {
			return fault.Runtimef("ILLEGAL_SEQUENCE_BOUNDARIES", "a sequence from %d does not come to %d in steps of %d, in %s", start, stop, sign, call)
		}
		for n := int64(0); ; n++ {
			value, end := start+n*by, error(nil)
			switch {
			case months != 0 && t == types.Date:
				value = int64(calendar.AddMonths(int(start), int(n*months)))
			case months != 0:
				value, end = addMonths(start, int(n*months), zone)
			case t == types.Timestamp && by%calendar.Day == 0:
				value, end = addDayTime(start, n*by, zone)
			}
			if end != nil || sign >= 0 && value > stop || sign < 0 && value < stop || sign > 0 && value < start {
				break
			}
			if n > maxSequence {
				return fault.Runtimef("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "a sequence of more than %d elements, in %s", maxSequence, call)
			}
			appendWhole(&out.Children[0], value)
			if sign == 0 {
				break
			}
		}
		out.EndArray()
		return nil
	}), err
}
