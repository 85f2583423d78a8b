package text

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestTimesAreReadAsTheyAreWritten has all days and instants, those at the ends of the
// range more often.
func TestTimesAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.OneOf(rapid.Int32(), rapid.SampledFrom([]int32{math.MinInt32, math.MaxInt32, -719_529, 2_932_897})).Draw(t, "day")
		text := AppendDate(nil, day)
		if got, ok := ParseDate(text); !ok || got != day {
			t.Errorf("day %d is written %s and read as %d (%v)", day, text, got, ok)
		}
		instant := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64})).Draw(t, "instant")
		text = AppendTimestamp(nil, instant, time.UTC)
		if got, ok := ParseTimestamp(text, time.UTC); !ok || got != instant {
			t.Errorf("instant %d is written %s and read as %d (%v)", instant, text, got, ok)
		}
	})
}

func TestTimesBeyondTheRange(t *testing.T) {
	behind := time.FixedZone("behind", -3600)
	for _, text := range []string{"+5881580-07-12", "-5877641-06-22", "+9999999-01-01"} {
		if day, ok := ParseDate([]byte(text)); ok {
			t.Errorf("%s is day %d", text, day)
		}
	}
	for _, text := range []string{"+294247-01-10 04:00:54.775808", "-290308-12-21 19:59:05.224191", "+294247-01-11", "+5881580-07-11"} {
		if instant, ok := ParseTimestamp([]byte(text), time.UTC); ok {
			t.Errorf("%s is instant %d", text, instant)
		}
	}
	if instant, ok := ParseTimestamp([]byte("+294247-01-10 03:30:00"), behind); ok {
		t.Errorf("an hour behind, half past three is instant %d", instant)
	}
}
