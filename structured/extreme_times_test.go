package structured

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/fault"
)

// TestExtremeTimes asks for times at the ends of the range, as of rows that mark a missing
// time with the greatest or the least one: nothing wraps around.
func TestExtremeTimes(t *testing.T) {
	session := open(t)
	const least, greatest = "timestamp_micros(-9223372036854775807L - 1)", "timestamp_micros(9223372036854775807L)"
	for _, c := range []struct{ query, condition string }{
		{"window(" + least + ", '10 seconds').start", "ARITHMETIC_OVERFLOW"},
		{"window(" + greatest + ", '10 seconds').end", "ARITHMETIC_OVERFLOW"},
		{"window(" + least + ", '10 seconds', '5 seconds').start", "ARITHMETIC_OVERFLOW"},
		{"window(" + greatest + ", '10 seconds', '5 seconds').end", "ARITHMETIC_OVERFLOW"},
		{"session_window(" + greatest + ", '10 seconds').end", "DATETIME_OVERFLOW"},
		{greatest + " + INTERVAL '1' SECOND", "DATETIME_OVERFLOW"},
		{greatest + " + INTERVAL '1' MONTH", "DATETIME_OVERFLOW"},
		{least + " - INTERVAL '1' DAY", "DATETIME_OVERFLOW"},
		{greatest + " - " + least, "DATETIME_OVERFLOW"},
		{"timestampdiff(MICROSECOND, " + least + ", " + greatest + ")", "DATETIME_OVERFLOW"},
		{"timestampadd(HOUR, 1, " + greatest + ")", "DATETIME_OVERFLOW"},
		{"date_trunc('YEAR', " + least + ")", "DATETIME_OVERFLOW"},
		{"date_trunc('HOUR', " + least + ")", "DATETIME_OVERFLOW"},
		{"cast(1e19D as timestamp)", "CAST_OVERFLOW"},
	} {
		query := "SELECT " + c.query + " AS t, count(*) AS n FROM range(1) GROUP BY 1"
		if !strings.Contains(c.query, "window") {
			query = "SELECT " + c.query + " AS t"
		}
		var failure *fault.Error
		for _, err := range session.SQL(query).Rows(t.Context()) {
			if !errors.As(err, &failure) {
				t.Errorf("%s: %v", c.query, err)
			}
		}
		if failure == nil || failure.Condition != c.condition {
			t.Errorf("%s: %v, want %s", c.query, failure, c.condition)
		}
	}
	unselected := "SELECT count(*) AS n FROM (SELECT * FROM VALUES (" + greatest + "), (" + least + "), (timestamp_micros(5)) AS v(t) WHERE t BETWEEN '1900-01-01' AND '2100-01-01') GROUP BY window(t, '10 seconds')"
	if got := textOf(t, session.SQL(unselected)); got != "n\n[1]" {
		t.Errorf("rows that do not count: got %s", got)
	}
	if got := textOf(t, session.SQL("SELECT unix_micros(timestamp_seconds(1e30D)) AS n")); got != "n\n[9223372036854775807]" {
		t.Errorf("got %s, want %d", got, math.MaxInt64)
	}
}
