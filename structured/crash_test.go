package structured

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// ledger is a sink outside the process that keeps batch ids with the rows. It
// remembers what each attempt at a batch has brought.
type ledger struct {
	rows     map[int64]string // by batch; rows sorted
	prepared map[int64]string // by batch; rows as they came
	err      error            // the first broken promise

	vault *vault // beside it, for queries with two sinks
}

func newLedger() *ledger {
	return &ledger{rows: map[int64]string{}, prepared: map[int64]string{}, vault: newVault()}
}

func (l *ledger) clone() *ledger {
	return &ledger{maps.Clone(l.rows), maps.Clone(l.prepared), l.err, l.vault.clone()}
}

func (l *ledger) String() string     { return "ledger" }
func (l *ledger) Modes() []sink.Mode { return []sink.Mode{Append, Update, Complete} }

func (l *ledger) Open(_ context.Context, query sink.Query) (sink.Writer, error) {
	return &ledgerWriter{ledger: l, env: query.Env}, nil
}

type ledgerWriter struct {
	ledger *ledger
	env    env.Env
	id     int64
	rows   string
}

func (w *ledgerWriter) LastCommitted(context.Context) (int64, bool, error) {
	return int64(len(w.ledger.rows)) - 1, len(w.ledger.rows) > 0, nil
}

func (w *ledgerWriter) Prepare(_ context.Context, batch sink.Batch) (sink.Token, error) {
	w.env.Probe("ledger prepare", 0)
	var rows []string
	for records := range batch.All() {
		rows = append(rows, printRecords(records)...)
	}
	came := strings.Join(rows, "; ")
	if before, again := w.ledger.prepared[batch.ID]; again && before != came {
		w.ledger.err = fmt.Errorf("batch %d had %q and comes again with %q", batch.ID, before, came)
	}
	w.ledger.prepared[batch.ID] = came
	slices.Sort(rows) // the order depends on the number of partitions
	w.id, w.rows = batch.ID, strings.Join(rows, "; ")
	return nil, nil
}

func printRecords(records arrow.RecordBatch) []string {
	var rows []string
	for i := range int(records.NumRows()) {
		var row []string
		for _, column := range records.Columns() {
			row = append(row, fmt.Sprint(sink.Value(column, i)))
		}
		rows = append(rows, strings.Join(row, " "))
	}
	return rows
}

func (w *ledgerWriter) Commit(context.Context, sink.Token) error {
	w.env.Probe("ledger commit", 0)
	switch _, ok := w.ledger.rows[w.id]; {
	case !ok && w.id != int64(len(w.ledger.rows)):
		w.ledger.err = fmt.Errorf("batch %d came after %d batches", w.id, len(w.ledger.rows))
	case ok:
		w.ledger.err = fmt.Errorf("batch %d was handed over although the sink said that it has it", w.id)
	}
	w.ledger.rows[w.id] = w.rows
	w.env.Probe("ledger committed", 0)
	return nil
}

func (w *ledgerWriter) Abort(context.Context, sink.Token) error { return nil }
func (w *ledgerWriter) Close() error                            { return nil }

// pipeline is a query under test.
type pipeline struct {
	input map[string]string // files, there from the start
	build func(s *Session) Writer
	sink  bool     // whether it writes to the ledger, else to /out
	vault bool     // whether it writes to the vault, too
	want  string   // all that it writes; empty: what it writes if nothing happens
	once  bool     // whether it is crashed only once in a run, and by fewer seeds
	sites []string // rare behaviours that are taken
}

// run is the process: it starts the query and waits for its end.
func (p pipeline) run(l *ledger, partitions int) func(env.Env) error {
	return func(e env.Env) error {
		s, err := Open(Options{Env: e, Partitions: partitions})
		if err != nil {
			return err
		}
		w := p.build(s)
		if p.sink {
			w.sinks = []sink.Sink{l}
		}
		if p.vault {
			w.sinks = append(w.sinks, l.vault)
		}
		err = w.Trigger(AvailableNow()).Checkpoint("/state").Run(context.Background())
		return errors.Join(err, s.Close())
	}
}

