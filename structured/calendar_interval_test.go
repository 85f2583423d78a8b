package structured

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/structured/types"
)

// TestCalendarIntervalsInAndOut: intervals of months, days and microseconds come from rows
// of the program, and go to rows and to Arrow.
func TestCalendarIntervalsInAndOut(t *testing.T) {
	type trip struct {
		Name string
		Span *types.CalendarInterval
	}
	s := open(t)
	want := []trip{
		{"a", &types.CalendarInterval{Months: 14, Days: -3, Microseconds: 61_500_000}},
		{"b", nil},
		{"c", &types.CalendarInterval{Months: -1, Days: 1 << 30, Microseconds: -1}},
	}
	if err := s.CreateView("trips", s.FromSlice(want).DataFrame()); err != nil {
		t.Fatal(err)
	}
	got, err := Collect[trip](t.Context(), s.SQL("SELECT name, span + make_interval(1) - make_interval(0, 12) AS span FROM trips"))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range got {
		if row.Name != want[i].Name || (row.Span == nil) != (want[i].Span == nil) || row.Span != nil && *row.Span != *want[i].Span {
			t.Errorf("row %d: got %v %v, want %v %v", i, row.Name, row.Span, want[i].Name, want[i].Span)
		}
	}
	for batch, err := range s.SQL("SELECT span FROM trips WHERE name = 'a'").Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		value := batch.Column(0).(*array.MonthDayNanoInterval).Value(0)
		if value != (arrow.MonthDayNanoInterval{Months: 14, Days: -3, Nanoseconds: 61_500_000_000}) {
			t.Errorf("in Arrow it is %v", value)
		}
		batch.Release()
	}
	for _, err := range s.SQL("SELECT make_interval(0, 0, 0, 0, 2147483647) AS long").Batches(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), `"long"`) || !strings.Contains(err.Error(), "too long for the nanoseconds of Arrow") {
			t.Errorf("an interval of 245,000 years in Arrow: got %v, want an error that says so", err)
		}
	}
}

// TestIntervalsAndSequencesAtTheEnds: what is beyond 64 bits is refused, or ends a sequence.
func TestIntervalsAndSequencesAtTheEnds(t *testing.T) {
	s := open(t)
	if _, err := Collect[int64](t.Context(), s.SQL("SELECT count(*) FROM range(1) WHERE INTERVAL '2147483647 days' > INTERVAL '1 day'")); err == nil {
		t.Error("an interval of 2147483647 days is more than 64 bits of microseconds, and was taken")
	}
	for query, want := range map[string]int64{
		"size(sequence(-9000000000000000000L, 9000000000000000000L, 9000000000000000000L))":   3,
		"size(sequence(9000000000000000000L, -9000000000000000000L, -9000000000000000000L))":  3,
		"size(sequence(9223372036854775806L, 9223372036854775807L))":                          2,
		"size(sequence(DATE'2024-01-01', DATE'2024-01-02', make_interval(0, 2147483647)))":    1,
		"size(sequence(DATE'2024-01-02', DATE'2024-01-01', make_interval(0, -2147483647)))":   1,
		"size(sequence(DATE'2024-01-01', DATE'2024-03-01', make_interval(0, 1, 0, 0, 0, 0)))": 3,
	} {
		got, err := Collect[int64](t.Context(), s.SQL("SELECT CAST("+query+" AS BIGINT)"))
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v (%v), want %d", query, got, err, want)
		}
	}
}
