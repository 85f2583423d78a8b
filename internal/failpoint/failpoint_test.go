package failpoint_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/env/fstest"
	"github.com/tidewheel/tidewheel/internal/failpoint"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/wal"
)

// TestMain is also the main function of the processes that are killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FAILPOINT_TEST_DIR"); dir != "" {
		e, err := failpoint.FromEnvironment(env.Real(), dir)
		if err == nil {
			err = program(e, filepath.Join(dir, "log"))
		}
		if err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// program writes two records to a log.
func program(e env.Env, dir string) error {
	l, err := wal.Create(context.Background(), e, dir, 1, wal.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	for _, record := range []string{"one", "two"} {
		if _, err := l.Append([]byte(record)); err != nil {
			return err
		}
		if err := l.Sync(context.Background()); err != nil {
			return err
		}
		e.Probe("synced", 0)
	}
	return l.Close()
}

func TestConforms(t *testing.T) {
	fstest.Test(t, func(t testing.TB) (env.FS, string) {
		return failpoint.New(env.Real(), "/", func(failpoint.Point) {}).FS(), t.TempDir()
	})
}

// TestNamesAreThoseOfTheSimulator: one program has the same points here and there.
func TestNamesAreThoseOfTheSimulator(t *testing.T) {
	var simulated []string
	w := sim.NewWorld(sim.Options{Observe: func(p sim.Point) {
		simulated = append(simulated, failpoint.Point{Site: p.Site, Occurrence: p.Occurrence}.String())
	}})
	w.Start("program", func(e env.Env) error { return program(e, "/log") })
	w.Run(sim.Limit{})
	var reached []string
	dir := t.TempDir()
	e := failpoint.New(env.Real(), dir, func(p failpoint.Point) { reached = append(reached, p.String()) })
	if err := program(e, filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	// The simulated root has no parent whose sync would make its entry durable.
	parent := sim.Class(filepath.Dir(dir))
	reached = slices.DeleteFunc(reached, func(point string) bool { return point == "syncdir("+parent+")#1" })
	if !slices.Equal(reached, simulated) {
		t.Errorf("real\n%q\nsimulated\n%q", reached, simulated)
	}
	if !env.Concurrent(e) {
		t.Error("the Env inside is not found")
	}
}

// TestKills: the process dies where it is told to, and what it did before is there.
func TestKills(t *testing.T) {
	for point, want := range map[string][]string{
		"create(log/*-*.log)#1": nil,
		"sync(log/*-*.log)#2":   {"one"},
		"probe(synced)#2":       {"one", "two"},
	} {
		dir := t.TempDir()
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), "FAILPOINT_TEST_DIR="+dir, failpoint.Variable+"="+point)
		err := c.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%s: %v", point, err)
		}
		var records []string
		for record, err := range wal.Records(env.Real(), filepath.Join(dir, "log")) {
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, string(record.Payload))
		}
		if !slices.Equal(records, want) {
			t.Errorf("%s: left %q, want %q", point, records, want)
		}
	}
}

func TestUnset(t *testing.T) {
	t.Setenv(failpoint.Variable, "")
	e := env.Real()
	if got, err := failpoint.FromEnvironment(e, "/"); got != e || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	t.Setenv(failpoint.Variable, "sync(log)")
	if _, err := failpoint.FromEnvironment(e, "/"); err == nil {
		t.Error("no occurrence, no error")
	}
}