// moment is the durable world at an I/O point.
type moment struct {
	disk   *sim.Disk
	ledger *ledger
	name   string
}

// content tells moments apart by what they leave to go on from.
func (m moment) content() string {
	return fmt.Sprint(m.disk.Hash(), len(m.ledger.rows), len(m.ledger.prepared), m.ledger.vault)
}

// explorer crashes a pipeline everywhere.
type explorer struct {
	t        *testing.T
	pipeline pipeline
	want     string
	explored map[string]bool
	crashes  int

	chooser sim.Chooser // of the order of activities; nil: first come, first served
	hash    uint64      // of the last run
	at      int         // the point whose moment is kept, if it is one

	fired     bool   // whether a rare behaviour was taken
	violation string // the first; the exploration ends there
}

func (x *explorer) fail(format string, args ...any) {
	if x.violation == "" {
		x.violation = fmt.Sprintf(format, args...)
	}
}

// start is a machine with the input, all of it durable.
func (x *explorer) start(profile sim.Profile) moment {
	w := sim.NewWorld(sim.Options{Disk: sim.NewDisk(profile)})
	defer w.Close()
	w.Start("input", func(e env.Env) error {
		if err := env.MkdirAllSync(e.FS(), "/in"); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(x.pipeline.input)) {
			f, err := e.FS().Create("/in/" + name)
			if err != nil {
				return err
			}
			if _, err := f.Write([]byte(x.pipeline.input[name])); err != nil {
				return err
			}
			if err := errors.Join(f.Sync(), f.Close()); err != nil {
				return err
			}
		}
		return e.FS().SyncDir("/in")
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		x.t.Fatalf("making the input: %v", status)
	}
	return moment{disk: w.Disk().Clone(), ledger: newLedger()}
}

// run runs the pipeline from a moment to its end, and checks what it has written. It
// returns the moments of all its I/O points and the faults that can happen there.
func (x *explorer) run(from moment, partitions int, faults ...sim.Fault) (moments []moment, kinds []sim.Fault) {
	return x.runTo(from, partitions, every, faults...)
}

// keep says of which points a run keeps the moment.
type keep int

const (
	none  keep = iota
	one        // number explorer.at, or the end if there are fewer
	end        // none but the end
	every      // all of them, and the end
)

func (x *explorer) runTo(from moment, partitions int, keep keep, faults ...sim.Fault) (moments []moment, kinds []sim.Fault) {
	l, checking, points := from.ledger.clone(), false, 0
	var w *sim.World
	take := func(name string) {
		moments = append(moments, moment{w.Disk().Clone(), l.clone(), from.name + " crash@" + name})
	}
	w = sim.NewWorld(sim.Options{
		Disk: from.disk.Clone(), Faults: faults, Chooser: x.chooser, Buggify: sim.TheseSites(x.pipeline.sites...),
		Observe: func(p sim.Point) {
			switch {
			case checking:
				return
			case keep == one && points == x.at, keep == every:
				take(fmt.Sprintf("%s#%d", p.Site, p.Occurrence))
			}
			points++
			if keep == every {
				for _, kind := range p.Errors() {
					kinds = append(kinds, p.Fault(kind))
				}
			}
		},
	})
	defer w.Close()
	p := w.Start("query", x.pipeline.run(l, partitions))
	if status := w.Run(sim.Limit{}); status != sim.Done {
		x.fail("%s: %v: %v", from.name, status, w.Parked())
		return nil, nil
	}
	if keep >= end || keep == one && len(moments) == 0 {
		take("end")
	}
	x.fired = x.fired || len(w.Buggified()) > 0
	checking, x.hash = true, w.TraceHash()
	_, err := p.Ended()
	if len(faults) > 0 && err != nil {
		return moments, kinds // a query may fail of an error; what it has written is checked after its restart
	}
	if err != nil {
		x.fail("%s %v: %v", from.name, faults, err)
		return moments, kinds
	}
	if leaks := p.Leaks(); len(leaks.Files)+len(leaks.Locks)+len(leaks.Activities) > 0 {
		x.fail("%s %v: left open: %v", from.name, faults, leaks)
	}
	x.check(from.name+" "+fmt.Sprint(faults), w, l)
	return moments, kinds
}

