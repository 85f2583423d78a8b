package testkit

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
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
	sites        map[string]bool
}

// The ways of recovery that every program with a checkpoint has.
var recoveryBranches = []string{
	"fresh start", "start after a stop", "planned batch run again", "sink had the batch",
	"sink was written to again", "sink dropped a batch that it had", "torn tail dropped",
	"snapshot restored", "start after a failure", "start after a crash",
}

func newTally() *tally {
	return &tally{faults: map[string]int{}, branches: map[string]int{}, sites: map[string]bool{}}
}

// count adds what happened on a machine that has ended, and what the next start will
// find.
func (s *Sim) count(w *sim.World, st *state) {
	t := s.tally
	if t == nil {
		return
	}
	t.starts++
	t.points += int(w.Points())
	for _, f := range w.Fired() {
		t.faults[f.Kind.String()]++
		if f.Kind != sim.Crash {
			continue
		}
		t.faults["disk "+sim.Outcome{Kind: f.Outcome.Kind}.String()]++
	}
	if len(w.Fired()) == 0 {
		return
	}
	if f := w.Fired()[len(w.Fired())-1]; f.Kind == sim.Crash || f.Kind == sim.Kill {
		t.branches["start after a crash"]++
	} else if !st.clean {
		t.branches["start after a failure"]++
	}
	for _, directory := range s.directories {
		report, err := wal.Inspect(onlyFiles{files: w.Files()}, path.Join(directory, "log"))
		if err == nil && report.Torn.Bytes > 0 {
			t.branches["torn tail dropped"]++
		}
	}
}

// onlyFiles is an Env for code that only reads files.
type onlyFiles struct {
	env.Env
	files env.FS
}

func (e onlyFiles) FS() env.FS { return e.files }

// saw notes that a site was reached.
func (t *tally) saw(site string) {
	t.sites[site] = true
	if strings.HasPrefix(site, "read(") && strings.Contains(site, "/snap/") {
		t.branches["snapshot restored"]++
	}
}

// write prints the tally.
func (t *tally) write(to io.Writer) {
	fmt.Fprintf(to, "%d runs, %d starts, %d I/O points at %d sites\n", t.runs, t.starts, t.points, len(t.sites))
	for _, counts := range []struct {
		title string
		of    map[string]int
	}{{"faults", t.faults}, {"recovery", t.branches}} {
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
