package analyze

import (
	"errors"
	"math"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/calendar"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// timeWindows replaces the calls of window and session_window in a block and its sort keys by time windows.
func (r *resolver) timeWindows(s *syntax.Select, orders []syntax.Node) (*syntax.Select, []syntax.Node) {
	replaced := *s
	replaced.Items = timeWindowsIn(s.Items)
	if s.Having != nil {
		replaced.Having = timeWindow(s.Having)
	}
	if s.GroupBy != nil {
		grouping := *s.GroupBy
		grouping.Elements = timeWindowsInElements(s.GroupBy.Elements)
		replaced.GroupBy = &grouping
	}
	return &replaced, timeWindowsIn(orders)
}

func timeWindowsIn(nodes []syntax.Node) []syntax.Node {
	replaced := make([]syntax.Node, len(nodes))
	for i, node := range nodes {
		replaced[i] = timeWindow(node)
	}
	return replaced
}

func timeWindowsInElements(elements []syntax.GroupingElement) []syntax.GroupingElement {
	replaced := make([]syntax.GroupingElement, len(elements))
	for i, element := range elements {
		replaced[i] = syntax.GroupingElement{Kind: element.Kind, Of: timeWindowsInElements(element.Of)}
		for _, set := range element.Sets {
			replaced[i].Sets = append(replaced[i].Sets, timeWindowsIn(set))
		}
	}
	return replaced
}

// timeWindow replaces the calls of window and session_window in an expression.
func timeWindow(node syntax.Node) syntax.Node {
	return syntax.Map(node, func(node syntax.Node) syntax.Node {
		call, ok := node.(syntax.Call)
		if ok && call.Function == "session_window" && call.Over == nil && len(call.Args) == 2 {
			return syntax.SessionWindow{Time: call.Args[0], Gap: call.Args[1]}
		}
		if !ok || call.Function != "window" || call.Over != nil || len(call.Args) < 2 || len(call.Args) > 4 {
			return node
		}
		w := syntax.Window{Time: call.Args[0]}
		for i, arg := range call.Args[1:] {
			d, invalid := spanOf(arg)
			if invalid != nil {
				return *invalid
			}
			*[]*time.Duration{&w.Size, &w.Slide, &w.Start}[i] = d
		}
		if len(call.Args) == 2 {
			w.Slide = w.Size
		}
		return w
	})
}

// spanOf is the length of time that an argument of window says: an interval, the text of
// one, or a whole number of microseconds.
func spanOf(arg syntax.Node) (time.Duration, *syntax.Invalid) {
	var interval types.CalendarInterval
	months := false
	switch arg := arg.(type) {
	case syntax.Interval:
		interval.Microseconds, months = arg.Microseconds, arg.First <= types.Month
	case syntax.Literal:
		switch value := arg.Value.(type) {
		case int32:
			interval.Microseconds = int64(value)
		case int64:
			interval.Microseconds = value
		case string:
			var err error
			if interval, err = text.ParseCalendarInterval(value); err != nil {
				return 0, &syntax.Invalid{Condition: invalidInterval(err), Message: err.Error() + "; give a length of time such as '10 seconds'"}
			}
			months = interval.Months != 0
		default:
			return 0, notConstant(arg)
		}
	default:
		return 0, notConstant(arg)
	}
	if months {
		return 0, &syntax.Invalid{Condition: "_LEGACY_ERROR_TEMP_3231", Message: arg.String() + " has months, which differ in length; give days or less"}
	}
	span := time.Duration(interval.Days)*24*time.Hour + time.Duration(interval.Microseconds)*time.Microsecond
	if exact := float64(interval.Days)*calendar.Day + float64(interval.Microseconds); math.Abs(exact-float64(span/time.Microsecond)) > calendar.Second {
		return 0, &syntax.Invalid{Message: arg.String() + " is longer than 292 years"}
	}
	return span, nil
}

func notConstant(arg syntax.Node) *syntax.Invalid {
	return &syntax.Invalid{Message: arg.String() + " is no constant length of time, such as '10 seconds'"}
}

// invalidInterval is the condition of a text that is no interval.
func invalidInterval(err error) string {
	problem, _ := errors.AsType[*text.IntervalError](err)
	return "INVALID_INTERVAL_FORMAT." + problem.Condition
}