func (x *explorer) check(name string, w *sim.World, l *ledger) {
	if l != nil && l.err != nil {
		x.fail("%s: %v", name, l.err)
	}
	if l != nil && x.pipeline.vault {
		if err := l.vault.check(l.rows); err != nil {
			x.fail("%s: %v", name, err)
		}
	}
	got, err := x.result(w, l)
	if err != nil {
		x.fail("%s: %v", name, err)
		return
	}
	if x.want == "" {
		x.want = got
	}
	if got != x.want {
		x.fail("%s:\n got %s\nwant %s", name, got, x.want)
	}
}

// result is all that the pipeline has written.
func (x *explorer) result(w *sim.World, l *ledger) (string, error) {
	if x.pipeline.sink {
		var batches []string
		for id := range int64(len(l.rows)) {
			batches = append(batches, l.rows[id])
		}
		return strings.Join(batches, " | "), nil
	}
	var rows []string
	var failed error
	w.Start("reader", func(e env.Env) error {
		r, err := source.TextFiles("/out").Open(context.Background(), source.Query{Env: e})
		if err != nil {
			failed = err
			return err
		}
		end, err := r.Latest(context.Background(), "", source.Limit{})
		var parts []source.Partition
		if err == nil {
			parts, err = r.Plan(context.Background(), "", end, 1)
		}
		for _, part := range parts {
			for records, readErr := range part.Read(context.Background(), nil) {
				if readErr != nil {
					failed = readErr
					return readErr
				}
				rows = append(rows, printRecords(records)...)
			}
		}
		failed = errors.Join(err, r.Close())
		return failed
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return "", fmt.Errorf("reading the result: %v", status)
	}
	slices.Sort(rows)
	return strings.Join(rows, "; "), failed
}

// crash explores all that crashes at the moments may leave, to a depth.
func (x *explorer) crash(moments []moment, partitions, depth int) {
	for _, m := range moments {
		for _, outcome := range m.disk.Outcomes() {
			image := moment{m.disk.Crash(outcome), m.ledger, m.name + "/" + outcome.String()}
			key := fmt.Sprint(image.content(), partitions, depth)
			if x.explored[key] || x.violation != "" {
				continue
			}
			x.explored[key] = true
			x.crashes++
			if depth == 1 {
				x.runTo(image, partitions, none)
				continue
			}
			next, _ := x.run(image, partitions)
			x.crash(next, partitions, depth-1)
		}
	}
}

// explore runs a pipeline without faults; with a crash at every point, going on with
// the same and with another number of partitions; and with every error. It returns
// the first promise that was broken.
func explore(t *testing.T, p pipeline) (violation string) {
	x := &explorer{t: t, pipeline: p, want: p.want, explored: map[string]bool{}}
	start := x.start(sim.Strict)
	moments, kinds := x.run(start, 2)
	x.crash(moments, 2, 1)
	x.crash(moments, 3, 1)
	for _, kind := range kinds {
		if x.violation != "" {
			return x.violation
		}
		after, _ := x.runTo(start, 2, end, kind)
		x.crash(after, 2, 1)
	}
	if !testing.Short() && !p.once {
		x.crash(moments, 2, 2)
	}
	// A point at which the disk and the sink are as they were before leaves nothing new
	// to crash to; each of the others does, and is gone on from in two ways.
	steps := map[string]bool{}
	for _, m := range moments {
		steps[m.content()] = true
	}
	if x.violation == "" && (x.crashes < len(steps) || len(kinds) == 0) {
		t.Errorf("%d points, %d crashes of %d steps, %d errors: fewer than there must be", len(moments), x.crashes, len(steps), len(kinds))
	}
	if len(p.sites) > 0 && !x.fired {
		t.Errorf("%v never happened", p.sites)
	}
	t.Logf("%d points, %d steps, %d crashes, %d errors", len(moments), len(steps), x.crashes, len(kinds))
	return x.violation
}

var clicks = types.NewSchema(types.Nullable("t", types.Timestamp), types.Nullable("page", types.String))

// clicksAt is a click on the page in each of the seconds.
func clicksAt(page string, seconds ...int) string {
	var text strings.Builder
	for _, second := range seconds {
		fmt.Fprintf(&text, "{\"t\":%q,\"page\":%q}\n", time.Unix(int64(second), 0).UTC().Format(time.RFC3339), page)
	}
	return text.String()
}

// pipelines are the queries that are crashed.
var pipelines = map[string]pipeline{
	"word count to a sink that keeps batch ids": {
		input: map[string]string{"1": "a b a\n", "2": "c a\n", "3": "b d\na\n"},
		build: func(s *Session) Writer {
			return wordCount(s.Stream(source.TextFiles("/in", source.MaxFiles(1)))).Write().Mode(Update)
		},
		sink: true,
	},
	"word count with a snapshot after each batch": {
		input: map[string]string{"1": "a b a\n", "2": "c a\n", "3": "b d\na\n"},
		build: func(s *Session) Writer {
			return wordCount(s.Stream(source.TextFiles("/in", source.MaxFiles(1)))).Write().Mode(Update)
		},
		sink:  true,
		sites: []string{"snapshots: after each batch"},
	},
	"word count to two sinks, one of which is committed in two phases": {
		input: map[string]string{"1": "a b a\n", "2": "c a\n", "3": "b d\na\n"},
		build: func(s *Session) Writer {
			return wordCount(s.Stream(source.TextFiles("/in", source.MaxFiles(1)))).Write().Mode(Update)
		},
		sink: true, vault: true,
	},
	"bad rows to a sink of their own": {
		input: map[string]string{"1": "1\nx\n2\n", "2": "y\n", "3": "3\nz\n"},
		build: func(s *Session) Writer {
			return s.Stream(source.TextFiles("/in", source.MaxFiles(1))).Select(expr.Col("value").Cast(types.Int).As("n")).
				Write(ForEachBatch(func(context.Context, DataFrame, int64) error { return nil })).
				BadRows(DeadLetters(sink.JSONFiles("/out")))
		},
	},
	"windowed count to files": {
		input: map[string]string{
			"1": clicksAt("x", 1, 2, 11), "2": clicksAt("y", 3, 12), "3": clicksAt("x", 25), "4": clicksAt("z", 4, 31),
			"5": clicksAt("late", 2) + clicksAt("z", 45),
		},
		build: func(s *Session) Writer {
			return s.Stream(source.JSONFiles("/in", clicks, source.MaxFiles(1))).
				WithWatermark("t", 5*time.Second).
				GroupBy(expr.Window("t", 10*time.Second), expr.Col("page")).Agg(expr.Count().As("count")).
				Write(sink.JSONFiles("/out"))
		},
		sites: []string{"filelog: early compaction"},
	},
	"sessions": {
		input: map[string]string{
			"1": clicksAt("x", 1, 4, 20), "2": clicksAt("x", 9) + clicksAt("y", 31), "3": clicksAt("x", 12, 24), "4": clicksAt("y", 60),
		},
		build: func(s *Session) Writer {
			return s.Stream(source.JSONFiles("/in", clicks, source.MaxFiles(1))).
				WithWatermark("t", 10*time.Second).
				GroupBy(expr.SessionWindow("t", 5*time.Second), expr.Col("page")).Agg(expr.Count().As("count")).Write()
		},
		sink: true, once: true,
	},
	"duplicates, then windows of windows": {
		input: map[string]string{
			"1": clicksAt("x", 1, 1, 2), "2": clicksAt("x", 1) + clicksAt("y", 12), "3": clicksAt("y", 12, 25), "4": clicksAt("z", 60),
		},
		build: func(s *Session) Writer {
			return s.Stream(source.JSONFiles("/in", clicks, source.MaxFiles(1))).
				WithWatermark("t", 5*time.Second).DropDuplicates("t", "page").
				GroupBy(expr.Window("t", 5*time.Second), expr.Col("page")).Agg(expr.Count().As("count")).
				GroupBy(expr.Window("window", 20*time.Second)).Agg(expr.Sum("count").As("count")).Write()
		},
		sink: true, once: true,
	},
	"the slower of two inputs": {
		input: map[string]string{
			"1": clicksAt("x", 100) + clicksAt("y", 1), "2": clicksAt("y", 2, 20), "3": clicksAt("y", 3), "4": clicksAt("x", 200) + clicksAt("y", 200),
		},
		build: func(s *Session) Writer {
			in := func(page string) DataFrame {
				return s.Stream(source.JSONFiles("/in", clicks, source.MaxFiles(1))).Where(expr.Col("page").Eq(page)).WithWatermark("t", 5*time.Second)
			}
			return in("x").Union(in("y")).GroupBy(expr.Window("t", 50*time.Second)).Agg(expr.Count().As("count")).Write()
		},
		sink: true, once: true,
		want: " |  |  |  | [0 50000000] 4; [100000000 150000000] 1",
	},
}

func TestCrashEverywhere(t *testing.T) {
	for name, p := range pipelines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if violation := explore(t, p); violation != "" {
				t.Error(violation)
			}
		})
	}
}

