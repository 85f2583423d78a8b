package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// driver is a small stream over a journal: each batch adds its number to one group of
// one operator and calls one sink, which keeps what it was given. The sink is outside
// of the process, so it survives a crash.
type driver struct {
	batches int
	options Options
	chained bool // the next plan is known at each commit
}

// outside is what the world keeps beside the disk.
type outside struct {
	sink  []string // the ranges of each batch in the sink
	acked int64    // batches whose commit has returned
	calls int
}

func (o outside) clone() outside {
	o.sink = slices.Clone(o.sink)
	return o
}

// run is one start of the stream.
func (d *driver) run(e env.Env, out *outside) (err error) {
	ctx := context.Background()
	j, r, err := Open(ctx, e, "dir/checkpoint", d.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if err := d.check(j, r, out); err != nil {
		return err
	}
	out.acked = max(out.acked, r.Next())
	pending := r.Pending
	for batch := r.Next(); batch < int64(d.batches); batch++ {
		if pending == nil {
			plan := d.plan(r, batch)
			if err := j.Plan(ctx, plan); err != nil {
				return err
			}
			pending = &plan
		}
		if err := j.PlanDurable(ctx); err != nil {
			return err
		}
		ranges := fmt.Sprintf("%s/%d", pending.Ranges, pending.Partitions)
		if err := j.CheckFence(ctx); err != nil {
			return err
		}
		if err := out.write(e, batch, ranges); err != nil {
			return err
		}
		change := Change{Batch: batch, Operator: "sum", Group: int(batch) % 3, Data: fmt.Append(nil, batch)}
		if err := j.AppendState(ctx, change); err != nil {
			return err
		}
		pending = nil
		if d.chained && batch+1 < int64(d.batches) {
			plan := d.plan(r, batch+1)
			pending = &plan
		}
		if err := j.Commit(ctx, Done{batch, []byte(ranges)}, pending); err != nil {
			return err
		}
		out.acked = batch + 1
		if batch%3 == 2 {
			if err := j.Snapshots(ctx, Snapshot{"sum", 0, 3, batch - 1}); err != nil {
				return err
			}
			if err := j.Retain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// plan makes a plan that no other start makes, to see which one is used.
func (d *driver) plan(r *Recovered, batch int64) Plan {
	return Plan{Batch: batch, Partitions: int(r.Epoch), Ranges: fmt.Appendf(nil, "batch %d by epoch %d", batch, r.Epoch)}
}

// write gives a batch to the sink, which takes each batch once; a batch that comes again
// must be the same.
func (o *outside) write(e env.Env, batch int64, ranges string) error {
	if err := e.FS().MkdirAll("sink"); err != nil { // a point where a crash may hit
		return err
	}
	o.calls++
	if batch < int64(len(o.sink)) {
		if o.sink[batch] != ranges {
			return violated("REPLAY: batch %d is %q, and was %q", batch, ranges, o.sink[batch])
		}
		return nil
	}
	if batch > int64(len(o.sink)) {
		return violated("GAP: batch %d comes after %d batches", batch, len(o.sink))
	}
	o.sink = append(o.sink, ranges)
	return nil
}

// check compares what the journal found with what is known outside.
func (d *driver) check(j *Journal, r *Recovered, out *outside) error {
	next := r.Next()
	if next < out.acked {
		return violated("LOST: next batch is %d, but %d were committed", next, out.acked)
	}
	if next > int64(len(out.sink)) || next < int64(len(out.sink))-1 {
		return violated("GAP: next batch is %d, the sink has %d", next, len(out.sink))
	}
	if next < int64(len(out.sink)) && r.Pending == nil {
		return violated("LOST: the sink has batch %d, whose plan is gone", next)
	}
	if next > 0 && string(r.Last.Done.Answers) != out.sink[next-1] {
		return violated("LOST: answers %q, the sink has %q", r.Last.Done.Answers, out.sink[next-1])
	}
	version := int64(-1)
	for _, s := range r.Snapshots {
		version = max(version, s.Version)
	}
	want := version + 1
	for change, err := range j.Replay(func(string, int) int64 { return version }) {
		if err != nil {
			return err
		}
		if change.Batch != want || string(change.Data) != fmt.Sprint(want) {
			return violated("LOST: change of batch %d is %q, want that of %d", change.Batch, change.Data, want)
		}
		want++
	}
	if want != next {
		return violated("LOST: changes through batch %d, want %d", want-1, next-1)
	}
	kept := int64(-1)
	for batch, err := range j.Batches(0) {
		if err != nil {
			return err
		}
		if kept >= 0 && batch.Done.Batch != kept+1 || string(batch.Done.Answers) != out.sink[batch.Done.Batch] {
			return violated("LOST: batch %d after %d, answers %q", batch.Done.Batch, kept, batch.Done.Answers)
		}
		kept = batch.Done.Batch
	}
	if kept != next-1 {
		return violated("LOST: batches through %d, want %d", kept, next-1)
	}
	return nil
}

// violation is the error of a start that found a promise broken, which no fault excuses.
type violation struct{ what string }

func (v *violation) Error() string { return v.what }

func violated(format string, args ...any) error { return &violation{fmt.Sprintf(format, args...)} }

// explorer crashes a driver everywhere.
type explorer struct {
	driver   *driver
	sites    *sim.Sites
	seed     uint64         // of the order of activities and of early segment rolls; 0 is neither
	seen     map[string]int // durable worlds, to the depth to which they were explored
	starts   int
	failures []string
}

func (x *explorer) explore(disk *sim.Disk, out outside, depth int, path string) {
	if len(x.failures) > 0 {
		return
	}
	key := fmt.Sprint(disk.Hash(), out.acked, out.sink)
	if before, ok := x.seen[key]; ok && before >= depth {
		return
	}
	x.seen[key] = depth
	type place struct {
		disk *sim.Disk
		out  outside
		path string
	}
	var places []place
	var faults []sim.Fault
	generation, calls := ^uint64(0), 0
	reached := out.clone()
	var w *sim.World
	w = x.world(disk, nil, func(p sim.Point) {
		if depth == 0 {
			return
		}
		if g := w.Disk().Generation(); g != generation || calls != reached.calls {
			generation, calls = g, reached.calls
			places = append(places, place{w.Disk().Clone(), reached.clone(), path + " " + p.Fault(sim.Crash).String()})
		}
		for _, kind := range p.Errors() {
			faults = append(faults, p.Fault(kind))
		}
	})
	if err := x.start(w, &reached); err != nil {
		x.failures = append(x.failures, fmt.Sprintf("%s: %v", path, err))
	}
	for _, fault := range faults {
		reached := out.clone()
		w := x.world(disk, []sim.Fault{fault}, nil)
		// Most faults end the process with an error.
		if v, ok := errors.AsType[*violation](x.start(w, &reached)); ok {
			x.failures = append(x.failures, fmt.Sprintf("%s %v: %v", path, fault, v))
		}
		places = append(places, place{w.Disk(), reached, path + " " + fault.String()})
	}
	for _, p := range places {
		for _, o := range p.disk.Outcomes() {
			x.explore(p.disk.Crash(o), p.out, depth-1, p.path+"/"+o.String())
		}
		x.explore(p.disk, p.out, depth-1, p.path+"/killed")
	}
}

func (x *explorer) world(disk *sim.Disk, faults []sim.Fault, observe func(sim.Point)) *sim.World {
	o := sim.Options{Disk: disk.Clone(), Sites: x.sites, Faults: faults, Observe: observe}
	if x.seed != 0 {
		o.Seed, o.Chooser = x.seed, sim.NewRandom(x.seed)
		o.Buggify = func(string) bool { return true }
	}
	return sim.NewWorld(o)
}

func (x *explorer) start(w *sim.World, out *outside) error {
	x.starts++
	defer w.Close()
	p := w.Start("stream", func(e env.Env) error { return x.driver.run(e, out) })
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return fmt.Errorf("%v, parked %v", status, w.Parked())
	}
	_, err := p.Ended()
	return err
}

func exploreAll(t *testing.T, d *driver, profile sim.Profile, depth int, seed uint64) *explorer {
	x := &explorer{driver: d, sites: sim.NewSites(), seed: seed, seen: map[string]int{}}
	x.explore(sim.NewDisk(profile), outside{}, depth, "")
	t.Logf("%d starts, %d worlds", x.starts, len(x.seen))
	return x
}

// TestEveryCrashAndError crashes a stream at every point with every outcome of the disk
// and lets every call fail, recovers, and does so again in the recovery. No batch may
// be lost, doubled or run by another plan than the one the sink has seen.
func TestEveryCrashAndError(t *testing.T) {
	depth := 2
	if testing.Short() {
		depth = 1
	}
	for _, test := range []struct {
		name   string
		depth  int // of faults in a row
		driver driver
	}{
		{"lone", depth, driver{batches: 3, options: Options{Kind: "test"}}},
		{"chained", depth, driver{batches: 3, options: Options{Kind: "test"}, chained: true}},
		{"rolling", 1, driver{batches: 6, options: Options{Kind: "test", Retain: 2, SegmentBytes: 150}, chained: true}},
	} {
		for _, profile := range []sim.Profile{sim.Strict, sim.Ext4Ordered} {
			t.Run(test.name+"/"+profile.String(), func(t *testing.T) {
				for _, failure := range exploreAll(t, &test.driver, profile, test.depth, 0).failures {
					t.Error(failure)
				}
			})
		}
	}
}

// TestEveryCrashInAnyOrder is the same in orders of activities drawn from seeds, with
// segments that end early.
func TestEveryCrashInAnyOrder(t *testing.T) {
	seeds := uint64(30)
	if testing.Short() {
		seeds = 5
	}
	d := &driver{batches: 4, options: Options{Kind: "test", Retain: 1}}
	for seed := range seeds {
		for _, failure := range exploreAll(t, d, sim.Strict, 1, seed+1).failures {
			t.Errorf("seed %d: %s", seed+1, failure)
		}
	}
}
