package dstream

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/benbjohnson/clock"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

// drawn is a source whose batch N has some keys that N gives. A batch that was
// planned is not asked for its end again: each process would say something else.
type drawn struct{ process int64 }

func (d drawn) String() string { return "drawn" }

func (d drawn) Open(context.Context, Stream) (Reader[kv], error) { return d, nil }

func (d drawn) Initial(context.Context) (Offset, error) { return "0", nil }

func (d drawn) Latest(_ context.Context, start Offset) (Offset, error) {
	from, err := parsePosition(start)
	return formatPosition(from/10*10 + 10 + d.process), err
}

func (d drawn) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[kv], error) {
	position, err := parsePosition(end)
	if err != nil {
		return rdd.RDD[kv]{}, err
	}
	batch := int(position / 10)
	elements := []kv{{"a", batch}, {"b" + strconv.Itoa(batch%2), 1}, {"c" + strconv.Itoa(batch%3), batch}}
	if position%10 > 0 && batch > 1 {
		elements = append(elements, kv{"later", 1}) // of a batch that a second process has planned
	}
	return session.Parallelize(elements, rdd.Partitions(2)), nil
}

func (d drawn) Commit(context.Context, Offset) error { return nil }

func (d drawn) Close() error { return nil }

// program is a stream with all kinds of state.
type program struct {
	ticks int
	mock  bool // whether it follows a mock clock
	few   bool // whether it has one state only, all of which is copied within few batches
}

// seen is what an output was given.
type seen struct {
	output  int
	tick    int64
	content string // with its partitions
}

// run runs the program in one process until a tick is done.
func (p program) run(e env.Env, process int64, history *[]seen) (err error) {
	o := options(e)
	o.Checkpoint, o.Parallelism = "checkpoint", 1+int(process)
	o.logging = journal.Options{Retain: 1, SegmentBytes: 500}
	if p.few {
		o.logging.SegmentBytes = 200 // a segment may end between state and end of a batch
	}
	var mock *clock.Mock
	if p.mock {
		mock = clock.NewMock()
		mock.Set(e.Now())
		o.Clock = mock
	}
	zero := floor(e.Now(), time.Second)
	last := int64(0)
	s, err := Recover(o, func(s *Session) error {
		in := s.From(Source[kv](drawn{process - 1})).ToPairs(func(p kv) (string, int) { return p.key, p.value })
		outputs := 0
		keep := func(d DStream[string]) {
			output := outputs
			outputs++
			d.ForEachRDD(func(ctx context.Context, r rdd.RDD[string], batch time.Time) error {
				partitions, err := rdd.RunPartitions(ctx, r, "look", func(_ rdd.Task, in rdd.Chunks[string]) (string, error) {
					var all []string
					for chunk, err := range in {
						if err != nil {
							return "", err
						}
						all = append(all, chunk...)
					}
					return strings.Join(all, ";"), nil
				})
				if err != nil {
					return err
				}
				tick := int64(batch.Sub(zero) / time.Second)
				*history = append(*history, seen{output, tick, strings.Join(partitions, "|")})
				last = max(last, tick)
				return nil
			})
		}
		text := func(k string, v int) string { return fmt.Sprintf("%s:%d", k, v) }
		keep(in.UpdateStateByKey(sum).Named("totals").Map(text))
		if p.few {
			return nil
		}
		keep(in.ReduceByKeyAndWindow(add, seconds(2, 1), Inverse(sub), Keep(func(n int) bool { return n != 0 })).Map(text))
		keep(in.GroupByKeyAndWindow(func(_ string, v []int) int { return len(v) }, seconds(2, 1)).Map(text))
		visits := in.MapWithState(StateFunc(watchIdle).Timeout(time.Second))
		keep(visits.DStream)
		keep(visits.Snapshots().Map(text))
		in.Map(text).SaveTo(Files("out", func(s string) string { return s }))
		return nil
	})
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := s.Start(ctx); err != nil {
		return err
	}
	for range 4 * p.ticks {
		if last >= int64(p.ticks) || s.ended.IsSet() {
			break
		}
		if err := env.Sleep(ctx, e, time.Second); err != nil {
			return err
		}
		if p.mock {
			mock.Add(time.Second)
			if err := s.Settle(ctx); err != nil {
				break // the batch has failed
			}
		}
	}
	failed := s.Stop(ctx)
	if failed == nil {
		s.mu.Lock()
		failed = s.failure
		s.mu.Unlock()
	}
	return failed
}

// process runs the program on a disk.
func (p program) process(disk *sim.Disk, number int64, history []seen, observe func(*sim.World, sim.Point, []seen), faults ...sim.Fault) (*sim.Disk, []seen, error) {
	var w *sim.World
	o := eager(disk)
	o.Faults = faults
	o.Observe = func(at sim.Point) {
		if observe != nil {
			observe(w, at, history)
		}
	}
	w = sim.NewWorld(o)
	defer w.Close()
	main := w.Start("app", func(e env.Env) error { return p.run(e, number, &history) })
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return w.Disk(), history, fmt.Errorf("the run is %v", status)
	}
	_, err := main.Ended()
	return w.Disk(), history, err
}

