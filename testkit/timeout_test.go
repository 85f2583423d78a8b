package testkit

import (
	"errors"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// TestTransactionTimeout: what a sink has aborted as something that took too long comes
// again, whatever else happens on the way.
func TestTransactionTimeout(t *testing.T) {
	for _, name := range []string{"transactions of a stream", "transactions of a table"} {
		t.Run(name, func(t *testing.T) {
			scenario := programNamed(t, name).scenario
			x := newExplorer(scenario)
			x.faults, x.tally = TransactionTimeout|Crash|BeforeCall|AfterCall, newTally()
			x.all(typical(scenario, newOptions(nil)), 2)
			if x.failed != nil {
				t.Fatal(report(t.Name(), scenario, *x.failed, false))
			}
			late := x.tally.branches[tooLong]
			t.Logf("%v; %d times something was prepared for too long", x, late)
			if late == 0 {
				t.Error("nothing was prepared for too long")
			}
		})
	}
}

// TestTransactionTimeoutInAScript: of two tables the first has a batch and the second has
// aborted it. The query says so and ends, and the next start writes it to the second alone.
func TestTransactionTimeoutInAScript(t *testing.T) {
	Script(t, func(s *Sim) {
		in := Input[string](s, "words", 1, nil)
		first, second := TableSink(s, "first", Transactional, "word"), TableSink(s, "second", Transactional, "word")
		s.App(func(p *Process) error {
			return countValues(p.Session().Stream(in.Table())).Write(first, second).Mode(sink.Update).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		})
		in.Add("a b", "a")
		s.Fault("timeout@commit(second)#1")
		s.Start()
		if err := s.Wait(); !errors.Is(err, sink.ErrAborted) || !strings.Contains(err.Error(), "batch 0") || !strings.Contains(err.Error(), "second") {
			t.Errorf("the query ended with %v", err)
		}
		first.CheckNew([]any{"a", 2}, []any{"b", 1})
		second.CheckNew()
		in.Add("b")
		s.Start()
		s.AdvanceClock(2 * Interval)
		s.Stop()
		first.CheckNew([]any{"b", 2})
		second.CheckNew([]any{"a", 2}, []any{"b", 1}, []any{"b", 2})
	})
}
