package snapshots

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
)

const groups = 700 // more than are copied at once

// sums is keyed state: a number for each key group.
type sums [groups]int64

func (s *sums) Partitions() int { return 2 }

func (s *sums) Snapshot(group int, w io.Writer) error {
	if s[group] == 0 {
		return nil
	}
	_, err := w.Write(binary.AppendVarint(nil, s[group]))
	return err
}

func (s *sums) Restore(group int, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s[group] != 0 {
		return fmt.Errorf("group %d is restored twice", group)
	}
	s[group], _ = binary.Varint(data)
	return nil
}

func (s *sums) Apply(group int, changes [][]byte) error {
	for _, change := range changes {
		add, _ := binary.Varint(change)
		s[group] += add
	}
	return nil
}

// touched is what a batch adds to which group of an operator.
func touched(operator string, batch int64) (group int, add int64) {
	spread := []int{0, 299, 300, 650, 5}
	return spread[(int(batch)+len(operator))%len(spread)], 1 << (2 * batch)
}

// stream runs batches that change the state of some operators.
type stream struct {
	operators []string
	batches   int64
	eager     bool
	journal   journal.Options
}

// result is what a run leaves to look at.
type result struct {
	files    []string // in the directory of snapshots
	log      int64    // bytes
	longest  int64    // bytes of the log, at most
	replayed int      // changes
	restored bool     // whether any snapshot was loaded
}

func (d stream) run(e env.Env, out *result) (err error) {
	ctx := context.Background()
	d.journal.Kind = "test"
	j, recovered, err := journal.Open(ctx, e, "dir/checkpoint", d.journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	s := New(e, "dir/checkpoint/snap", &counting{j, out}, recovered)
	s.core.eager = d.eager
	defer func() { err = errors.Join(err, s.Close()) }()
	states := make([]sums, len(d.operators))
	var operators []Operator
	for i, name := range d.operators {
		operators = append(operators, Operator{name, groups, &states[i]})
	}
	if err := s.Restore(ctx, operators); err != nil {
		return err
	}
	out.restored = len(recovered.Snapshots) > 0
	if err := d.check(states, recovered.Next()); err != nil {
		return err
	}
	for batch := recovered.Next(); batch < d.batches; batch++ {
		if recovered.Pending == nil || recovered.Pending.Batch != batch {
			if err := j.Plan(ctx, journal.Plan{Batch: batch}); err != nil {
				return err
			}
		}
		if err := j.PlanDurable(ctx); err != nil {
			return err
		}
		for i, name := range d.operators {
			group, add := touched(name, batch)
			states[i][group] += add
			change := journal.Change{Batch: batch, Operator: name, Group: group, Data: binary.AppendVarint(nil, add)}
			if err := j.AppendState(ctx, change); err != nil {
				return err
			}
		}
		if err := j.Commit(ctx, journal.Done{Batch: batch}, nil); err != nil {
			return err
		}
		if err := s.Between(operators, batch); err != nil {
			return err
		}
		out.longest = max(out.longest, logBytes(e))
	}
	if err := s.Close(); err != nil {
		return err
	}
	out.log = logBytes(e)
	out.files, _ = e.FS().List("dir/checkpoint/snap")
	return nil
}

// check compares state with what the batches before one have made.
func (d stream) check(states []sums, next int64) error {
	for i, name := range d.operators {
		var want sums
		for batch := range next {
			group, add := touched(name, batch)
			want[group] += add
		}
		if states[i] != want {
			return &violation{fmt.Sprintf("before batch %d the state of %s is not what it was", next, name)}
		}
	}
	return nil
}

type violation struct{ what string }

func (v *violation) Error() string { return v.what }

// counting counts the changes that are redone.
type counting struct {
	*journal.Journal
	out *result
}

func (c *counting) Replay(have func(string, int) int64) iter.Seq2[journal.Change, error] {
	return func(yield func(journal.Change, error) bool) {
		for change, err := range c.Journal.Replay(have) {
			c.out.replayed++
			if !yield(change, err) {
				return
			}
		}
	}
}

func logBytes(e env.Env) (bytes int64) {
	names, _ := e.FS().List("dir/checkpoint/log")
	for _, name := range names {
		if info, err := e.FS().Stat("dir/checkpoint/log/" + name); err == nil {
			bytes += info.Size
		}
	}
	return bytes
}

// start runs a stream on a disk, with faults.
func (d stream) start(disk *sim.Disk, seed uint64, observe func(*sim.World, sim.Point), faults ...sim.Fault) (*sim.Disk, result, error) {
	var out result
	var w *sim.World
	o := sim.Options{Disk: disk, Faults: faults, Observe: func(p sim.Point) {
		if observe != nil {
			observe(w, p)
		}
	}}
	if seed != 0 {
		o.Seed, o.Chooser = seed, sim.NewRandom(seed)
	}
	w = sim.NewWorld(o)
	defer w.Close()
	p := w.Start("stream", func(e env.Env) error { return d.run(e, &out) })
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return w.Disk(), out, &violation{fmt.Sprintf("%v, parked %v", status, w.Parked())}
	}
	_, err := p.Ended()
	if leaks := p.Leaks(); err == nil && len(leaks.Files)+len(leaks.Locks)+len(leaks.Activities) > 0 {
		err = &violation{fmt.Sprintf("left open: %v", leaks)}
	}
	return w.Disk(), out, err
}

