package text

import (
	"errors"
	"testing"

	"github.com/tidewheel/tidewheel/structured/types"
)

func TestCalendarIntervals(t *testing.T) {
	for text, want := range map[string]string{
		"1 year 2 months 3 days 4 hours 5 minutes 6.789 seconds": "1 years 2 months 3 days 4 hours 5 minutes 6.789 seconds",
		"interval 1 month -1 day":                                "1 months -1 days",
		"  1   WEEK ":                                            "7 days",
		"1 day\t2 hours\n":                                       "1 days 2 hours",
		"-1.5 seconds":                                           "-1.5 seconds",
		"- 1 day - 2 hours":                                      "-1 days -2 hours",
		"-  .5 seconds":                                          "-0.5 seconds",
		"+1 day":                                                 "1 days",
		"1 millisecond 1 microsecond":                            "0.001001 seconds",
		"1 year 2 years":                                         "3 years",
		"1 days -2 days":                                         "-1 days",
		"0 day":                                                  "0 seconds",
		"1.123456789 seconds":                                    "1.123456 seconds",
		"1. seconds":                                             "1 seconds",
		"-100 hours -1 minutes 30.00005 seconds":                 "-100 hours -29.99995 seconds",
		"9223372036854775807 microseconds":                       "2562047788 hours 54.775807 seconds",
		"-9223372036854.775808 seconds":                          "-2562047788 hours -54.775808 seconds",
		"-9223372036854775807 µs -1 microsecond":                 "INVALID_UNIT",
		"-2147483648 months":                                     "-178956970 years -8 months",
		"":                                                       "INPUT_IS_EMPTY",
		"x":                                                      "UNRECOGNIZED_NUMBER",
		"1":                                                      "MISSING_UNIT",
		"1 day 2":                                                "MISSING_UNIT",
		"1day":                                                   "INVALID_VALUE",
		"1 dayss":                                                "INVALID_UNIT",
		"1 day, 2 hours":                                         "INVALID_UNIT",
		"interval":                                               "INPUT_IS_EMPTY",
		"interval1 day":                                          "INVALID_PREFIX",
		"1.5 days":                                               "INVALID_FRACTION",
		"1. days":                                                "INVALID_FRACTION",
		"1.5 milliseconds":                                       "INVALID_FRACTION",
		"1 quarter":                                              "INVALID_UNIT",
		"1 min":                                                  "INVALID_UNIT",
		"1e3 days":                                               "INVALID_VALUE",
		"--1 day":                                                "INVALID_VALUE",
		"-":                                                      "MISSING_NUMBER",
		"1..5 seconds":                                           "INVALID_VALUE",
		". seconds":                                              "INVALID_VALUE",
		"1.1234567891 seconds":                                   "INVALID_PRECISION",
		"٣ days":                                                 "UNRECOGNIZED_NUMBER",
		"9223372036854775808 microseconds":                       "ARITHMETIC_EXCEPTION",
		"-9223372036854775808 microseconds":                      "ARITHMETIC_EXCEPTION",
		"2147483648 months":                                      "ARITHMETIC_EXCEPTION",
		"2147483648 months -1 month":                             "ARITHMETIC_EXCEPTION",
		"178956971 years":                                        "ARITHMETIC_EXCEPTION",
		"306783379 weeks":                                        "ARITHMETIC_EXCEPTION",
	} {
		v, err := ParseCalendarInterval(text)
		if problem, ok := errors.AsType[*IntervalError](err); ok {
			if problem.Condition != want {
				t.Errorf("%q: refused as %s (%v), want %s", text, problem.Condition, err, want)
			}
			continue
		}
		if got := string(AppendCalendarInterval(nil, v)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestCalendarIntervalsAreReadAsTheyAreWritten(t *testing.T) {
	for _, v := range []types.CalendarInterval{
		{},
		{Months: 14, Days: -3, Microseconds: 61_500_000},
		{Months: -1},
		{Months: -13, Microseconds: -1},
		{Months: -1 << 31, Days: -1 << 31, Microseconds: -1 << 63},
		{Months: 1<<31 - 1, Days: 1<<31 - 1, Microseconds: 1<<63 - 1},
	} {
		text := AppendCalendarInterval(nil, v)
		if again, err := ParseCalendarInterval(string(text)); err != nil || again != v {
			t.Errorf("%v is written as %q, which is read as %v (%v)", v, text, again, err)
		}
	}
}
