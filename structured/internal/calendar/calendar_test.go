package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The package agrees with package time wherever that one reaches.
func TestDatesAgreeWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.IntRange(-3_000_000, 3_000_000).Draw(t, "day")
		want := time.Unix(int64(day)*86400, 0).UTC()
		year, month, dayOfMonth := Date(day)
		if year != want.Year() || month != int(want.Month()) || dayOfMonth != want.Day() {
			t.Fatalf("day %d: got %d-%d-%d, want %v", day, year, month, dayOfMonth, want)
		}
		if got := DayOf(year, month, dayOfMonth); got != day {
			t.Fatalf("%v: got day %d, want %d", want, got, day)
		}
		isoYear, isoWeek := want.ISOWeek()
		if y, w := ISOWeek(day); y != isoYear || w != isoWeek {
			t.Fatalf("%v: got week %d of %d, want %d of %d", want, w, y, isoWeek, isoYear)
		}
		if got, want := Weekday(day), (int(want.Weekday())+6)%7; got != want {
			t.Fatalf("day %d: got weekday %d, want %d", day, got, want)
		}
		if got, want := DaysIn(year, month), DayOf(year, month+1, 1)-DayOf(year, month, 1); got != want {
			t.Fatalf("%d-%d: got %d days, want %d", year, month, got, want)
		}
	})
}

func TestMonthsEndWhereTheMonthDoes(t *testing.T) {
	for _, c := range []struct{ day, months, want int }{
		{DayOf(2024, 1, 31), 1, DayOf(2024, 2, 29)},
		{DayOf(2024, 2, 29), 12, DayOf(2025, 2, 28)},
		{DayOf(2024, 3, 31), -1, DayOf(2024, 2, 29)},
		{DayOf(2024, 1, 15), -13, DayOf(2022, 12, 15)},
	} {
		if got := AddMonths(c.day, c.months); got != c.want {
			t.Errorf("AddMonths(%d, %d) = %d, want %d", c.day, c.months, got, c.want)
		}
	}
}

// A clock time comes back, except in the hour that is left out; there and in the
// hour that is shown twice the rule of Instant holds.
func TestZones(t *testing.T) {
	zone, err := Zone("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month, day, hour, minute int) int64 {
		return int64(DayOf(2024, month, day))*Day + int64(hour)*Hour + int64(minute)*Minute
	}
	for name, c := range map[string]struct{ clock, instant int64 }{
		"winter":         {at(1, 1, 0, 0), at(1, 1, 8, 0)},
		"left out":       {at(3, 10, 2, 30), at(3, 10, 10, 30)},
		"before the gap": {at(3, 10, 1, 59), at(3, 10, 9, 59)},
		"after the gap":  {at(3, 10, 3, 0), at(3, 10, 10, 0)},
		"shown twice":    {at(11, 3, 1, 30), at(11, 3, 8, 30)},
	} {
		if got := Instant(c.clock, zone); got != c.instant {
			t.Errorf("%s: got %v, want %v", name, time.UnixMicro(got).UTC(), time.UnixMicro(c.instant).UTC())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Int64Range(0, at(12, 31, 0, 0)).Draw(t, "instant")
		if back := Instant(Clock(instant, zone), zone); back != instant && instant-back != Hour {
			t.Fatalf("%v comes back as %v", time.UnixMicro(instant).UTC(), time.UnixMicro(back).UTC())
		}
	})
}

func TestZoneNames(t *testing.T) {
	for name, seconds := range map[string]int{
		"Z": 0, "UTC": 0, "UTC+3": 3 * 3600, "GMT-01:30": -5400, "+5": 5 * 3600, "+05:30": 19800, "-0130": -5400, "Asia/Tokyo": 9 * 3600,
	} {
		zone, err := Zone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, got := time.Unix(0, 0).In(zone).Zone(); got != seconds {
			t.Errorf("%s: got %d seconds, want %d", name, got, seconds)
		}
	}
	for _, name := range []string{"", "Local", "Mars/Olympus", "+19", "+1:2:3:4", "+123", "UTC+", "+x"} {
		if zone, err := Zone(name); err == nil {
			t.Errorf("%q: got %v, want an error", name, zone)
		}
	}
}