// explore crashes a stream at every point with every outcome of the disk, lets every
// call fail, recovers, and does so again while it recovers. It returns what is wrong.
func (d stream) explore(disk *sim.Disk, seed uint64, depth int, path string, seen map[string]int) string {
	key := fmt.Sprint(disk.Hash())
	if before, ok := seen[key]; ok && before >= depth {
		return ""
	}
	seen[key] = depth
	type place struct {
		disk *sim.Disk
		path string
	}
	var places []place
	var faults []sim.Fault
	generation := ^uint64(0)
	_, _, err := d.start(disk.Clone(), seed, func(w *sim.World, p sim.Point) {
		if g := w.Disk().Generation(); g != generation && depth > 0 {
			generation = g
			places = append(places, place{w.Disk().Clone(), path + " " + p.Fault(sim.Crash).String()})
		}
		if depth > 0 {
			for _, kind := range p.Errors() {
				faults = append(faults, p.Fault(kind))
			}
		}
	})
	if err != nil {
		return fmt.Sprintf("%s: %v", path, err)
	}
	for _, fault := range faults {
		left, _, err := d.start(disk.Clone(), seed, nil, fault)
		if v, ok := errors.AsType[*violation](err); ok {
			return fmt.Sprintf("%s %v: %v", path, fault, v)
		}
		places = append(places, place{left, path + " " + fault.String()})
	}
	for _, p := range places {
		for _, o := range p.disk.Outcomes() {
			if what := d.explore(p.disk.Crash(o), seed, depth-1, p.path+"/"+o.String(), seen); what != "" {
				return what
			}
		}
	}
	return ""
}

var crashed = stream{
	operators: []string{"a"}, batches: 5, eager: true, journal: journal.Options{Retain: 1, SegmentBytes: 400},
}

func TestEveryCrashAndError(t *testing.T) {
	depth := 2
	if testing.Short() {
		depth = 1
	}
	for _, profile := range []sim.Profile{sim.Strict, sim.Ext4Ordered} {
		seen := map[string]int{}
		if what := crashed.explore(sim.NewDisk(profile), 0, min(depth, 1), "", seen); what != "" {
			t.Errorf("%v: %s", profile, what)
		}
		if len(seen) < 100 {
			t.Errorf("%v: only %d worlds", profile, len(seen))
		}
	}
	few := crashed
	few.batches = 2
	if what := few.explore(sim.NewDisk(sim.Strict), 0, depth, "", map[string]int{}); what != "" {
		t.Error(what)
	}
}

func TestEveryCrashInAnyOrder(t *testing.T) {
	seeds := uint64(20)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		if what := crashed.explore(sim.NewDisk(sim.Strict), seed+1, 1, "", map[string]int{}); what != "" {
			t.Errorf("seed %d: %s", seed+1, what)
		}
	}
}

// Snapshots let go of the log, of each other, and shorten what a start redoes.
func TestTheLogIsCut(t *testing.T) {
	d := crashed
	d.operators, d.batches = []string{"a", "bb"}, 25
	disk, out, err := d.start(sim.NewDisk(sim.Strict), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out.longest > 2500 {
		t.Errorf("the log grew to %d bytes", out.longest)
	}
	if len(out.files) < 4 || len(out.files) > 6 { // three of each operator; some still to come
		t.Errorf("files %v", out.files)
	}
	_, again, err := d.start(disk, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !again.restored || again.replayed >= 25 {
		t.Errorf("restored %v, redone %d changes", again.restored, again.replayed)
	}

	d.eager = false
	_, out, err = d.start(sim.NewDisk(sim.Strict), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out.longest < 2500 {
		t.Errorf("without snapshots the log grew to %d bytes only: the test shows nothing", out.longest)
	}
}

// An operator that is gone holds neither the log nor files, and comes back with
// nothing.
func TestStateOfAnOperatorThatIsGone(t *testing.T) {
	for _, eager := range []bool{false, true} {
		d := crashed
		d.operators, d.eager = []string{"a", "bb"}, eager
		disk, _, err := d.start(sim.NewDisk(sim.Strict), 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.operators = []string{"a"}
		var files []string
		for range 2 { // dropped once
			d.batches += 4
			var out result
			if disk, out, err = d.start(disk, 0, nil); err != nil {
				t.Fatal(err)
			}
			var of []string
			for _, name := range out.files {
				if name[:2] == "bb" {
					of = append(of, name)
				}
			}
			if len(of) != 1 || files != nil && !slices.Equal(of, files) {
				t.Fatalf("eager %v: files %v", eager, of)
			}
			files = of
		}
		back := stream{operators: []string{"a", "bb"}, batches: d.batches, journal: d.journal}
		_, _, err = back.start(disk.Clone(), 0, nil)
		if _, ok := errors.AsType[*violation](err); !ok {
			t.Fatalf("eager %v: the state came back: %v", eager, err)
		}
		d.eager, d.batches = true, 30
		_, out, err := d.start(disk, 0, nil)
		if err != nil || out.longest > 2500 {
			t.Errorf("eager %v: the log grew to %d bytes, %v", eager, out.longest, err)
		}
	}
}
