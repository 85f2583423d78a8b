package testkit

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
)

// run runs an entry point and returns what it failed with.
func run(f func(t testing.TB)) (text string) {
	var c catcher
	defer func() {
		if recover() != nil {
			text = c.text
		}
	}()
	f(&c)
	return ""
}

func TestSometimes(t *testing.T) {
	scenario := func(s *Sim) {
		streamCount(s)
		s.Sometimes("a second start", func() bool { return s.starts > 1 })
		s.Sometimes("a third start in a row of disasters", func() bool { return s.starts > 100 })
	}
	text := run(func(t testing.TB) { Exhaust(t, scenario) })
	if testing.Short() {
		return
	}
	if !strings.Contains(text, "no run has reached: a third start") || strings.Contains(text, "a second start") {
		t.Errorf("failed with %q", text)
	}
}

func TestInvariant(t *testing.T) {
	text := run(func(t testing.TB) {
		Exhaust(t, func(s *Sim) {
			streamCount(s)
			s.Invariant("one start", func() error {
				if s.starts > 1 {
					return errors.New("there was a second")
				}
				return nil
			})
		})
	})
	if !strings.Contains(text, "INVARIANT violated: one start: there was a second") {
		t.Errorf("failed with %q", text)
	}
}

// TestFaultSets: what is not in the set does not happen.
func TestFaultSets(t *testing.T) {
	for name, set := range map[string]FaultSet{
		"crash": Crash, "crash, error": Crash | Torn, "error": BeforeCall, "error-after": AfterCall, "panic": TaskPanic, "lose": ExecutorLoss,
	} {
		x := newExplorer(streamCount)
		x.faults = set
		x.all(typical(streamCount, newOptions(nil)), 1)
		if x.failed != nil {
			t.Errorf("%s: %v", name, x.failed.why)
		}
		if x.worlds < 3 || len(x.kinds) != 1 {
			t.Errorf("%s: %v", name, x)
		}
		for kind := range x.kinds {
			if !strings.Contains(name, kind.String()) {
				t.Errorf("%s: there was a fault %v", name, kind)
			}
		}
		if set == Crash && len(x.outcomes) != 2 {
			t.Errorf("outcomes of crashes without torn writes: %v", x.outcomes)
		}
	}
	o := newOptions([]Option{Faults(Kill | Slow)})
	c := newChecker(streamCount, 1, o)
	for c.runs < 200 {
		if f := c.check(1); f != nil {
			t.Fatal(f.why)
		}
		for _, f := range c.draw().faults {
			if kind := f.Kind.String(); kind != "kill" && kind != "delay" && kind != "slow" && kind != "stuck" {
				t.Fatalf("a plan has the fault %v", f)
			}
		}
	}
}

func TestBudgetAndProfile(t *testing.T) {
	x := newExplorer(streamCount)
	x.until = time.Now().Add(20 * time.Millisecond)
	x.all(typical(streamCount, newOptions([]Option{Profile(Ext4Ordered)})), 2)
	if !strings.Contains(x.String(), "out of time after ") {
		t.Errorf("an exploration that was cut short says %v", x)
	}
	for outcome := range x.outcomes {
		if name := outcome.String(); name == "sectors" || name == "subset" {
			t.Errorf("an ordered disk was left with %s", name)
		}
	}
	x = newExplorer(streamCount)
	x.all(typical(streamCount, newOptions([]Option{Profile(XFS)})), 1)
	left := map[string]bool{}
	for outcome := range x.outcomes {
		left[outcome.String()] = true
	}
	if x.failed != nil || !left["sectors"] || left["garbage"] || left["subset"] {
		t.Errorf("a disk with late places was left with %v; %v", left, x.failed)
	}
}

// TestEndpoint: a call that may have had its effect is made again under one id.
func TestEndpoint(t *testing.T) {
	scenario := func(remember bool) func(*Sim) {
		return func(s *Sim) {
			in := Input(s, "words", 2, words)
			type bill struct {
				Batch int64
				Words int
			}
			service := Endpoint(s, "billing", []bill{}, func(bills []bill, b bill) ([]bill, int, error) {
				for _, old := range bills {
					if remember && old.Batch == b.Batch {
						return bills, len(bills), nil
					}
				}
				return append(bills[:len(bills):len(bills)], b), len(bills) + 1, nil
			})
			files := WrapFS(s, "etc", fstest.MapFS{"factor": {Data: []byte("1")}})
			s.App(func(p *Process) error {
				if _, err := fs.ReadFile(files, "factor"); err != nil {
					return err
				}
				stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
					stream.From(in).SaveTo(dstream.Idempotent("billing", func(ctx context.Context, batch dstream.Batch[string]) error {
						n, err := batch.RDD.Count(ctx)
						if err == nil && n > 0 {
							_, err = service.Call(ctx, bill{batch.ID, int(n)})
						}
						return err
					}))
					return nil
				})
				if err != nil {
					return err
				}
				return stream.Run(p.Context())
			})
			s.Eventually("all is billed once", func() error {
				sum := 0
				for _, b := range service.State() {
					sum += b.Words
				}
				switch {
				case sum > len(in.All()):
					return Final(errors.New("something is billed twice"))
				case sum < len(in.All()):
					return errors.New("something is not billed")
				}
				return nil
			})
		}
	}
	Exhaust(t, scenario(true))
	if text := run(func(t testing.TB) { Exhaust(t, scenario(false)) }); !strings.Contains(text, "something is billed twice") {
		t.Errorf("a service that remembers nothing: %q", text)
	}
}

// TestSwarmEntry: a swarm finds what a check finds.
func TestSwarmEntry(t *testing.T) {
	if text := run(func(t testing.TB) { Swarm(t, 10*time.Second, forgetful) }); !strings.Contains(text, "violated") {
		t.Errorf("failed with %q", text)
	}
	Swarm(t, 50*time.Millisecond, streamCount)
}
