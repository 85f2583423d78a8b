package receiver

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/codec"
)

// Trap 38: the two sequences of the controller that were recorded from Spark. Batches of a
// second; end of the batch in ms, elements, processing and delay in ms.
func TestTrap38Controller(t *testing.T) {
	type sample struct{ at, elements, processing, delay int64 }
	for _, c := range []struct {
		samples []sample
		want    []float64 // 0: no new rate
	}{
		{
			[]sample{{1000, 5000, 2000, 0}, {2000, 5000, 2000, 1000}, {3000, 0, 10, 0}, {4000, 1000, 100, 0}, {4000, 1000, 100, 0}, {5000, 10, 1000, 0}},
			[]float64{0, 2000, 0, 10000, 0, 100},
		},
		{
			[]sample{{1000, 1000, 500, 0}, {2000, 1000, 1000, 0}, {3000, 1000, 2000, 500}, {5000, 10, 5000, 5000}},
			[]float64{0, 1000, 450, 100},
		},
	} {
		var e estimator
		for i, s := range c.samples {
			ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
			rate, ok := e.estimate(Sample{time.UnixMilli(s.at), s.elements, ms(s.processing), ms(s.delay), time.Second})
			if ok != (c.want[i] != 0) || math.Abs(rate-c.want[i]) > 1e-9 {
				t.Errorf("%v: rate %v, %v, want %v", s, rate, ok, c.want[i])
			}
		}
	}
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		options  Options
		estimate float64
		want     float64
	}{
		{Options{}, 0, 0},
		{Options{MaxRate: 10}, 5, 10}, // no back-pressure
		{Options{BackPressure: true}, 0, 0},
		{Options{BackPressure: true}, 300, 300},
		{Options{BackPressure: true, MaxRate: 200}, 0, 200},
		{Options{BackPressure: true, MaxRate: 200}, 300, 200},
		{Options{BackPressure: true, MaxRate: 200}, 150, 150},
		{Options{BackPressure: true, InitialRate: 50}, 0, 50},
		{Options{BackPressure: true, InitialRate: 50, MaxRate: 20}, 0, 20},
		{Options{BackPressure: true, InitialRate: 50}, 300, 300},
	} {
		if got := pace(c.options, c.estimate); got != c.want {
			t.Errorf("%+v, estimate %v: %v, want %v", c.options, c.estimate, got, c.want)
		}
	}
}

// Trap 41, first half: a MaxRate of 0 is no limit. Second half: at 10 a second, 21 of 30
// elements have come two seconds after the first.
func TestTrap41Rate(t *testing.T) {
	come := func(l limiter, until time.Duration, most int) (n int) {
		for now := time.Duration(0); n < most; n++ {
			now += l.wait(now)
			if now > until {
				break
			}
			l.take(now, 1)
		}
		return n
	}
	if n := come(limiter{}, 0, 1000); n != 1000 {
		t.Errorf("without a limit %d of 1000 have come at once", n)
	}
	if n := come(limiter{rate: 10}, 2*time.Second, 30); n != 21 {
		t.Errorf("%d have come", n)
	}
	if n := come(limiter{rate: 1e6}, time.Second, 1<<40); n < 1e6 || n > 1.02e6 {
		t.Errorf("at a million a second %d have come in one", n)
	}
}

func TestRateChangesAtOnce(t *testing.T) {
	l := limiter{rate: 1}
	l.take(0, 3600)
	l.set(0, 1000)
	if wait := l.wait(0); wait != time.Second {
		t.Errorf("an hour's debt is a wait of %v", wait)
	}
}

// Trap 46 and the cap: waits grow until a Run adds elements.
func TestRestartDelays(t *testing.T) {
	r := restarts{first: 20 * time.Second}
	failed := errors.New("failed")
	for i, c := range []struct {
		err    error
		worked bool
		want   verdict
	}{
		{failed, false, verdict{again: true, delay: 20 * time.Second}},
		{failed, false, verdict{again: true, delay: 40 * time.Second}},
		{failed, false, verdict{again: true, delay: time.Minute}},
		{failed, false, verdict{again: true, delay: time.Minute}},
		{failed, true, verdict{again: true, delay: 20 * time.Second}},
		{failed, false, verdict{again: true, delay: 40 * time.Second}},
		{fmt.Errorf("wrapped: %w", Restart(time.Hour, failed)), false, verdict{again: true, delay: time.Hour}},
		{failed, false, verdict{again: true, delay: 20 * time.Second}},
		{Restart(-1, nil), true, verdict{again: true}},
	} {
		if got := r.after(c.err, c.worked); got != c.want {
			t.Errorf("%d: %+v, want %+v", i, got, c.want)
		}
	}
	if got := r.after(nil, true); got != (verdict{}) {
		t.Errorf("nil: %+v", got)
	}
	if got := r.after(fmt.Errorf("wrapped: %w", Permanent(failed)), true); got.again || !errors.Is(got.fail, failed) {
		t.Errorf("permanent: %+v", got)
	}
}

