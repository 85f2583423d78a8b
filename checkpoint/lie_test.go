package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestEveryLie: the disk acknowledges an append and then holds something else, each
// append in each way. What is loaded later is what was saved, or the report or the error
// says which snapshot is damaged; and it is whole once the damage is taken back.
func TestEveryLie(t *testing.T) {
	var appends []sim.Point
	saved := acknowledged{}
	w := sim.NewWorld(sim.Options{Observe: func(p sim.Point) {
		if p.IsAppend() {
			appends = append(appends, p)
		}
	}})
	w.Start("honest", program(&saved))
	w.Run(sim.Limit{})
	right, detected := 0, 0
	for _, at := range appends {
		for seed := range uint64(40) {
			kinds := []sim.Kind{sim.Flip, sim.Misdirect, sim.LoseWrite}
			if seed > 0 {
				kinds = kinds[:2] // which have a place
			}
			for _, kind := range kinds {
				fault := at.Fault(kind)
				fault.Seed = seed
				w := sim.NewWorld(sim.Options{Faults: []sim.Fault{fault}})
				saved := acknowledged{}
				w.Start("liar", func(e env.Env) error { return saveAll(e, &saved) })
				w.Run(sim.Limit{})
				disk := w.Disk()
				wholly, err := look(disk.Clone(), saved)
				if err != nil {
					t.Fatalf("%v: %v", fault, err)
				}
				if wholly {
					right++
				} else {
					detected++
				}
				disk.Heal()
				if wholly, err := look(disk, saved); err != nil || !wholly {
					t.Fatalf("%v, healed: %v, %v", fault, wholly, err)
				}
			}
		}
	}
	t.Logf("%d appends: %d right, %d detected", len(appends), right, detected)
	if right == 0 || detected == 0 {
		t.Error("some outcome never occurred")
	}
}

// saveAll saves what the program saves, and looks at nothing.
func saveAll(e env.Env, saved *acknowledged) error {
	s, err := Open(e, "/state/snap", Options{Retain: 2})
	if err != nil {
		return err
	}
	for version := int64(1); version <= last; version++ {
		for n, name := range savedNames {
			if err := s.Save(context.Background(), name, version, writes(content(version, 20), 6)); err != nil {
				return err
			}
			saved[n] = version
		}
	}
	return nil
}

// look loads all names. It says whether everything is as it was saved; else something
// was reported as damaged.
func look(disk *sim.Disk, saved acknowledged) (wholly bool, err error) {
	w := sim.NewWorld(sim.Options{Disk: disk})
	defer w.Close()
	wholly = true
	p := w.Start("look", func(e env.Env) error {
		s, err := Open(e, "/state/snap", Options{Retain: 2})
		if err != nil {
			return err
		}
		for n, name := range savedNames {
			snapshot, report, err := s.Load(context.Background(), name)
			if reported := len(report.Skipped) > 0 || isDamaged(err); reported {
				wholly = false
			} else if err != nil {
				return err
			}
			if err != nil {
				continue
			}
			got, err := io.ReadAll(snapshot)
			if err := join(err, snapshot.Close()); err != nil {
				return err
			}
			version := snapshot.Version()
			if !bytes.Equal(got, content(version, 20)) {
				return fmt.Errorf("version %d of %s holds %x", version, name, got)
			}
			if version < saved[n] && len(report.Skipped) == 0 {
				return fmt.Errorf("version %d of %s was saved, %d is loaded, and nothing is reported", saved[n], name, version)
			}
		}
		return nil
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		return false, fmt.Errorf("%v: %v", status, w.Parked())
	}
	_, err = p.Ended()
	return wholly, err
}

func isDamaged(err error) bool {
	_, damaged := errors.AsType[*DamagedError](err)
	_, format := errors.AsType[*FormatError](err)
	return damaged || format
}
