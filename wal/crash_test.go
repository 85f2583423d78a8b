package wal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// crashRecord is the i-th record that the program under test writes. Sizes differ, and
// some cross sectors of the disk.
func crashRecord(i int) []byte {
	return bytes.Repeat([]byte{byte('a' + i)}, 1+i%4*230)
}

// violation is the error of a start that found a promise broken, which no fault excuses.
type violation struct{ what string }

func (v *violation) Error() string { return v.what }

func violated(format string, args ...any) error { return &violation{fmt.Sprintf(format, args...)} }

// explorer runs a program that writes records 0 to last-1, and crashes it everywhere.
type explorer struct {
	last  int
	sites *sim.Sites
	seen  map[[2]uint64]int // durable worlds, to the depth to which they were explored
	runs  int

	failures []string // what went wrong without a fault in the last start
}

// run is one start of the program. It goes on where the log ends, and keeps in acked
// how many records are promised to be there.
func (x *explorer) run(e env.Env, epoch uint64, acked *int) error {
	ctx := context.Background()
	l, err := Create(ctx, e, "log", epoch, Options{SegmentBytes: 1000})
	if err != nil {
		return err
	}
	defer l.Close()
	next, err := x.check(e, *acked)
	if err != nil {
		return err
	}
	*acked = next
	var keep Position // of record 4, once it was written by this start
	for next < x.last {
		for range 2 {
			position, err := l.Append(crashRecord(next))
			if err != nil {
				return err
			}
			if next == 4 {
				keep = position
			}
			next++
		}
		if err := l.Sync(ctx); err != nil {
			return err
		}
		*acked = next
		if err := l.RemoveBefore(ctx, keep); err != nil {
			return err
		}
	}
	return l.Close()
}

// check reads the log and returns how many records were written to it. The first
// four may have been removed.
func (x *explorer) check(e env.Env, acked int) (next int, err error) {
	first := true
	for record, err := range Records(e, "log") {
		if err != nil {
			return 0, err
		}
		if first {
			if next = int(record.Payload[0] - 'a'); next > 4 {
				return 0, violated("LOST: the log begins with record %d", next)
			}
		}
		first = false
		if !bytes.Equal(record.Payload, crashRecord(next)) {
			return 0, violated("record %d is %.20q", next, record.Payload)
		}
		next++
	}
	if next < acked {
		return 0, violated("LOST: %d records are there, %d were promised", next, acked)
	}
	return next, nil
}

// explore runs the program on a disk without a fault, then with each fault at each
// point, and goes on from what each leaves, to a depth.
func (x *explorer) explore(disk *sim.Disk, epoch uint64, acked, depth int, path string) {
	if len(x.failures) > 0 {
		return
	}
	key := [2]uint64{disk.Hash(), uint64(acked)}
	if before, ok := x.seen[key]; ok && before >= depth {
		return
	}
	x.seen[key] = depth
	type place struct {
		disk  *sim.Disk
		acked int
		path  string
	}
	var places []place
	var faults []sim.Fault
	generation := ^uint64(0)
	promised := acked
	var w *sim.World
	observe := func(p sim.Point) {
		if depth == 0 {
			return
		}
		if g := w.Disk().Generation(); g != generation {
			generation = g
			places = append(places, place{w.Disk().Clone(), promised, path + " " + p.Fault(sim.Crash).String()})
		}
		for _, kind := range p.Errors() {
			faults = append(faults, p.Fault(kind))
		}
	}
	w = sim.NewWorld(sim.Options{Disk: disk.Clone(), Sites: x.sites, Observe: observe})
	if err := x.start(w, epoch, &promised); err != nil {
		x.failures = append(x.failures, fmt.Sprintf("%s: %v", path, err))
	}
	for _, fault := range faults {
		reached := acked
		w := sim.NewWorld(sim.Options{Disk: disk.Clone(), Sites: x.sites, Faults: []sim.Fault{fault}})
		// Most faults end the program with an error.
		if v, ok := errors.AsType[*violation](x.start(w, epoch, &reached)); ok {
			x.failures = append(x.failures, fmt.Sprintf("%s %v: %v", path, fault, v))
		}
		places = append(places, place{w.Disk(), reached, path + " " + fault.String()})
	}
	for _, p := range places {
		for _, o := range p.disk.Outcomes() {
			x.explore(p.disk.Crash(o), epoch+1, p.acked, depth-1, p.path+"/"+o.String())
		}
		// The process alone dies: what was not synced is still visible.
		x.explore(p.disk, epoch+1, p.acked, depth-1, p.path+"/killed")
	}
}

func (x *explorer) start(w *sim.World, epoch uint64, acked *int) error {
	x.runs++
	defer w.Close()
	p := w.Start("writer", func(e env.Env) error { return x.run(e, epoch, acked) })
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return fmt.Errorf("%v, parked %v", status, w.Parked())
	}
	_, err := p.Ended()
	return err
}

func exploreAll(t *testing.T, profile sim.Profile, depth int) *explorer {
	x := &explorer{last: 8, sites: sim.NewSites(), seen: map[[2]uint64]int{}}
	x.explore(sim.NewDisk(profile), 1, 0, depth, "")
	t.Logf("%d starts", x.runs)
	return x
}

func TestEveryCrashAndError(t *testing.T) {
	for _, profile := range []sim.Profile{sim.Strict, sim.Ext4Ordered} {
		t.Run(profile.String(), func(t *testing.T) {
			depth := 2
			if testing.Short() {
				depth = 1
			}
			for _, failure := range exploreAll(t, profile, depth).failures {
				t.Error(failure)
			}
		})
	}
}
