package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// program runs two jobs at a time over a persisted node and two shuffles. Tasks
// fail and executors are lost by the process's own random stream. It returns what
// the jobs got.
func program(e env.Env) (results []string, err error) {
	s, err := New(e, Options{Executors: 2, Slots: 2, TaskAttempts: 100})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	dice := e.Rand("trouble")
	trouble := func(t *Task) error {
		for range 3 {
			if err := t.Turn(); err != nil {
				return err
			}
		}
		switch dice.IntN(12) {
		case 0, 1:
			return errors.New("no luck")
		case 2:
			panic("no luck")
		case 3:
			s.LoseExecutor(t.executor)
			s.AddExecutor()
		}
		return nil
	}
	first, firstShuffle := s.shuffled(s.source(4), 3, func(t *Task, p int) (int, error) { return p, trouble(t) })
	first.persisted = true
	read := func(t *Task, p int) (string, error) {
		if block, ok := t.Block(first.id, p); ok {
			return block.(string), nil
		}
		all, err := fetchAll(t, firstShuffle, p)
		if err == nil {
			t.Keep(first.id, p, all)
		}
		return all, err
	}
	second, secondShuffle := s.shuffled(first, 2, func(t *Task, p int) (int, error) {
		all, err := read(t, p)
		return len(all), errors.Join(err, trouble(t))
	})
	results = make([]string, first.partitions+second.partitions)
	job := func(name string, final *testNode, at int, read func(*Task, int) (string, error)) error {
		for {
			err := s.Run(context.Background(), Job{
				Name:  name,
				Final: final,
				Run: func(t *Task, p int) (any, error) {
					if err := trouble(t); err != nil {
						return nil, err
					}
					return read(t, p)
				},
				Result: func(p int, result any) { results[at+p] += result.(string) },
			})
			var missing *FetchError
			if !errors.As(err, &missing) {
				return err
			}
			clear(results[at : at+final.partitions]) // executors were lost four times in a row
		}
	}
	other := e.Spawn("other job", func() error { return job("First", first, 0, read) })
	err = job("Second", second, first.partitions, func(t *Task, p int) (string, error) { return fetchAll(t, secondShuffle, p) })
	return results, errors.Join(err, other.Wait(context.Background(), e))
}

// simulate runs the program in a world and returns its results and trace.
func simulate(t *testing.T, o sim.Options) (results []string, trace uint64) {
	t.Helper()
	w := sim.NewWorld(o)
	p := w.Start("app", func(e env.Env) (err error) {
		results, err = program(e)
		return err
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatalf("seed %d: %v, parked: %v", o.Seed, status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatalf("seed %d: %v", o.Seed, err)
	}
	if leaks := p.Leaks(); len(leaks.Activities) > 0 {
		t.Fatalf("seed %d: activities %v were left", o.Seed, leaks.Activities)
	}
	return results, w.TraceHash()
}

func wantOfProgram() (want []string) {
	for r := range 3 {
		want = append(want, fmt.Sprintf("0>%d=0 1>%d=1 2>%d=2 3>%d=3 ", r, r, r, r))
	}
	for r := range 2 {
		want = append(want, fmt.Sprintf("0>%d=24 1>%d=24 2>%d=24 ", r, r, r))
	}
	return want
}

// TestAnyScheduleGivesTheSameResults runs the program under random schedules with
// failures and losses, each twice: the same seed gives the same trace.
func TestAnyScheduleGivesTheSameResults(t *testing.T) {
	want := wantOfProgram()
	traces := make(map[uint64]bool)
	const seeds = 300
	for seed := range uint64(seeds) {
		results, trace := simulate(t, sim.Options{Seed: seed, Chooser: sim.NewRandom(seed)})
		if !slices.Equal(results, want) {
			t.Fatalf("seed %d: results %q, want %q", seed, results, want)
		}
		if _, again := simulate(t, sim.Options{Seed: seed, Chooser: sim.NewRandom(seed)}); again != trace {
			t.Fatalf("seed %d gave two traces", seed)
		}
		traces[trace] = true
	}
	if len(traces) < seeds {
		t.Errorf("%d seeds gave %d different runs", seeds, len(traces))
	}
}

// TestKilledAnywhere ends the process at every point of one run and runs it again.
// What unwinds then must not hang or panic otherwise.
func TestKilledAnywhere(t *testing.T) {
	w := sim.NewWorld(sim.Options{Seed: 1})
	main := func(e env.Env) error { _, err := program(e); return err }
	p := w.Start("app", main)
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatal(status)
	}
	for point := 1; point <= p.Points(); point++ {
		w := sim.NewWorld(sim.Options{Seed: 1, Faults: []sim.Fault{{Kind: sim.Kill, Occurrence: point}}})
		w.Start("app", main)
		if status := w.Run(sim.Limit{}); status != sim.Crashed {
			t.Fatalf("point %d: %v", point, status)
		}
		again := w.Start("app", main)
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatalf("after a kill at point %d: %v, parked: %v", point, status, w.Parked())
		}
		if _, err := again.Ended(); err != nil {
			t.Fatalf("after a kill at point %d: %v", point, err)
		}
	}
}