// In any order of activities, with crashes at any moments, the result is the same, and
// so is the run if it is repeated.
func TestRandomSchedules(t *testing.T) {
	for name, p := range pipelines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seeds := uint64(150)
			if testing.Short() || p.once {
				seeds = 30
			}
			x := &explorer{t: t, pipeline: p, explored: map[string]bool{}}
			start := x.start(sim.Strict)
			moments, _ := x.run(start, 2) // says what to expect
			for seed := range seeds {
				hash := x.randomRun(start, seed, len(moments))
				if seed%3 == 0 && x.randomRun(start, seed, len(moments)) != hash {
					x.fail("the run was another one when it was repeated")
				}
				if x.violation != "" {
					t.Fatalf("seed %d: %s", seed, x.violation)
				}
			}
		})
	}
}

// randomRun runs the pipeline in a random order of activities, crashes it at up to
// three random moments, and returns a hash of all that happened. A run has about that
// many points.
func (x *explorer) randomRun(from moment, seed uint64, points int) (hash uint64) {
	chooser := sim.NewRandom(seed)
	x.chooser = chooser
	defer func() { x.chooser, x.at = nil, 0 }()
	for range chooser.Choose("crashes", 4) {
		partitions := 1 + chooser.Choose("partitions", 4)
		x.at = chooser.Choose("moment", points+points/4)
		moments, _ := x.runTo(from, partitions, one)
		hash = hash*31 + x.hash
		if len(moments) == 0 {
			return hash
		}
		from = moment{moments[0].disk.CrashBy(chooser), moments[0].ledger, moments[0].name}
	}
	x.runTo(from, 2, none)
	return hash*31 + x.hash
}

