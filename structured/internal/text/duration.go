package text

import (
	"math"
	"strconv"
	"strings"
)

// microseconds is how long the units of ParseDuration are.
var microseconds = map[string]int64{
	"microsecond": 1, "millisecond": 1_000, "second": 1_000_000, "minute": 60_000_000,
	"hour": 3_600_000_000, "day": 86_400_000_000, "week": 7 * 86_400_000_000,
}

// ParseDuration reads a length of time as numbers with units, such as "1 minute 30
// seconds" or "-0.5 seconds"; the word interval may stand before it. It is in
// microseconds. Months and years have no fixed length and are not read.
func ParseDuration(text string) (µs int64, ok bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "interval" {
		words = words[1:]
	}
	if len(words) == 0 || len(words)%2 != 0 {
		return 0, false
	}
	for ; len(words) > 0; words = words[2:] {
		unit, ok := microseconds[strings.TrimSuffix(words[1], "s")]
		if !ok {
			return 0, false
		}
		part, ok := multiple(words[0], unit)
		if !ok || part > 0 && µs > math.MaxInt64-part || part < 0 && µs < math.MinInt64-part {
			return 0, false
		}
		µs += part
	}
	return µs, true
}

// multiple is a decimal number of units, cut to whole microseconds.
func multiple(number string, unit int64) (int64, bool) {
	if whole, err := strconv.ParseInt(number, 10, 64); err == nil {
		if whole > math.MaxInt64/unit || whole < math.MinInt64/unit {
			return 0, false
		}
		return whole * unit, true
	}
	if strings.ContainsAny(number, "einxp") { // exponents, infinities, hexadecimals
		return 0, false
	}
	value, err := strconv.ParseFloat(number, 64)
	if product := value * float64(unit); err == nil && math.Abs(product) < math.MaxInt64 {
		return int64(product), true
	}
	return 0, false
}
