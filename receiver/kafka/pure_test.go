package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

func TestPlaces(t *testing.T) {
	for _, text := range []string{`{}`, `{"a":{"0":1}}`, `{"a":{"0":1,"2":3,"10":4},"b.c":{"0":0}}`} {
		p, err := parsePlace(text)
		if err != nil || p.String() != text {
			t.Errorf("%s becomes %s, %v", text, p, err)
		}
	}
	if p, err := parsePlace(`{"b":{"10":1,"9":2},"a":{"0":3}}`); err != nil || p.String() != `{"a":{"0":3},"b":{"9":2,"10":1}}` {
		t.Errorf("not sorted: %s, %v", p, err)
	}
	for _, text := range []string{``, `[]`, `{"a":1}`, `{"a":{"x":1}}`, `{"a":{"0":"1"}}`, `3`} {
		if p, err := parsePlace(text); err == nil {
			t.Errorf("%q is read as %s", text, p)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		backlogs []int64
		limit    int64
		want     []int64
	}{
		{[]int64{5, 5}, 0, []int64{5, 5}},
		{[]int64{5, 5}, 10, []int64{5, 5}},
		{[]int64{90, 10}, 10, []int64{9, 1}},
		{[]int64{1000, 1}, 10, []int64{9, 1}}, // a share below 1 still gets 1
		{[]int64{1000, 0, 1}, 10, []int64{9, 0, 1}},
		{[]int64{3, 3, 3}, 2, []int64{1, 1, 1}},
		{[]int64{7, 7}, 5, []int64{2, 2}},
		{nil, 5, nil},
	} {
		shares := make([]share, len(c.backlogs))
		for i, n := range c.backlogs {
			shares[i] = share{at{Partition{"t", int32(i)}, 100}, 100 + n}
		}
		split(shares, c.limit)
		var got []int64
		for _, s := range shares {
			got = append(got, s.end-s.offset)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v limited to %d: %v, want %v", c.backlogs, c.limit, got, c.want)
		}
	}
}

// The hashes are those of Kafka's own tests of its partitioner.
func TestMurmur2(t *testing.T) {
	for key, want := range map[string]int32{
		"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107,
	} {
		if got := int32(murmur2([]byte(key))); got != want {
			t.Errorf("murmur2 of %q is %d, want %d", key, got, want)
		}
	}
}

func TestSequencesWrap(t *testing.T) {
	if got := nextSequence(1<<31-2, 3); got != 1 {
		t.Errorf("%d", got)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]SourceOptions{
		"nothing is chosen":          {},
		"two ways to choose":         {Subscribe: []string{"a"}, Pattern: "b"},
		"a negative limit":           {Subscribe: []string{"a"}, MaxOffsets: -1},
		"more at least than at most": {Subscribe: []string{"a"}, MinOffsets: 2, MaxOffsets: 1},
	} {
		if err := o.validate(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := (&SinkOptions{Topic: "x", TokenTopic: "x"}).validate(); err == nil {
		t.Error("a sink that writes to its token topic: no error")
	}
}

// inWorld runs f as a simulated process.
func inWorld(t *testing.T, o sim.Options, f func(e env.Env) error) {
	t.Helper()
	w := sim.NewWorld(o)
	defer w.Close()
	p := w.Start("test", f)
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatalf("status %v, waiting: %v", status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
}

func TestRequestsAreRepeated(t *testing.T) {
	inWorld(t, sim.Options{}, func(e env.Env) error {
		r := retrier{e, 10 * time.Second}
		tries := 0
		err := r.do(context.Background(), func() error {
			if tries++; tries < 5 {
				return fmt.Errorf("down: %w", ErrUnavailable)
			}
			return nil
		})
		if err != nil || tries != 5 {
			t.Errorf("%d tries, %v", tries, err)
		}
		began := e.Mono()
		if err := r.do(context.Background(), func() error { return ErrUnavailable }); !errors.Is(err, ErrUnavailable) {
			t.Errorf("brokers that stay away: %v", err)
		}
		if took := e.Mono() - began; took < 8*time.Second || took > 10*time.Second {
			t.Errorf("gave up after %v", took)
		}
		final := errors.New("final")
		tries = 0
		if err := r.do(context.Background(), func() error { tries++; return final }); !errors.Is(err, final) || tries != 1 {
			t.Errorf("%d tries of what cannot succeed, %v", tries, err)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(final)
		if err := r.do(ctx, func() error { return ErrUnavailable }); !errors.Is(err, final) {
			t.Errorf("a context that is done: %v", err)
		}
		return nil
	})
}
