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
	fmt.Fprintf(&text, "\n  timeline: %s\n", indented(s.timeline, 12))
	if k.tries > 0 {
		fmt.Fprintf(&text, "  shrunk  : %s → %s in %d tries, %.2f s\n", found.plan.size(), small.plan.size(), k.tries, took.Seconds())
	}
	fmt.Fprintf(&text, "  trace   : %016x, %s\n", f.trace, repeated(scenario, small.plan, f.trace))
	fmt.Fprintf(&text, "  repro   : go test %s -run '%s' -testkit.plan='%s' -testkit.trace\n", directory(), pattern(name), small.plan)
	if trace {
		for i, w := range worlds {
			fmt.Fprintf(&text, "  process %d:\n    %s\n", i+1, indented(w.Trace(), 4))
		}
	}
	return text.String()
}

// indented puts texts below each other, their lines but the first behind spaces.
func indented(texts []string, spaces int) string {
	margin := "\n" + strings.Repeat(" ", spaces)
	return strings.ReplaceAll(strings.Join(texts, "\n"), "\n", margin)
}

// size is how much there is to understand in a plan.
func (p *plan) size() string {
	return count(p.rows(), "row") + ", " + count(len(p.faults), "fault")
}

func count(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprint(n, " ", of)
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
			inside, err := filepath.Rel(root, path)
			if err != nil || inside == "." {
				return "."
			}
			return "./" + filepath.ToSlash(inside)
		}
		if root == filepath.Dir(root) {
			return "."
		}
	}
}
