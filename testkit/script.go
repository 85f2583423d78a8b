package testkit

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// Script runs a scenario step by step, in the words of Spark's StreamTest: rows are
// added, the clock is advanced, the program stopped, crashed, paused and started, and the
// output compared. What a reader sees is what happens: no fault comes by itself.
//
//	testkit.Script(t, func(s *testkit.Sim) {
//		in := testkit.Input[string](s, "words", 1, nil)
//		out := testkit.PairSink[string, int](s, "counts", testkit.IdempotentBatch)
//		s.App(program(in, out))
//		s.Start()
//		in.Add("a", "b", "a")
//		s.AdvanceClock(testkit.Interval)
//		out.CheckNew(rdd.Pair[string, int]{"a", 2}, rdd.Pair[string, int]{"b", 1})
//		s.Crash()
//		s.Start()
//		s.Stop()
//	})
//
// The generators of inputs are not used and may be nil. A wrong step or an output that
// is not as it should be ends the test.
func Script(t testing.TB, scenario func(*Sim)) {
	t.Helper()
	s := &Sim{plan: newPlan(), verbose: true}
	s.script = &script{t: t, disk: sim.NewDisk(sim.Strict)}
	s.plan.shape.asked = 1
	defer s.script.close()
	scenario(s)
	s.script.valid(s)
	s.script.checkTrouble(s)
}

// script is the world between the steps of a Script.
type script struct {
	t       testing.TB
	disk    *sim.Disk
	world   *sim.World // nil between processes
	process *sim.Process
	cancel  context.CancelCauseFunc
	at      time.Duration
	starts  int
	faults  []sim.Fault // of the next process
}

func (k *script) close() {
	if k.world != nil {
		k.cancel(nil)
		k.world.Close()
	}
}

func (k *script) fatal(s *Sim, format string, values ...any) {
	k.t.Helper()
	text := ""
	for _, line := range s.timeline {
		text += "\n    " + line
	}
	k.t.Fatalf("testkit: "+format+"\n  timeline:%s", append(values, text)...)
}

func (k *script) valid(s *Sim) {
	k.t.Helper()
	if s.mistake != nil {
		k.t.Fatalf("testkit: %v", s.mistake)
	}
}

// step checks that a step is one of a script, and in order.
func (s *Sim) step(name string, running bool) *script {
	k := s.script
	if k == nil {
		panic("testkit: " + name + " is a step of a Script, and this scenario is not one")
	}
	k.t.Helper()
	k.valid(s)
	if running && k.world == nil {
		k.fatal(s, "%s: the program does not run", name)
	}
	return k
}

