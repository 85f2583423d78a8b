package testkit

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/wal"
)

// tally counts over many runs what has happened, so that a test which never met a
// fault, or never took a way of recovery, is not taken for one that passed it.
type tally struct {
	runs, starts int
	points       int
	faults       map[string]int
	branches     map[string]int
	odd          map[string]int
	sites        map[string]bool
}

// recoveryBranches are the ways of recovery that a program with a checkpoint has.
var recoveryBranches = []string{
	"fresh start", "start after a stop", "start after a crash", "start after a failure",
	"no batch is pending", "a batch is pending", "the sink has the pending batch",
	"a batch is pending and there is a snapshot", "there is a snapshot", "a torn tail is dropped",
}

func newTally() *tally {
	return &tally{faults: map[string]int{}, branches: map[string]int{}, odd: map[string]int{}, sites: map[string]bool{}}
}

// countEnd adds what happened on a machine that has ended.
func (s *Sim) countEnd(w *sim.World) {
	t := s.tally
	if t == nil {
		return
	}
	t.points += int(w.Points())
	for _, site := range w.Buggified() {
		t.odd[site]++
	}
	for _, f := range w.Fired() {
		t.faults[f.Kind.String()]++
		if f.Kind == sim.Crash {
			t.faults["disk "+sim.Outcome{Kind: f.Outcome.Kind}.String()]++
		}
	}
}

// countStart adds what a process that is about to start will find.
func (s *Sim) countStart(st *state) {
	t := s.tally
	if t == nil {
		return
	}
	t.starts++
	switch {
	case st.starts == 1:
		s.branch("fresh start")
		return
	case st.clean:
		s.branch("start after a stop")
	case st.crashed:
		s.branch("start after a crash")
	default:
		s.branch("start after a failure")
	}
	// The look takes a world of its own, so that it leaves no trace.
	w := sim.NewWorld(sim.Options{Disk: st.disk.Clone()})
	defer w.Close()
	w.Start("look", func(e env.Env) error {
		names, err := e.FS().List("/")
		if err != nil {
			return err
		}
		for _, name := range names {
			s.look(e, path.Join("/", name))
		}
		return nil
	})
	w.Run(sim.Limit{})
}

// look opens a checkpoint as the next process will and counts what is in it.
func (s *Sim) look(e env.Env, dir string) {
	if report, err := wal.Inspect(e, path.Join(dir, "log")); err == nil && report.Torn.Bytes > 0 {
		s.branch("a torn tail is dropped")
	}
	format, err := readFile(e.FS(), path.Join(dir, "format"))
	kind := strings.Fields(format)
	if err != nil || len(kind) < 2 {
		return
	}
	j, r, err := journal.Open(context.Background(), e, dir, journal.Options{Kind: kind[1], AcceptFingerprint: true})
	if err != nil {
		return
	}
	if r.Pending == nil && r.Last != nil {
		s.branch("no batch is pending")
	}
	if len(r.Snapshots) > 0 {
		s.branch("there is a snapshot")
	}
	if r.Pending != nil {
		s.branch("a batch is pending")
		if len(r.Snapshots) > 0 {
			s.branch("a batch is pending and there is a snapshot")
		}
		for _, has := range s.outputs {
			if has(*r.Pending) {
				s.branch("the sink has the pending batch")
			}
		}
	}
	if err := j.Close(); err != nil {
		return
	}
}

// holds returns a function that says whether an output has a batch.
func holds[T any](out Output[T]) func(journal.Plan) bool {
	return func(p journal.Plan) bool {
		batches, err := out.committed()
		return err == nil && slices.ContainsFunc(batches, func(b written[T]) bool {
			return b.id == p.Batch || b.at.Equal(p.Time)
		})
	}
}

// write prints the tally.
func (t *tally) write(to io.Writer) {
	fmt.Fprintf(to, "%d runs, %d starts, %d I/O points at %d sites\n", t.runs, t.starts, t.points, len(t.sites))
	for _, counts := range []struct {
		title string
		of    map[string]int
	}{{"faults", t.faults}, {"recovery", t.branches}, {"odd behaviour", t.odd}} {
		fmt.Fprintf(to, "%s:\n", counts.title)
		for _, name := range slices.Sorted(maps.Keys(counts.of)) {
			fmt.Fprintf(to, "  %8d  %s\n", counts.of[name], name)
		}
	}
}

// never lists the faults and ways of recovery that did not occur.
func (t *tally) never() []string {
	var missing []string
	for _, kind := range faultKinds {
		if t.faults[kind.String()] == 0 {
			missing = append(missing, "fault "+kind.String())
		}
	}
	for outcome := sim.Kept; outcome <= sim.Mixed; outcome++ {
		if name := "disk " + (sim.Outcome{Kind: outcome}).String(); t.faults[name] == 0 {
			missing = append(missing, name)
		}
	}
	for _, branch := range recoveryBranches {
		if t.branches[branch] == 0 {
			missing = append(missing, branch)
		}
	}
	return missing
}
