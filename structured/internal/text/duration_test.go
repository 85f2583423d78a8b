package text

import "testing"

func TestDurations(t *testing.T) {
	for text, want := range map[string]int64{
		"2 seconds": 2_000_000, "1 minute 30 seconds": 90_000_000, "interval 1 day": 86_400_000_000,
		"-1 seconds": -1_000_000, "0 seconds": 0, "500 milliseconds": 500_000, "0.5 SECOND": 500_000,
		"1 week": 604_800_000_000, " 3  microseconds ": 3,
	} {
		if got, ok := ParseDuration(text); !ok || got != want {
			t.Errorf("%q: got %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "seconds", "5", "1 month", "1 year", "x seconds", "1 second 2", "1e3 seconds", "inf seconds", "9223372036854775807 days", "interval"} {
		if got, ok := ParseDuration(text); ok {
			t.Errorf("%q: got %d, want a refusal", text, got)
		}
	}
}