// explore crashes the first process wherever the disk has changed, with every outcome,
// lets every call fail, and has a second process go on. It returns what is wrong, and
// how many worlds it has seen.
func (p program) explore() (wrong string, worlds int) {
	type place struct {
		disk    *sim.Disk
		history []seen
		path    string
	}
	var places []place
	var faults []sim.Fault
	generation := ^uint64(0)
	_, want, err := p.process(sim.NewDisk(sim.Strict), 1, nil, func(w *sim.World, at sim.Point, history []seen) {
		if g := w.Disk().Generation(); g != generation {
			generation = g
			places = append(places, place{w.Disk().Clone(), slices.Clone(history), at.Fault(sim.Crash).String()})
		}
		for _, kind := range at.Errors() {
			faults = append(faults, at.Fault(kind))
		}
	})
	if err != nil {
		return fmt.Sprintf("without a fault: %v", err), 0
	}
	for _, fault := range faults {
		left, history, _ := p.process(sim.NewDisk(sim.Strict), 1, nil, nil, fault)
		places = append(places, place{left, history, fault.String()})
	}
	known := map[string]bool{}
	for _, at := range places {
		for _, o := range at.disk.Outcomes() {
			left := at.disk.Crash(o)
			key := fmt.Sprint(left.Hash(), at.history)
			if known[key] {
				continue
			}
			known[key] = true
			_, history, err := p.process(left, 2, slices.Clip(at.history), nil)
			if err == nil {
				err = p.check(history, want)
			}
			if err != nil {
				return fmt.Sprintf("%s/%v: %v", at.path, o, err), len(known)
			}
		}
	}
	return "", len(known)
}

// check compares what the outputs were given with what they are given without a
// fault: nothing is left out, and a batch that comes again is the same.
func (p program) check(history, want []seen) error {
	type at struct {
		output int
		tick   int64
	}
	first := map[at]string{}
	sorted := func(content string) string {
		elements := strings.FieldsFunc(content, func(r rune) bool { return r == ';' || r == '|' })
		elements = slices.DeleteFunc(elements, func(e string) bool { return strings.HasPrefix(e, "later") }) // only the second process has these
		slices.Sort(elements)
		return strings.Join(elements, ";")
	}
	for _, h := range history {
		if before, again := first[at{h.output, h.tick}]; again && before != h.content {
			return fmt.Errorf("output %d got batch %d as %q and again as %q", h.output, h.tick, before, h.content)
		}
		first[at{h.output, h.tick}] = h.content
	}
	for _, h := range want {
		got, ok := first[at{h.output, h.tick}]
		if !ok {
			return fmt.Errorf("output %d has no batch %d", h.output, h.tick)
		}
		if sorted(got) != sorted(h.content) {
			return fmt.Errorf("output %d got batch %d as %q, want %q", h.output, h.tick, got, h.content)
		}
	}
	return nil
}

func TestCrashAnywhere(t *testing.T) {
	for name, p := range map[string]program{
		"the Env's clock": {ticks: 4},
		"a mock clock":    {ticks: 2, mock: true},
		"one state":       {ticks: 8, few: true},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && p.few {
				t.Skip("two thousand starts")
			}
			wrong, worlds := p.explore()
			if wrong != "" {
				t.Error(wrong)
			}
			if t.Logf("%d worlds", worlds); worlds < 50 {
				t.Errorf("only %d worlds", worlds)
			}
		})
	}
}

// TestDroppedStateLetsGoOfTheLog: state of a stream that the graph no longer has keeps
// neither the log nor files.
func TestDroppedStateLetsGoOfTheLog(t *testing.T) {
	disk := sim.NewDisk(sim.Strict)
	run := func(ticks int, names ...string) (log int64, files int) {
		simulateWith(t, eager(disk), func(e env.Env) error {
			o := options(e)
			o.Checkpoint = "checkpoint"
			o.logging = journal.Options{Retain: 1, SegmentBytes: 500}
			s, err := Recover(o, func(s *Session) error {
				in := s.From(Source[kv](drawn{})).ToPairs(func(p kv) (string, int) { return p.key, p.value })
				for _, name := range names {
					in.UpdateStateByKey(sum).Named(name).Print()
				}
				return nil
			})
			if err != nil {
				return err
			}
			o.Output = nil
			if err := runFor(s, ticks); err != nil {
				return err
			}
			for _, dir := range []string{"log", "snap"} {
				entries, err := e.FS().List(path.Join("checkpoint", dir))
				if err != nil {
					return err
				}
				for _, entry := range entries {
					info, err := e.FS().Stat(path.Join("checkpoint", dir, entry))
					if err != nil {
						return err
					}
					if dir == "log" {
						log += info.Size
					} else if strings.HasPrefix(entry, "gone") && info.Size > 5000 { // that which says it is dropped is small
						files++
					}
				}
			}
			return nil
		})
		return log, files
	}
	run(5, "kept", "gone")
	if log, files := run(60, "kept"); log > 6000 || files > 0 {
		t.Errorf("the log has %d bytes, and %d files of the state that was dropped are left", log, files)
	}
}
