package expr

import (
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// CurrentTimestamp is the time of the query, in a stream that of the batch: the same for
// all rows, and the same if the batch runs again.
func CurrentTimestamp() Column { return call("current_timestamp") }

// CurrentDate is the day of CurrentTimestamp in the session's time zone.
func CurrentDate() Column { return call("current_date") }

// Lower is the string in lower case.
func Lower[C Arg](c C) Column { return call(string(bound.Lower), columnOf(c)) }

// Upper is the string in upper case.
func Upper[C Arg](c C) Column { return call(string(bound.Upper), columnOf(c)) }

// Trim is the string without the blanks at both ends.
func Trim[C Arg](c C) Column { return call(string(bound.Trim), columnOf(c)) }

// Length is the number of characters (code points) of the string.
func Length[C Arg](c C) Column { return call(string(bound.Length), columnOf(c)) }

// Concat is the strings one after the other, null if one of them is.
func Concat[C Arg](columns ...C) Column {
	return call(string(bound.Concat), Columns(columns...)...)
}

// Split is the array of the pieces between the matches of a regular expression, in
// Go's syntax. Empty pieces stay.
func Split[C Arg](c C, pattern string) Column {
	return call(string(bound.Split), columnOf(c), Lit(pattern))
}

// Explode gives one row for each element of an array, none where it is null or
// empty. It is not a value: it stands alone in a Select or WithColumn, one in each.
// Its column is called "col" unless named.
func Explode[C Arg](c C) Column { return call("explode", columnOf(c)) }

// Count is the number of rows; with columns, of the rows in which none of them is
// null.
func Count(columns ...Column) Column { return call("count", columns...) }

// Sum is the sum of the values that are not null, null if there are none: a bigint
// for whole numbers, which fails the query if it overflows, else a double.
func Sum[C Arg](c C) Column { return call("sum", columnOf(c)) }

// Min is the smallest value that is not null, null if there are none.
func Min[C Arg](c C) Column { return call("min", columnOf(c)) }

// Max is the greatest value that is not null, null if there are none. NaN is
// greater than every other number.
func Max[C Arg](c C) Column { return call("max", columnOf(c)) }

// Window is the time window [start, start+size) that holds a time, as a struct with
// the fields start and end. Rows whose time is null vanish. A second duration is the
// slide from one window to the next, size unless given: if it is smaller, a row is in
// several windows. A third shifts all starts. Windows are counted from
// 1970-01-01T00:00:00Z in every time zone; durations are whole microseconds.
//
// The column is called "window" unless named. Of a window, such as the key of an
// earlier aggregation, the time is WindowTime. One operation has at most one Window.
func Window[C Arg](c C, size time.Duration, slideAndStart ...time.Duration) Column {
	if len(slideAndStart) > 2 {
		return of(syntax.Invalid{Message: "window takes a size, a slide and a start"})
	}
	window := syntax.Window{Time: columnOf(c).Syntax(), Size: size, Slide: size}
	if len(slideAndStart) > 0 {
		window.Slide = slideAndStart[0]
	}
	if len(slideAndStart) > 1 {
		window.Start = slideAndStart[1]
	}
	return of(window)
}

// Gap is how long a session stays open after a row: a constant, or an expression whose
// value is an interval or a string such as "5 seconds".
type Gap interface {
	time.Duration | Column
}

// SessionWindow is, in GroupBy, the session of a row's time: rows of one group of the
// other keys are in one session as long as each comes at most the gap after another,
// and the session ends the gap after its last row. It is a struct with the fields
// start and end. Rows whose time is null, or whose gap is null, zero or negative,
// vanish. The gap may differ from row to row: the session then ends when the last of
// its rows lets it.
//
// The column is called "session_window" unless named.
func SessionWindow[C Arg, G Gap](c C, gap G) Column {
	window := syntax.SessionWindow{Time: columnOf(c).Syntax()}
	switch gap := any(gap).(type) {
	case time.Duration:
		window.Gap = syntax.Literal{Value: types.CalendarInterval{Microseconds: gap.Microseconds()}, Of: types.Calendar}
	case Column:
		window.Gap = gap.Syntax()
	}
	return of(window)
}

// WindowTime is the last microsecond of a time window: the time by which the window
// itself is placed in a larger one.
func WindowTime[C Arg](c C) Column { return call(string(bound.WindowTime), columnOf(c)) }
