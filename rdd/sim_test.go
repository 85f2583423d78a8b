package rdd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// countWords is a program over a text: it counts words with a checkpoint on the way,
// sorts them, saves them in the first free directory and reads them back. Before
// that it looks at what runs that were killed have left.
func countWords(e env.Env) (lines []string, err error) {
	ctx := context.Background()
	s, err := Open(Options{Env: e, Executors: 2, Directory: "checkpoints"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for run := 0; ; run++ {
		dir := fmt.Sprintf("out-%d", run)
		if _, err := e.FS().Stat(dir); errors.Is(err, fs.ErrNotExist) {
			counts := s.Parallelize(strings.Fields(strings.Repeat("to be or not to be ", 30)), Partitions(3)).
				ToPairs(one).ReduceByKey(add, Hash(2)).Checkpoint().SortBy(Key)
			if err := counts.SaveAsTextFile(ctx, dir); err != nil {
				return nil, err
			}
			return s.TextFile(dir).Collect(ctx)
		}
		if _, err := e.FS().Stat(dir + "/_SUCCESS"); errors.Is(err, fs.ErrNotExist) {
			continue // killed before it was complete
		}
		left, err := s.TextFile(dir).Collect(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(left, counted) {
			return nil, fmt.Errorf("%s says that it is complete and holds %q", dir, left)
		}
	}
}

var counted = []string{"(be,60)", "(not,30)", "(or,30)", "(to,60)"}

func TestSimulatedSchedules(t *testing.T) {
	for seed := range uint64(50) {
		var traces [2]uint64
		for i := range traces {
			w := sim.NewWorld(sim.Options{Seed: seed, Chooser: sim.NewRandom(seed)})
			var lines []string
			p := w.Start("app", func(e env.Env) (err error) {
				lines, err = countWords(e)
				return err
			})
			if status := w.Run(sim.Limit{}); status != sim.Done {
				t.Fatalf("seed %d: %v, parked: %v", seed, status, w.Parked())
			}
			if _, err := p.Ended(); err != nil || !slices.Equal(lines, counted) {
				t.Fatalf("seed %d: %q, %v", seed, lines, err)
			}
			traces[i] = w.TraceHash()
		}
		if traces[0] != traces[1] {
			t.Fatalf("seed %d gave two traces", seed)
		}
	}
}

// TestCrashAnywhere crashes the machine at every point of a run, with every kind of
// outcome for what was not synced, and starts the program again: what says that it is complete is complete.
func TestCrashAnywhere(t *testing.T) {
	main := func(e env.Env) error {
		lines, err := countWords(e)
		if err == nil && !slices.Equal(lines, counted) {
			err = fmt.Errorf("counted %q", lines)
		}
		return err
	}
	w := sim.NewWorld(sim.Options{Seed: 1})
	p := w.Start("app", main)
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatal(status)
	}
	for point := 1; point <= p.Points(); point++ {
		for kind := sim.Kept; kind <= sim.Mixed; kind++ {
			name := fmt.Sprintf("a crash at point %d, %v", point, sim.Outcome{Kind: kind})
			w := sim.NewWorld(sim.Options{Seed: uint64(point), Faults: []sim.Fault{
				{Kind: sim.Crash, Occurrence: point, Outcome: sim.Outcome{Kind: kind}},
			}})
			w.Start("app", main)
			if status := w.Run(sim.Limit{}); status != sim.Crashed {
				t.Fatalf("%s: %v", name, status)
			}
			again := w.Start("app", main)
			if status := w.Run(sim.Limit{}); status != sim.Done {
				t.Fatalf("after %s: %v, parked: %v", name, status, w.Parked())
			}
			if _, err := again.Ended(); err != nil {
				t.Fatalf("after %s: %v", name, err)
			}
		}
	}
}
