package testkit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
)

func TestScriptOfAStream(t *testing.T) {
	Script(t, func(s *Sim) {
		in := Input[string](s, "words", 2, nil)
		out := Sink[string](s, "kept", IdempotentBatch)
		s.App(func(p *Process) error {
			stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
				stream.From(in).Filter(func(word string) bool { return word != "b" }).SaveTo(out)
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		s.Start()
		in.Add("a", "b", "c")
		s.AdvanceClock(Interval)
		out.CheckNew("a", "c")
		in.AddTo(1, "d")
		s.Crash()
		s.Fault("error@write(kept)#1")
		s.AdvanceClock(Interval)
		s.Start()
		if err := s.Wait(); err == nil || !strings.Contains(err.Error(), "write(kept)") {
			t.Errorf("the program ended with %v", err)
		}
		out.CheckNew()
		s.Start()
		s.AdvanceClock(Interval)
		s.Stop()
		out.CheckNew("d")
		out.CheckAll("a", "c", "d")
	})
}

func TestScriptOfATable(t *testing.T) {
	Script(t, func(s *Sim) {
		in := Input[string](s, "words", 2, nil)
		out := TableSink(s, "counts", Transactional, "word")
		s.App(func(p *Process) error {
			return countValues(p.Session().Stream(in.Table())).Write(out).Mode(sink.Update).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		})
		in.Add("a b", "a")
		s.Start()
		s.AdvanceClock(Interval)
		out.CheckNew([]any{"a", 2}, []any{"b", 1})
		s.Crash()
		in.Add("b")
		s.Start()
		s.AdvanceClock(2 * Interval)
		out.CheckNew([]any{"b", 2})
		out.CheckAll([]any{"a", 2}, []any{"b", 1}, []any{"b", 2})
		s.Stop()
	})
}

// TestScriptOfAZombie: a process that was paused and replaced goes on, and writes nothing.
func TestScriptOfAZombie(t *testing.T) {
	Script(t, func(s *Sim) {
		in := Input[string](s, "words", 1, nil)
		out := Sink[string](s, "kept", IdempotentBatch)
		s.App(func(p *Process) error {
			stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
				stream.From(in).SaveTo(out)
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		s.Start()
		in.Add("a")
		s.AdvanceClock(Interval)
		out.CheckNew("a")
		s.Pause()
		in.Add("b")
		s.AdvanceClock(3 * Interval)
		out.CheckNew()
		s.Start()
		s.AdvanceClock(Interval)
		out.CheckNew("b")
		s.Resume()
		in.Add("c")
		s.AdvanceClock(2 * Interval)
		if ended, err := s.zombie.process.Ended(); !ended || !strings.Contains(fmt.Sprint(err), "epoch") {
			t.Errorf("the process that was replaced: ended %v, %v", ended, err)
		}
		s.Stop()
		out.CheckAll("a", "b", "c")
	})
}

// TestScriptThatFails: an output that is not as it should be is a failure that tells
// how it came to it.
func TestScriptThatFails(t *testing.T) {
	var p catcher
	func() {
		defer func() { _ = recover() }()
		Script(&p, func(s *Sim) {
			in := Input[string](s, "words", 1, nil)
			out := Sink[string](s, "out", AtLeastOnce)
			s.App(func(p *Process) error {
				stream, err := dstream.Open(p.Options(""))
				if err != nil {
					return err
				}
				stream.From(in).SaveTo(out)
				return stream.Run(p.Context())
			})
			s.Start()
			in.Add("a")
			s.AdvanceClock(Interval)
			out.CheckNew("b")
		})
	}()
	for _, want := range []string{`CheckNew of out: the rows are ["a"], want ["b"]`, "START 1", `topic words[0] ← ["a"]`} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q lacks %q", p.text, want)
		}
	}
}

// catcher is a testing.TB that keeps what a test failed with.
type catcher struct {
	testing.TB
	text string
}

func (c *catcher) Helper()      {}
func (c *catcher) Name() string { return "TestX" }

func (c *catcher) Logf(format string, args ...any) {}

func (c *catcher) Fatal(args ...any) {
	c.text = fmt.Sprint(args...)
	panic(c.text)
}

func (c *catcher) Fatalf(format string, args ...any) { c.Fatal(fmt.Sprintf(format, args...)) }