// A process is paused at some point, a second one takes over and runs to the end, and
// then the first goes on: it writes nothing any more. The disk is one of several
// machines, so no lock keeps the second one out.
func TestAPausedProcessIsFenced(t *testing.T) {
	p := pipelines["windowed count to files"]
	x := &explorer{t: t, pipeline: p, explored: map[string]bool{}}
	start := x.start(sim.Strict)
	moments, _ := x.run(start, 2)
	fenced := 0
	for i := 1; i < len(moments); i++ {
		w := sim.NewWorld(sim.Options{Disk: start.disk.Clone(), SharedDisk: true})
		first := w.Start("first", p.run(nil, 2))
		w.Run(sim.Limit{Points: uint64(i)})
		if ended, _ := first.Ended(); ended {
			w.Close()
			break
		}
		first.Pause()
		second := w.Start("second", p.run(nil, 2))
		w.Run(sim.Limit{})
		if ended, err := second.Ended(); !ended || err != nil {
			t.Fatalf("paused at point %d: the second process: ended %v, %v", i, ended, err)
		}
		first.Resume()
		w.Run(sim.Limit{})
		_, err := first.Ended()
		var fence *journal.FencedError
		if errors.As(err, &fence) {
			fenced++
		}
		x.check(fmt.Sprintf("paused at point %d, then %v", i, err), w, nil)
		w.Close()
		if x.violation != "" {
			t.Fatal(x.violation)
		}
	}
	t.Logf("%d points, fenced %d times", len(moments), fenced)
	if fenced < len(moments)/2 {
		t.Errorf("fenced %d times of %d", fenced, len(moments))
	}
}