func TestCutter(t *testing.T) {
	c := cutter[int]{interval: 100, size: 4, next: 7}
	show := func() string {
		text := ""
		for _, b := range c.take() {
			text += fmt.Sprintf("%d@%d%v%q ", b.Number, b.Time.UnixMicro(), b.Elements, b.mark)
		}
		return text
	}
	wait := func(now time.Duration, want time.Duration, some bool) {
		t.Helper()
		if got, ok := c.wait(now); got != want || ok != some {
			t.Errorf("wait at %d: %d, %v", now, got, ok)
		}
	}
	wall := time.UnixMicro(5)
	wait(0, 0, false)
	c.add(10, wall, []int{1}, "")
	c.add(50, time.UnixMicro(9), []int{2, 3}, "a")
	wait(60, 50, true)
	wait(200, 0, true)
	if got := show(); got != `7@5[1 2 3]"a" ` {
		t.Error(got)
	}
	wait(200, 0, false)
	c.add(300, wall, []int{1, 2, 3}, "")        // carries the mark on
	c.add(300, wall, []int{4, 5, 6, 7, 8}, "b") // is not cut
	c.add(300, wall, nil, "c")                  // nothing would carry it
	c.add(300, wall.Add(999), []int{9}, "d")    // 999 ns later
	wait(300, 0, true)
	if got := show(); got != `8@5[1 2 3 4 5 6 7 8]"b" 9@5[9]"d" ` {
		t.Error(got)
	}
}

type reading struct {
	At    time.Time
	Name  string
	Value *float64
}

func TestRecord(t *testing.T) {
	c, err := codec.Of[reading]()
	if err != nil {
		t.Fatal(err)
	}
	value := 1.5
	b := Block[reading]{Number: 300, Time: time.UnixMicro(-5).UTC(), mark: "mark", Elements: []reading{{Name: "a", Value: &value}, {At: time.Unix(1, 2).UTC()}}}
	record := appendRecord([]byte("before"), c, b)[len("before"):]
	got, err := decodeRecord(record, c)
	if err != nil || fmt.Sprint(got.Number, got.Time, got.mark, len(got.Elements), got.Elements[0].Name, *got.Elements[0].Value, got.Elements[1].At) !=
		fmt.Sprint(b.Number, b.Time, b.mark, 2, "a", value, b.Elements[1].At) {
		t.Errorf("%+v, %v", got, err)
	}
	for n := range record {
		if _, err := decodeRecord(record[:n], c); err == nil {
			t.Errorf("the first %d bytes are taken for a block", n)
		}
	}
	other, _ := codec.Of[string]()
	if _, err := decodeRecord(record, other); !errors.As(err, new(*codec.MismatchError)) {
		t.Errorf("as strings: %v", err)
	}
	record[0]++
	if _, err := decodeRecord(record, c); err == nil {
		t.Error("another format is taken for this one")
	}
}

func TestRecordOfElementsWithoutBytes(t *testing.T) {
	c, _ := codec.Of[struct{}]()
	b := Block[struct{}]{Elements: make([]struct{}, 1000)}
	got, err := decodeRecord(appendRecord(nil, c, b), c)
	if err != nil || len(got.Elements) != 1000 {
		t.Errorf("%d, %v", len(got.Elements), err)
	}
}

func FuzzRecord(f *testing.F) {
	c, _ := codec.Of[string]()
	f.Add(appendRecord(nil, c, Block[string]{Number: 1, mark: "17", Elements: []string{"a", ""}}))
	f.Fuzz(func(t *testing.T, record []byte) {
		b, err := decodeRecord(record, c)
		if err != nil {
			return
		}
		again, err := decodeRecord(appendRecord(nil, c, b), c)
		if err != nil || !slices.Equal(again.Elements, b.Elements) || again.mark != b.mark || again.Number != b.Number {
			t.Errorf("%+v became %+v, %v", b, again, err)
		}
	})
}