// Start starts the program: a process on the disk that the one before has left, or,
// while that is paused, one that takes its place on a disk that both share. It runs until
// it waits. For scripts.
func (s *Sim) Start() {
	k := s.step("Start", false)
	k.t.Helper()
	if s.app == nil || k.world != nil && !k.paused(s) {
		k.fatal(s, "Start: the program is running already, or there is none: call App")
	}
	k.starts++
	if k.world == nil {
		k.world = sim.NewWorld(sim.Options{
			Seed: s.plan.seed + uint64(k.starts)<<32, Disk: k.disk, SharedDisk: true, Start: worldStart.Add(k.at), Watch: s.tellTime, Faults: k.faults,
		})
		k.faults = nil
		s.world, s.base, s.clocks, s.zombie = k.world, k.at, nil, nil
	}
	s.starts = k.starts
	for _, p := range s.parts {
		p.begin()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	k.cancel = cancel
	s.note("%v START %d", s.now(), k.starts)
	k.process = k.world.Start("app", func(e env.Env) error { return (&Process{sim: s, env: e, ctx: ctx}).run() })
	s.process = k.process
	k.run(s, time.Nanosecond)
}

// Pause stops the process where it is, as SIGSTOP does. Another Start replaces it by one
// on a disk that both share, without locks. For scripts.
func (s *Sim) Pause() {
	k := s.step("Pause", true)
	k.t.Helper()
	if s.zombie != nil {
		k.fatal(s, "Pause: a process was paused before on this machine")
	}
	s.note("%v STOPPED %d", s.now(), k.starts)
	k.process.Pause()
	s.zombie = &zombie{process: k.process, cancel: k.cancel, number: k.starts}
}

// Resume lets the process go on that was paused. For scripts.
func (s *Sim) Resume() {
	k := s.step("Resume", true)
	k.t.Helper()
	if s.zombie == nil {
		k.fatal(s, "Resume: no process was paused")
	}
	s.note("%v GOES ON %d", s.now(), s.zombie.number)
	s.zombie.process.Resume()
	if k.paused(s) {
		s.zombie = nil // nothing has taken its place
	}
	k.run(s, time.Nanosecond)
}

// paused says whether the process that was paused has not been replaced.
func (k *script) paused(s *Sim) bool { return s.zombie != nil && s.zombie.process == k.process }

// Fault has something go wrong in the next process: an I/O point and what happens
// there, as a failure's plan has it, such as "error@write(counts)#1". For scripts.
func (s *Sim) Fault(text string) {
	k := s.step("Fault", false)
	k.t.Helper()
	f, err := sim.ParseFault(text)
	if err != nil {
		k.fatal(s, "%v", err)
	}
	k.faults = append(k.faults, f)
}

// AdvanceClock lets virtual time pass, and the program do what it does meanwhile. For
// scripts.
func (s *Sim) AdvanceClock(d time.Duration) {
	k := s.step("AdvanceClock", false)
	k.t.Helper()
	if k.world == nil {
		k.at += d
		return
	}
	k.run(s, d)
}

// run runs the process for some time. A crash by a fault ends it, as its own end does.
func (k *script) run(s *Sim, d time.Duration) {
	k.t.Helper()
	if ended, _ := k.process.Ended(); ended {
		return
	}
	switch k.world.Run(sim.Limit{Time: d, Points: maxPoints}) {
	case sim.Crashed:
		s.note("%v CRASH %v", s.now(), k.world.Fired())
		k.leave(s)
	case sim.Done:
		if _, err := k.process.Ended(); err != nil {
			s.note("%v FAILED %v", s.now(), err)
		} else {
			s.note("%v ENDED", s.now())
		}
	}
	k.checkTrouble(s)
}

// leave takes what the machine leaves.
func (k *script) leave(s *Sim) {
	k.at, k.disk = s.now(), k.world.Disk()
	k.world.Close()
	k.cancel(nil)
	if s.zombie != nil {
		s.zombie.cancel(nil)
	}
	k.world = nil
}

func (k *script) checkTrouble(s *Sim) {
	k.t.Helper()
	if s.violation != nil {
		k.fatal(s, "%v", s.violation)
	}
}

// Crash stops the machine; of what was not synced, nothing is left. For scripts.
func (s *Sim) Crash() {
	k := s.step("Crash", true)
	k.t.Helper()
	s.note("%v CRASH", s.now())
	k.world.Crash(sim.Outcome{Kind: sim.Lost})
	k.leave(s)
}

// Stop ends the program by its context, and waits. It must end without an error
// within a dozen intervals. For scripts.
func (s *Sim) Stop() {
	k := s.step("Stop", true)
	k.t.Helper()
	k.cancel(nil)
	if err := k.await(s); err != nil {
		k.fatal(s, "Stop: the program failed: %v", err)
	}
}

// Wait waits until the program ends by itself, and returns its error. It must end
// within a dozen intervals. For scripts.
func (s *Sim) Wait() error {
	k := s.step("Wait", true)
	k.t.Helper()
	return k.await(s)
}

func (k *script) await(s *Sim) error {
	k.t.Helper()
	if ended, _ := k.process.Ended(); !ended {
		k.run(s, liveness)
	}
	if k.world == nil {
		return fmt.Errorf("the process crashed")
	}
	ended, err := k.process.Ended()
	if !ended {
		k.fatal(s, "the program has not ended within %s; waiting: %v", liveness, k.world.Parked())
	}
	leaks := k.process.Leaks()
	if err == nil && len(leaks.Activities)+len(leaks.Files)+len(leaks.Locks) > 0 {
		k.fatal(s, "the program returned and left %+v", leaks)
	}
	k.leave(s)
	return err
}

// Add adds rows, which are there from now on, to the partitions in turn. For scripts.
func (t *Topic[T]) Add(rows ...T) {
	for _, row := range rows {
		smallest := 0
		for p := range t.added {
			if len(t.added[p]) < len(t.added[smallest]) {
				smallest = p
			}
		}
		t.AddTo(smallest, row)
	}
}

// AddTo adds rows to a partition. For scripts.
func (t *Topic[T]) AddTo(partition int, rows ...T) {
	k := t.sim.step("AddTo", false)
	k.t.Helper()
	if partition < 0 || partition >= len(t.added) {
		k.fatal(t.sim, "%s has no partition %d", t, partition)
	}
	t.added[partition] = append(slices.Clip(t.added[partition]), rows...)
	t.sim.note("%s[%d] ← %s", t, partition, render(rows))
}

// CheckNew compares the rows that came since it was last called, in any order. For
// scripts.
func (h *history[T]) CheckNew(want ...T) {
	k := h.sim.step("CheckNew", false)
	k.t.Helper()
	all := h.rows(k)
	h.compare(k, "CheckNew", all[min(h.checked, len(all)):], want)
	h.checked = len(all)
}

// CheckAll compares all rows, in any order. For scripts.
func (h *history[T]) CheckAll(want ...T) {
	k := h.sim.step("CheckAll", false)
	k.t.Helper()
	all := h.rows(k)
	h.compare(k, "CheckAll", all, want)
	h.checked = len(all)
}

func (h *history[T]) rows(k *script) (rows []T) {
	k.t.Helper()
	if h.contract == FileManifest && h.sim.world == nil {
		return nil
	}
	batches, err := h.committed()
	if err != nil {
		k.fatal(h.sim, "sink %s: %v", h.name, err)
	}
	for _, b := range batches {
		rows = append(rows, b.rows...)
	}
	return rows
}

func (h *history[T]) compare(k *script, step string, have, want []T) {
	k.t.Helper()
	if a, b := sorted(have), sorted(want); !slices.Equal(a, b) {
		k.fatal(h.sim, "%s of %s: the rows are %s, want %s", step, h.name, a, b)
	}
}

// sorted renders rows in an order of their own.
func sorted[T any](rows []T) []string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = render(row)
	}
	slices.Sort(texts)
	return texts
}
