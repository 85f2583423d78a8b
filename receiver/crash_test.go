package receiver_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/receiver"
)

// crashes runs a receiver that numbers its elements from 1 to last, and a stream that
// takes them, and crashes both everywhere.
type crashes struct {
	last    int
	starts  int
	sites   *sim.Sites
	seen    map[string]int // durable worlds, to the depth to which they were explored
	failure error
}

// outside is what the world outside knows of: it outlasts crashes.
type outside struct {
	acknowledged int   // the newest number that was safe
	taken        int64 // the blocks before have been in a batch that is done
	had          int   // the last number in them
}

// start is one life of the process.
func (x *crashes) start(e env.Env, epoch uint64, o *outside) error {
	b, err := receiver.Open(background, in(func(ctx context.Context, store *receiver.Store[int]) error {
		next := 1
		if mark := store.Added(); mark != "" {
			next = 1 + must(strconv.Atoi(string(mark)))
		}
		if next <= o.acknowledged {
			return receiver.Permanent(violated("%d is acknowledged, and the receiver goes on with %d", o.acknowledged, next))
		}
		acknowledging := e.Spawn("acknowledge", func() error {
			mark := receiver.Mark("")
			for {
				durable, err := store.Durable(ctx, mark)
				if err != nil {
					return nil
				}
				mark, o.acknowledged = durable, must(strconv.Atoi(string(durable)))
			}
		})
		var err error
		for ; next <= x.last && err == nil; next += 2 {
			mark := receiver.Mark(strconv.Itoa(next + 1))
			if next%4 == 1 {
				err = store.AddAll(ctx, []int{next, next + 1}, mark)
			} else if err = store.AddBlock(ctx, []int{next, next + 1}, mark); err == nil {
				o.acknowledged = next + 1
			}
		}
		_ = acknowledging.Wait(background, e)
		return err
	}), stream(e, epoch), receiver.Options{BlockInterval: 10 * time.Millisecond})
	if err != nil {
		return err
	}
	for e.Mono() < time.Second && o.had < x.last {
		if err = errors.Join(x.batch(b, o), b.Forget(background, o.taken)); err != nil {
			break
		}
		sleep(e, 5*time.Millisecond)
	}
	return errors.Join(err, b.Close())
}

// batch takes what is there and checks it.
func (x *crashes) batch(b *receiver.Blocks[int], o *outside) error {
	end, err := b.End(o.taken)
	if err != nil {
		return err
	}
	blocks, err := b.Range(o.taken, end)
	if err != nil {
		return violated("%v", err)
	}
	had := o.had
	for _, block := range blocks {
		for _, n := range block.Elements {
			if had++; n != had {
				return violated("block %d: %d follows %d", block.Number, n, had-1)
			}
		}
	}
	o.taken, o.had = end, had
	return nil
}

type violation struct{ text string }

func (v *violation) Error() string { return v.text }

func violated(format string, values ...any) error { return &violation{fmt.Sprintf(format, values...)} }

// explore runs the process from a state and then crashes it, and has its calls fail, at
// each point, depth times one after the other.
func (x *crashes) explore(disk *sim.Disk, epoch uint64, o outside, depth int, faults ...sim.Fault) {
	key := fmt.Sprint(disk.Hash(), o, faults)
	if before, ok := x.seen[key]; x.failure != nil || ok && before >= depth {
		return
	}
	x.seen[key] = depth
	x.starts++
	type snapshot struct {
		disk *sim.Disk
		outside
	}
	var snapshots []snapshot
	var errs []sim.Fault
	began, generation := o, uint64(1<<63)
	var w *sim.World
	w = sim.NewWorld(sim.Options{Disk: disk.Clone(), Sites: x.sites, Faults: faults, Observe: func(p sim.Point) {
		if depth == 0 {
			return
		}
		now := snapshot{outside: o}
		if g := w.Disk().Generation(); g != generation || len(snapshots) > 0 && snapshots[len(snapshots)-1].outside != o {
			generation, now.disk = g, w.Disk().Clone()
			snapshots = append(snapshots, now)
		}
		for _, kind := range p.Errors() {
			errs = append(errs, p.Fault(kind))
		}
	}})
	defer w.Close()
	p := w.Start("process", func(e env.Env) error { return x.start(e, epoch, &o) })
	status := w.Run(sim.Limit{Time: time.Hour, Points: 100_000})
	_, err := p.Ended()
	var broken *violation
	switch {
	case errors.As(err, &broken):
		x.failure = fmt.Errorf("start %d, faults %v: %w", epoch, w.Fired(), broken)
	case status != sim.Done:
		x.failure = fmt.Errorf("start %d, faults %v: %v, waiting: %v", epoch, w.Fired(), status, w.Parked())
	case len(w.Fired()) == 0 && (err != nil || o.had != x.last):
		x.failure = fmt.Errorf("start %d: nothing was done to it, but it ended with %d elements: %w", epoch, o.had, err)
	case len(w.Fired()) > 0: // go on after the error
		x.explore(w.Disk(), epoch+1, o, depth)
	}
	for _, at := range snapshots {
		for _, outcome := range at.disk.Outcomes() {
			x.explore(at.disk.Crash(outcome), epoch+1, at.outside, depth-1)
		}
	}
	for _, fault := range errs {
		x.explore(disk, epoch, began, depth-1, fault)
	}
}

// TestCrashAnywhere: whatever happens, all that is acknowledged reaches a batch, and
// everything does so once, in order.
func TestCrashAnywhere(t *testing.T) {
	x := crashes{last: 8, sites: sim.NewSites(), seen: map[string]int{}}
	depth := 2
	if testing.Short() {
		depth = 1
	}
	x.explore(sim.NewDisk(sim.Strict), 1, outside{}, depth)
	if x.failure != nil {
		t.Fatal(x.failure)
	}
	if x.starts < 100 {
		t.Errorf("only %d starts", x.starts)
	}
	t.Logf("%d starts", x.starts)
}
