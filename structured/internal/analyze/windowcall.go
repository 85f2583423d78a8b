package analyze

import (
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
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

// spanOf is the length of time that an argument of window says: an interval, or the
// text of one.
func spanOf(arg syntax.Node) (time.Duration, *syntax.Invalid) {
	interval, ok := arg.(syntax.Interval)
	if literal, isLiteral := arg.(syntax.Literal); isLiteral && literal.Of == types.String && literal.Value != nil {
		node, err := sql.ParseExpression("INTERVAL '"+strings.ReplaceAll(literal.Value.(string), "'", "")+"'", sql.Given{})
		if err == nil {
			interval, ok = node.(syntax.Interval)
		}
	}
	switch {
	case !ok:
		return 0, &syntax.Invalid{Message: arg.String() + " is no constant length of time, such as '10 seconds'"}
	case interval.Months != 0 || interval.First <= types.Month:
		return 0, &syntax.Invalid{Condition: "_LEGACY_ERROR_TEMP_3231", Message: arg.String() + " has months, which differ in length; give days or less"}
	}
	const most = int64(1<<63-1) / 1000
	if interval.Microseconds > most || interval.Microseconds < -most {
		return 0, &syntax.Invalid{Message: arg.String() + " is longer than 292 years"}
	}
	return time.Duration(interval.Microseconds) * time.Microsecond, nil
}
