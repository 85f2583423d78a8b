package testkit

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// TestCorruption: what a disk has changed is noticed, or does not matter.
func TestCorruption(t *testing.T) {
	for _, name := range []string{"stream", "table", "table of files", "table of a socket"} {
		t.Run(name, func(t *testing.T) {
			scenario := programNamed(t, name).scenario
			x := newExplorer(scenario)
			x.faults, x.tally = Corruption, newTally()
			x.all(typical(scenario, newOptions(nil)), 1)
			if x.failed != nil {
				t.Fatal(report(t.Name(), scenario, *x.failed, false))
			}
			found := x.tally.branches[damageFound]
			t.Logf("%v; damage was found %d times", x, found)
			if found == 0 || found == x.worlds {
				t.Errorf("damage was found in %d of %d worlds", found, x.worlds)
			}
			for _, kind := range lies {
				if !x.kinds[kind] {
					t.Errorf("there was no %v", kind)
				}
			}
		})
	}
}

var errSomething = errors.New("something is wrong")

// TestCorruptionIsJudged: a program that does not say which file is damaged has failed.
func TestCorruptionIsJudged(t *testing.T) {
	text := run(func(t testing.TB) {
		Exhaust(t, func(s *Sim) {
			streamCount(s)
			app := s.app
			s.app = func(p *Process) error {
				if app(p) != nil {
					return errSomething
				}
				return nil
			}
		}, Faults(Corruption))
	})
	if !strings.Contains(text, "CORRUPTION violated") || !strings.Contains(text, "names none of the damaged files ckpt/") {
		t.Errorf("failed with %q", text)
	}
}

// TestSilentCorruption: a program that trusts what it reads is caught, by each lie.
func TestSilentCorruption(t *testing.T) {
	for kind, faults := range map[string]FaultSet{"flip": FlippedBit, "lost-write": LostWrite, "misdirect": MisplacedWrite} {
		text := run(func(t testing.TB) { Exhaust(t, trusting, Faults(faults)) })
		if !strings.Contains(text, "INVARIANT violated: it reads what it wrote") || !strings.Contains(text, kind+"@append(numbers)") {
			t.Errorf("%s: %q", kind, text)
		}
	}
}

// trusting writes numbers to a file without a checksum, and goes on after those that it
// finds.
func trusting(s *Sim) {
	const wanted = "12345678"
	found := ""
	s.App(func(p *Process) error {
		text, err := readFile(p.FS(), "numbers")
		open := p.FS().OpenAppend
		if errors.Is(err, fs.ErrNotExist) {
			open, err = p.FS().Create, nil
		}
		if err != nil {
			return err
		}
		found = text
		f, err := open("numbers")
		if err != nil {
			return err
		}
		for _, digit := range wanted[min(len(text), len(wanted)):] {
			if _, err = f.Write([]byte(string(digit))); err == nil {
				err = f.Sync()
			}
			if err != nil {
				break
			}
			found += string(digit)
		}
		return errors.Join(err, f.Close(), p.FS().SyncDir("."))
	})
	s.Invariant("it reads what it wrote", func() error {
		if !strings.HasPrefix(wanted, found) {
			return fmt.Errorf("%q", found)
		}
		return nil
	})
}

// TestZombies: a process that was stopped and replaced does no harm when it goes on.
func TestZombies(t *testing.T) {
	for _, name := range []string{"stream", "table of files", "transactions of a table", "table of a socket", "stream of kafka"} {
		t.Run(name, func(t *testing.T) { Exhaust(t, programNamed(t, name).scenario, Faults(Zombie)) })
	}
}

// TestZombieGoesOn: the process that was stopped does something after it was replaced.
func TestZombieGoesOn(t *testing.T) {
	p, err := parsePlan(`v1;wave=1;in=words:["a","b","a"];f=pause@write(counts)#1/2s`)
	if err != nil {
		t.Fatal(err)
	}
	s := declare(streamCount, p)
	s.verbose = true
	f := s.play(s.begin(), settings{})
	told := strings.Join(s.timeline, "\n")
	if f.failure != nil || len(f.fired) != 1 || f.fired[0].Kind != sim.Pause {
		t.Fatalf("%v after %v\n%s", f.failure, f.fired, told)
	}
	for _, want := range []string{"STOPPED 1", "START 2", "GOES ON 1", "batch 0 again"} {
		if !strings.Contains(told, want) {
			t.Errorf("the timeline lacks %q:\n%s", want, told)
		}
	}
}
