package structured

import (
	"testing"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// The time of day is that of the query, or of the batch, and one for all rows.
func TestCurrentTime(t *testing.T) {
	mock := clock.NewMock()
	mock.Set(time.Date(2024, 2, 29, 23, 30, 0, 0, time.UTC))
	s, err := Open(Options{Partitions: 2, Clock: mock, TimeZone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { same(t, s.Close(), nil) }()
	const text = "SELECT DISTINCT string(now()), string(current_date), current_timestamp() = now() FROM "
	table := s.SQL(text + "VALUES (1), (2), (3)")
	for range 2 {
		for row, err := range table.Rows(t.Context()) {
			same(t, err, nil)
			want := mock.Now().In(time.FixedZone("", 3600)).Format(time.DateTime)
			same(t, row.Values(), []any{want, "2024-03-01", true})
		}
		mock.Add(time.Minute) // a query that is run again has another time
	}

	if err := s.CreateView("ticks", s.Stream(source.Rate(10))); err != nil {
		t.Fatal(err)
	}
	out := sink.Memory("out")
	q := start(t, s.SQL("SELECT now() FROM ticks").Write(out).Trigger(Every(5*time.Second)))
	for range 3 {
		if err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		mock.Add(5 * time.Second)
	}
	stop(t, q)
	times := map[any]int{}
	for _, row := range out.Rows() {
		times[row[0]]++
	}
	at := time.Date(2024, 2, 29, 23, 32, 5, 0, time.UTC).UnixMicro()
	same(t, times, map[any]int{at: 50, at + 5e6: 50, at + 10e6: 50})
}
