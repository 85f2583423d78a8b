package wal

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// A disk lies when it acknowledges a write and then holds something else. No log can
// tell the loss of what was synced last from a crash before that sync; all other damage
// it must find. So: what is read is right, or there is an error of a type that says so,
// or records are missing that only the damaged write and its sync had promised.

// lie is a fault that damages an append, and what was promised around it.
type lie struct {
	fault  sim.Fault
	told   bool // it has happened
	synced bool // and a sync after it
	before int  // records promised by then; of a misdirected write, which hits what was synced last and what comes next, by one sync earlier
	after  int  // records promised by the next sync
}

// run runs the program of the explorer twice, the first time until it is killed, on a
// disk that lies once. It calls each at each point, with the disk and what is promised.
func (l *lie) run(each func(p sim.Point, disk *sim.Disk, promised int)) error {
	x := &explorer{last: 8}
	promised, latest, earlier := 0, 0, 0
	var w *sim.World
	observe := func(p sim.Point) {
		if promised != latest {
			earlier, latest = latest, promised
		}
		switch {
		case !l.told:
			l.told = p.Fault(l.fault.Kind).String() == l.at()
			if l.before, l.after = promised, promised; l.fault.Kind == sim.Misdirect {
				l.before = earlier
			}
		case !l.synced && promised != l.after:
			l.synced, l.after = true, promised
		}
		each(p, w.Disk(), promised)
	}
	kill := sim.Fault{Kind: sim.Kill, Site: "sync(log/*-*.log)", Occurrence: 6}
	w = sim.NewWorld(sim.Options{Faults: []sim.Fault{kill, l.fault}, Observe: observe})
	defer w.Close()
	for epoch := uint64(1); epoch <= 2; epoch++ {
		p := w.Start("liar", func(e env.Env) error {
			next, err := x.check(e, 0)
			if err != nil {
				return err
			}
			if err := l.judge(next, promised); err != nil {
				return err
			}
			promised = min(promised, next)
			err = x.run(e, epoch, &promised)
			e.Probe("end", 0)
			return err
		})
		w.Run(sim.Limit{})
		if _, err := p.Ended(); err != nil && !isDetected(err) {
			return err
		}
	}
	return nil
}

// at is the fault as text, without its details.
func (l *lie) at() string {
	f := l.fault
	f.Seed = 0
	return f.String()
}

// judge says whether a log that reads well may hold so few records.
func (l *lie) judge(records, promised int) error {
	if records >= promised || l.told && records >= l.before && promised <= l.after {
		return nil
	}
	return violated("%d records are there, %d were promised, %d of them before the lie and %d by the sync after it", records, promised, l.before, l.after)
}

func isDetected(err error) bool {
	_, isCorrupt := errors.AsType[*CorruptError](err)
	_, isVersion := errors.AsType[*VersionError](err)
	return isCorrupt || isVersion
}

// outcomes counts what became of the looks at damaged logs.
type outcomes struct{ right, detected, cutShort int }

// look reads a log on a disk, after a new writer has started on it if asked.
func (l *lie) look(disk *sim.Disk, promised int, asWriter bool, count *outcomes) error {
	w := sim.NewWorld(sim.Options{Disk: disk})
	defer w.Close()
	next := 0
	p := w.Start("look", func(e env.Env) (err error) {
		if asWriter {
			writer, err := Create(context.Background(), e, "log", 9, Options{})
			if err != nil {
				return err
			}
			defer writer.Close()
		}
		next, err = (&explorer{}).check(e, 0)
		return err
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return fmt.Errorf("%v, parked %v", status, w.Parked())
	}
	_, err := p.Ended()
	switch {
	case isDetected(err):
		count.detected++
		return nil
	case err != nil:
		return err
	case next >= promised:
		count.right++
	default:
		count.cutShort++
	}
	return l.judge(next, promised)
}

// TestEveryLie: with each append damaged in each way, at each later moment and after a
// crash there, the log is right or says what is wrong; and once the damage is taken
// back, all is there that was promised.
func TestEveryLie(t *testing.T) {
	var appends []sim.Point
	err := new(lie).run(func(p sim.Point, _ *sim.Disk, _ int) {
		if p.IsAppend() {
			appends = append(appends, p)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	seeds := uint64(8)
	if testing.Short() {
		seeds = 2
	}
	var count outcomes
	for _, at := range appends {
		for seed := range seeds {
			kinds := []sim.Kind{sim.Flip, sim.Misdirect, sim.LoseWrite}
			if seed > 0 {
				kinds = kinds[:2] // which have a place
			}
			for _, kind := range kinds {
				fault := at.Fault(kind)
				fault.Seed = seed
				exploreLie(t, fault, &count)
			}
		}
	}
	t.Logf("%d appends: %+v", len(appends), count)
	if count.right == 0 || count.detected == 0 || count.cutShort == 0 {
		t.Error("some outcome never occurred")
	}
}

// exploreLie looks at what a lie has done at each later point, crashes there, and looks
// again with the damage taken back.
func exploreLie(t *testing.T, fault sim.Fault, count *outcomes) {
	l := &lie{fault: fault}
	generation := uint64(0)
	err := l.run(func(p sim.Point, disk *sim.Disk, promised int) {
		if !l.told || disk.Generation() == generation {
			return
		}
		generation = disk.Generation()
		for _, o := range disk.Outcomes() {
			for _, asWriter := range []bool{false, true} {
				crashed := disk.Crash(o)
				if err := l.look(crashed.Clone(), promised, asWriter, count); err != nil {
					t.Fatalf("%v, a crash at %s#%d with outcome %v: %v", fault, p.Site, p.Occurrence, o, err)
				}
				crashed.Heal()
				if err := l.look(crashed, promised, asWriter, new(outcomes)); err != nil {
					t.Fatalf("%v, a crash at %s#%d with outcome %v, healed: %v", fault, p.Site, p.Occurrence, o, err)
				}
			}
		}
	})
	if err != nil {
		t.Fatalf("%v: %v", fault, err)
	}
}
