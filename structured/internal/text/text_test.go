package text

import (
	"math"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/types"
)

func TestDoubles(t *testing.T) {
	for want, value := range map[string]float64{
		"1.0": 1, "1.0E7": 1e7, "1.0E-4": 1e-4, "123456.789": 123456.789, "-0.0": math.Copysign(0, -1),
		"NaN": math.NaN(), "-Infinity": math.Inf(-1), "1.0E21": 1e21, "0.001": 0.001,
	} {
		if got := string(AppendDouble(nil, value)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := string(AppendFloat(nil, 0.1)); got != "0.1" {
		t.Errorf("got %s, want 0.1", got)
	}
	for _, malformed := range []string{"", "x", "1_000", "0x1p3", "1.5x", "--1"} {
		if value, ok := ParseFloat([]byte(malformed), 64); ok {
			t.Errorf("%q is read as %v", malformed, value)
		}
	}
}

// What is written is read back as it was.
func TestTextLeadsBack(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int32Range(-700_000, 2_900_000).Draw(t, "day")
		if got, ok := ParseDate(AppendDate(nil, day)); !ok || got != day {
			t.Fatalf("day %d comes back as %d, %v", day, got, ok)
		}
		clock := rapid.Int64Range(-60_000_000_000_000_000, 250_000_000_000_000_000).Draw(t, "clock")
		if got, ok := ParseClock(AppendClock(nil, clock)); !ok || got != clock {
			t.Fatalf("clock %d comes back as %d, %v", clock, got, ok)
		}
		instant := rapid.Int64Range(0, 250_000_000_000_000_000).Draw(t, "instant")
		if got, ok := ParseTimestamp(AppendTimestamp(nil, instant, zone), zone); !ok || got != instant && instant-got != 3_600_000_000 {
			t.Fatalf("instant %d comes back as %d, %v", instant, got, ok)
		}
		number, scale := decimal128.FromI64(rapid.Int64().Draw(t, "number")), rapid.IntRange(0, 38).Draw(t, "scale")
		if got, fits, ok := ParseDecimal(AppendDecimal(nil, number, scale), 38, scale); !ok || !fits || got != number {
			t.Fatalf("%v at scale %d comes back as %v, %v, %v", number, scale, got, fits, ok)
		}
		number64 := rapid.Int64().Draw(t, "whole")
		if got, ok := ParseWhole([]byte(string(AppendDecimal(nil, decimal128.FromI64(number64), 0)))); !ok || got != number64 {
			t.Fatalf("%d comes back as %d, %v", number64, got, ok)
		}
	})
}

func TestDecimalsAreRoundedHalfUp(t *testing.T) {
	for _, c := range []struct {
		text             string
		precision, scale int
		want             string // empty: does not fit; "-": no number
	}{
		{"1.005", 10, 2, "1.01"},
		{"-1.25", 3, 1, "-1.3"},
		{"1000", 3, 1, ""},
		{"1e3", 5, 1, "1000.0"},
		{".5", 2, 0, "1"},
		{"0.0004", 3, 2, "0.00"},
		{"99.95", 3, 1, ""},
		{"1e", 5, 1, "-"},
		{".", 5, 1, "-"},
		{"1e99999999", 5, 1, "-"},
		{"", 5, 1, "-"},
	} {
		number, fits, ok := ParseDecimal([]byte(c.text), c.precision, c.scale)
		got := "-"
		switch {
		case ok && fits:
			got = string(AppendDecimal(nil, number, c.scale))
		case ok:
			got = ""
		}
		if got != c.want {
			t.Errorf("%q as decimal(%d,%d): got %q, want %q", c.text, c.precision, c.scale, got, c.want)
		}
	}
}

func TestTimestamps(t *testing.T) {
	for input, want := range map[string]string{
		"2024-03-01T12:34:56.123456789Z":       "2024-03-01 12:34:56.123456",
		"2024-03-01 12:34:56+02:00":            "2024-03-01 10:34:56",
		"2024-03-01 12:34:56 America/New_York": "2024-03-01 17:34:56",
		"2024":                                 "2024-01-01 00:00:00",
		"2024-03-01 1:2:3":                     "2024-03-01 01:02:03",
		"2024-03-01 12:34:56.":                 "2024-03-01 12:34:56",
		"2024-03-01 12:34 UTC+3":               "",
		"2024-03-01 24:00:00":                  "",
		"20240301":                             "",
		"2024-03-01T":                          "",
		"2023-02-29":                           "",
		"2024-03-01 12:34:56 Nowhere/Town":     "",
	} {
		instant, ok := ParseTimestamp([]byte(input), time.UTC)
		if got := string(AppendTimestamp(nil, instant, time.UTC)); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %s, %v; want %q", input, got, ok, want)
		}
	}
}

func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		text string
		of   types.Type
		want string
	}{
		{"1-2", types.YearMonth, "INTERVAL '1-2' YEAR TO MONTH"},
		{"-3", types.Interval(types.Month, types.Month), "INTERVAL '-3' MONTH"},
		{"1 02:03:04.5", types.DayTime, "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
		{"-10", types.Interval(types.Day, types.Day), "INTERVAL '-10' DAY"},
		{"36", types.Interval(types.Hour, types.Hour), "INTERVAL '36' HOUR"},
		{"26:05", types.Interval(types.Hour, types.Minute), "INTERVAL '26:05' HOUR TO MINUTE"},
		{"1-12", types.YearMonth, ""},
		{"1 24:00:00", types.DayTime, ""},
		{"x", types.YearMonth, ""},
		{"", types.DayTime, ""},
	} {
		value, ok := ParseInterval(c.text, c.of)
		got := ""
		if ok && c.of.Kind() == types.KindYearMonth {
			got = string(AppendMonths(nil, int32(value), c.of))
		} else if ok {
			got = string(AppendMicros(nil, value, c.of))
		}
		if got != c.want {
			t.Errorf("%q as %s: got %q, want %q", c.text, c.of, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"2024-03-01 12:34:56.5+02:00", "1 02:03:04.5", "-1.5e-3", "12:34", "+99999-1-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		b := Trim([]byte(input))
		ParseBool(b)
		ParseWhole(b)
		ParseFloat(b, 64)
		ParseDecimal(b, 38, 18)
		ParseInterval(input, types.DayTime)
		ParseInterval(input, types.YearMonth)
		if day, ok := ParseDate(b); ok {
			if again, ok := ParseDate(AppendDate(nil, day)); !ok || again != day {
				t.Errorf("%q is day %d, which comes back as %d, %v", input, day, again, ok)
			}
		}
		ParseTimestamp(b, time.UTC)
	})
}
