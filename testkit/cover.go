package testkit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// cover knows which of the points declared with Sim.Sometimes many runs have reached.
type cover struct {
	declared []string
	reached  map[string]bool
}

func newCover() *cover { return &cover{reached: map[string]bool{}} }

// report fails a test that never reached a declared point.
func (c *cover) report(t testing.TB) {
	t.Helper()
	var never []string
	for _, name := range c.declared {
		if !c.reached[name] {
			never = append(never, name)
		}
	}
	if len(never) > 0 {
		t.Fatalf("testkit: no run has reached: %s", strings.Join(never, ", "))
	}
}

// Sometimes declares a point that some run must reach: cond is asked where the
// oracles look, after each interval and after each process, until it is true in one
// run. A test whose runs never reached it fails, so that a scenario which does not
// try what it was made for is not taken for one that passed. A test with -short or
// with a [Budget] is not a full one.
func (s *Sim) Sometimes(name string, cond func() bool) {
	s.sometimes = append(s.sometimes, sometimes{name, cond})
}

type sometimes struct {
	name string
	cond func() bool
}

// lookAround asks what the scenario declared with Sometimes.
func (s *Sim) lookAround() {
	if s.cover == nil {
		return
	}
	for _, p := range s.sometimes {
		if !slices.Contains(s.cover.declared, p.name) {
			s.cover.declared = append(s.cover.declared, p.name)
		}
		if !s.cover.reached[p.name] && p.cond() {
			s.cover.reached[p.name] = true
		}
	}
}

// Invariant declares what must hold whenever the oracles look: after each interval
// and after each process. f returns nil or says what is wrong.
func (s *Sim) Invariant(name string, f func() error) {
	s.oracles = append(s.oracles, invariant{name, f})
}

type invariant struct {
	name string
	f    func() error
}

func (i invariant) check() (*violation, bool) {
	if err := i.f(); err != nil {
		return &violation{"invariant", fmt.Sprintf("%s: %v", i.name, err)}, true
	}
	return nil, false
}

// Eventually declares what must hold once all of the input has arrived and the program
// has dealt with it. f returns nil, or says what is missing; an error made by [Final]
// is one that time cannot mend.
func (s *Sim) Eventually(name string, f func() error) {
	s.oracles = append(s.oracles, eventually{name, f})
}

type eventually struct {
	name string
	f    func() error
}

func (e eventually) check() (*violation, bool) {
	err := e.f()
	if err == nil {
		return nil, false
	}
	var final finalError
	return &violation{"eventually", fmt.Sprintf("%s: %v", e.name, err)}, errors.As(err, &final)
}

// Final marks an error as one that nothing to come can mend.
func Final(err error) error { return finalError{err} }

type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }
