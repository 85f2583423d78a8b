package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// report tells a failure: what was broken, with which input and faults, how it came
// to that, and how to see it again.
func report(name string, scenario func(*Sim), found failed, trace bool) string {
	began := time.Now()
	k, small := shrink(scenario, found)
	took := time.Since(began)

	s := declare(scenario, small.plan)
	s.verbose = true
	var worlds []*sim.World
	f := s.play(s.begin(), settings{keepTrace: trace, worlds: &worlds})
	why := small.why
	if f.failure != nil {
		why = f.failure
	}

	var text strings.Builder
	fmt.Fprintf(&text, "testkit: %s violated: %s\n", strings.ToUpper(why.class), why.text)
	for _, in := range small.plan.inputs {
		fmt.Fprintf(&text, "  input   : %s %s\n", in.name, in)
	}
	fmt.Fprintf(&text, "  faults  : %d", len(small.plan.faults))
	for _, fault := range small.plan.faults {
		fmt.Fprintf(&text, "  %v", fault)
	}
	fmt.Fprintf(&text, "\n  timeline: %s\n", strings.Join(s.timeline, "\n            "))
	if k.tries > 0 {
		fmt.Fprintf(&text, "  shrunk  : %d rows, %d faults → %d rows, %d faults in %d tries, %.2f s\n",
			found.plan.rows(), len(found.plan.faults), small.plan.rows(), len(small.plan.faults), k.tries, took.Seconds())
	}
	fmt.Fprintf(&text, "  trace   : %016x, %s\n", f.trace, repeated(scenario, small.plan, f.trace))
	fmt.Fprintf(&text, "  repro   : go test %s -run '%s' -testkit.plan='%s' -testkit.trace\n", directory(), pattern(name), small.plan)
	if trace {
		for i, w := range worlds {
			fmt.Fprintf(&text, "  process %d:\n    %s\n", i+1, strings.Join(w.Trace(), "\n    "))
		}
	}
	return text.String()
}

// repeated says whether a second run is the same.
func repeated(scenario func(*Sim), p *plan, trace uint64) string {
	s := declare(scenario, p)
	if s.play(s.begin(), settings{}).trace == trace {
		return "identical in 2 of 2 runs"
	}
	return "different in a second run"
}

// pattern matches one test, by the parts of its name.
func pattern(name string) string {
	return "^" + strings.ReplaceAll(name, "/", "$/^") + "$"
}

// directory is the package under test, whose directory is the test's.
func directory() string {
	path, err := os.Getwd()
	if err != nil {
		return "."
	}
	for root := path; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			inside, _ := filepath.Rel(root, path)
			return "./" + filepath.ToSlash(inside)
		}
		if root == filepath.Dir(root) {
			return "."
		}
	}
}
