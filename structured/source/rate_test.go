package source

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// rateRows are the rows of a range, as milliseconds:value.
func rateRows(t *testing.T, r Reader, start, end Offset, partitions int) []string {
	t.Helper()
	parts, err := r.Plan(t.Context(), start, end, partitions)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, part := range parts {
		for records, err := range part.Read(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			times, values := records.Column(0).(*array.Timestamp), records.Column(1).(*array.Int64)
			for i := range int(records.NumRows()) {
				rows = append(rows, fmt.Sprintf("%d:%d", int64(times.Value(i))/1000, values.Value(i)))
			}
		}
	}
	return rows
}

// Trap 95: three rows a batch, from 1000 ms on in steps of 50 ms.
func TestRatePerBatch(t *testing.T) {
	s := RatePerBatch(3, time.UnixMilli(1000), 50*time.Millisecond)
	r, err := s.Open(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	initial, _ := r.Initial(t.Context())
	first, err := r.Latest(t.Context(), initial, Limit{})
	if err != nil || first != `{"offset":3,"timestamp":1050}` {
		t.Fatalf("%s, %v", first, err)
	}
	if rows := rateRows(t, r, initial, first, 2); !slices.Equal(rows, []string{"1000:0", "1000:1", "1000:2"}) {
		t.Error(rows)
	}
	second, _ := r.Latest(t.Context(), first, Limit{})
	if rows := rateRows(t, r, first, second, 1); !slices.Equal(rows, []string{"1050:3", "1050:4", "1050:5"}) {
		t.Error(rows)
	}
	if rows := rateRows(t, r, initial, second, 1); len(rows) != 6 || rows[5] != "1050:5" {
		t.Error(rows)
	}
	if _, err := r.Latest(t.Context(), "x", Limit{}); err == nil {
		t.Error("a wrong offset was taken")
	}
	for _, wrong := range []Source{RatePerBatch(0, time.Time{}, 0), Rate(0), Rate(1, RampUp(time.Millisecond))} {
		if _, err := wrong.Open(t.Context(), Query{}); err == nil {
			t.Errorf("%s was opened", wrong)
		}
	}
}

// A rate source counts seconds from its first start, over restarts, and never goes
// back; a range has the same rows each time, however it is divided.
func TestRate(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	base := begin.UnixMilli()
	var first []string
	for run := range 2 {
		w := sim.NewWorld(sim.Options{Disk: disk, Start: begin.Add(time.Duration(run) * 10 * time.Second)})
		w.Start("query", func(e env.Env) error {
			r, err := Rate(4).Open(context.Background(), Query{Env: e, State: "/state", Epoch: uint64(run) + 1})
			if err != nil {
				return err
			}
			if err := env.Sleep(context.Background(), e, 3500*time.Millisecond); err != nil {
				return err
			}
			end, err := r.Latest(context.Background(), "0", Limit{})
			if err != nil {
				return err
			}
			if want := Offset(fmt.Sprint(3 + 10*run)); end != want {
				t.Errorf("run %d: ends at %s, want %s", run, end, want)
			}
			if again, _ := r.Latest(context.Background(), "20", Limit{}); again != "20" {
				t.Errorf("went back to %s", again)
			}
			rows := rateRows(t, r, "1", "3", 1+run)
			if first == nil {
				first = rows
			}
			want := fmt.Sprintf("%d:4", base+1000)
			if len(rows) != 8 || rows[0] != want || rows[1] != fmt.Sprintf("%d:5", base+1250) || !slices.Equal(rows, first) {
				t.Errorf("run %d: %v", run, rows)
			}
			return r.Close()
		})
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatal(status)
		}
		disk = w.Disk()
	}
}

func TestRampUp(t *testing.T) {
	r := Rate(10, RampUp(4*time.Second)).(*rate)
	var got []int64
	for second := range int64(7) {
		got = append(got, r.before(second))
	}
	if want := []int64{0, 2, 6, 12, 20, 30, 40}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
