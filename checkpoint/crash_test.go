package checkpoint

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// The program under test saves versions 1 to last of two names, the second at the
// same time as the first, going on behind what it finds. saved is the newest version
// of each name for which Save has returned nil, over all runs.
const last = 3

var savedNames = [2]string{"a", "b"}

type acknowledged [len(savedNames)]int64

func program(saved *acknowledged) func(env.Env) error {
	return func(e env.Env) error {
		ctx := context.Background()
		s, err := Open(e, "/state/snap", Options{Retain: 2})
		if err != nil {
			return err
		}
		saver := e.Spawn("saver", func() error { return saveRest(ctx, s, 1, saved) })
		err = saveRest(ctx, s, 0, saved)
		return join(err, saver.Wait(ctx, e))
	}
}

func join(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// saveRest checks what there is of a name and saves the versions that are missing.
// An error is tolerated once.
func saveRest(ctx context.Context, s *Store, n int, saved *acknowledged) error {
	version, err := check(ctx, s, n, *saved)
	if err != nil {
		return err
	}
	failed := false
	for version < last {
		err := s.Save(ctx, savedNames[n], version+1, writes(content(version+1, 20), 6))
		if err != nil && failed {
			return err
		}
		if err != nil {
			failed = true
			continue
		}
		version++
		saved[n] = version
	}
	_, err = check(ctx, s, n, *saved)
	return err
}

// violation is a broken promise, as opposed to an error that was injected.
type violation struct{ error }

// check loads the newest snapshot of a name and compares it with what was promised.
func check(ctx context.Context, s *Store, n int, saved acknowledged) (version int64, err error) {
	name := savedNames[n]
	if len(s.Versions(name)) == 0 {
		if saved[n] > 0 {
			return 0, violation{fmt.Errorf("version %d of %s was saved, and there is none", saved[n], name)}
		}
		return 0, nil
	}
	snapshot, report, err := s.Load(ctx, name)
	for _, skipped := range report.Skipped {
		if strings.Contains(skipped.Err.Error(), "damaged") {
			return 0, violation{fmt.Errorf("a torn snapshot became visible: %v", report)}
		}
	}
	if err != nil {
		return 0, err
	}
	got, err := io.ReadAll(snapshot)
	if err := join(err, snapshot.Close()); err != nil {
		return 0, err
	}
	version = snapshot.Version()
	switch {
	case version < saved[n] && len(report.Skipped) == 0:
		return 0, violation{fmt.Errorf("version %d of %s was saved, and %d is the newest", saved[n], name, version)}
	case !bytes.Equal(got, content(version, 20)):
		return 0, violation{fmt.Errorf("version %d of %s holds %x", version, name, got)}
	}
	return version, nil
}

// explorer runs the program with every fault at every I/O point.
type explorer struct {
	t         testing.TB
	buggify   func(string) bool
	explored  map[uint64]bool // durable worlds, by what was acknowledged
	crashes   int
	failures  int
	violation string
}

// moment is a disk at an I/O point and what was acknowledged by then.
type moment struct {
	disk  *sim.Disk
	saved acknowledged
	name  string
	path  string
}

// run runs the program from a disk and returns the moments of all its I/O points.
func (x *explorer) run(from moment, faults ...sim.Fault) (moments []moment, errors []sim.Fault) {
	saved := from.saved
	var w *sim.World
	take := func(name string) {
		moments = append(moments, moment{w.Disk().Clone(), saved, name, from.path})
	}
	w = sim.NewWorld(sim.Options{
		Disk: from.disk.Clone(), Faults: faults, Buggify: x.buggify,
		Observe: func(p sim.Point) {
			take(fmt.Sprintf("%s#%d", p.Site, p.Occurrence))
			for _, kind := range p.Errors() {
				errors = append(errors, p.Fault(kind))
			}
		},
	})
	defer w.Close()
	p := w.Start("program", program(&saved))
	if status := w.Run(sim.Limit{}); status != sim.Done {
		x.fail(from, "program is %v: %v", status, w.Parked())
	}
	take("the end")
	_, err := p.Ended()
	if _, broken := err.(violation); broken || err != nil && len(faults) == 0 {
		x.fail(from, "%v %v: %v", faults, w.Fired(), err)
	}
	if leaks := p.Leaks(); len(leaks.Files)+len(leaks.Activities) > 0 && err == nil {
		x.fail(from, "%v: %v are left open", faults, leaks)
	}
	if err == nil {
		x.checkDirectory(from, w)
	}
	return moments, errors
}

// checkDirectory asserts that a program that has ended well leaves no temporary
// files, and of each name at most the two versions to retain and one that a crash
// kept from being removed.
func (x *explorer) checkDirectory(from moment, w *sim.World) {
	names, err := w.Files().List("/state/snap")
	if err != nil {
		x.fail(from, "list: %v", err)
	}
	for _, name := range names {
		if path.Ext(name) == tempSuffix && len(w.Fired()) == 0 {
			x.fail(from, "%s is left", name)
		}
	}
	if len(names) > 3*len(savedNames) && len(w.Fired()) == 0 {
		x.fail(from, "%v are left", names)
	}
}

func (x *explorer) fail(from moment, format string, args ...any) {
	if x.violation == "" {
		x.violation = from.path + ": " + fmt.Sprintf(format, args...)
	}
}

// crash explores all that a crash at the moments may leave, to a depth.
func (x *explorer) crash(moments []moment, depth int) {
	for _, m := range moments {
		for _, outcome := range m.disk.Outcomes() {
			image := moment{disk: m.disk.Crash(outcome), saved: m.saved}
			image.path = m.path + " crash@" + m.name + "/" + outcome.String()
			key := image.disk.Hash()*31 + uint64(m.saved[0]*7+m.saved[1])*2 + uint64(depth)
			if x.explored[key] {
				continue
			}
			x.explored[key] = true
			x.crashes++
			next, _ := x.run(image)
			if depth > 1 {
				x.crash(next, depth-1)
			}
		}
	}
}

// explore runs the program without faults and with each error, and crashes every
// run everywhere.
func (x *explorer) explore(profile sim.Profile, depth int) {
	x.explored = map[uint64]bool{}
	start := moment{disk: sim.NewDisk(profile)}
	moments, errors := x.run(start)
	x.crash(moments, depth)
	for _, fault := range errors {
		x.failures++
		from := start
		from.path = fault.String()
		moments, _ := x.run(from, fault)
		x.crash(moments, 1)
	}
}

func TestCrashAtEveryPoint(t *testing.T) {
	for name, buggify := range map[string]func(string) bool{
		"one block":    nil,
		"small blocks": sim.TheseSites("checkpoint: small blocks"),
	} {
		t.Run(name, func(t *testing.T) {
			x := explorer{t: t, buggify: buggify}
			x.explore(sim.Strict, 2)
			if x.violation != "" {
				t.Error(x.violation)
			}
			t.Logf("%d crashes, %d errors", x.crashes, x.failures)
			if x.crashes < 500 || x.failures < 100 {
				t.Errorf("explored %d crashes and %d errors, fewer than there must be", x.crashes, x.failures)
			}
		})
	}
}
