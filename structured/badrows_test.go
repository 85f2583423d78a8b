package structured

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// inverse divides by the values of rows 0 to 2999 of a batch, of which every tenth is 0.
func inverse(s *Session) DataFrame {
	return s.Stream(source.RatePerBatch(3000, time.Unix(0, 0), time.Second)).
		Select(expr.Col("value"), expr.Col("value").Mod(10).As("digit")).
		Select(expr.Col("value"), expr.Lit(100).Divide(expr.Col("digit")).As("inverse"))
}

func TestBadRows(t *testing.T) {
	s := newSession(t, 2)
	err := inverse(s).Write(sink.Memory("out")).Trigger(AvailableNow()).Run(t.Context())
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Condition != "DIVIDE_BY_ZERO" {
		t.Errorf("by default: %v", err)
	}
	for _, policy := range []BadRows{SkipBadRows(), DeadLetters(sink.Memory("dead"))} {
		out := sink.Memory("out")
		q := start(t, inverse(s).Write(out).Trigger(AvailableNow()).BadRows(policy))
		same(t, q.Wait(t.Context()), nil)
		same(t, len(out.Rows()), 2700)
		for i, row := range out.Rows() {
			if want := int64(i/9*10 + i%9 + 1); row[0] != want {
				t.Fatalf("row %d has value %v, want %d", i, row[0], want)
			}
		}
		same(t, q.Progress()[0].NumBadRows, int64(300))
		if policy.letters == nil {
			continue
		}
		rows := policy.letters.(*sink.MemoryTable).Rows()
		same(t, len(rows), 300)
		got := fmt.Sprint(rows[7])
		for _, want := range []string{
			"rate[3000 rows/batch]", `{"offset":0,"timestamp":0}`, `{"offset":3000,"timestamp":1000}`,
			"DIVIDE_BY_ZERO", `"value":70`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("no %s in %s", want, got)
			}
		}
	}
}

// A row is bad where the argument of an aggregate can't be computed, too; the others
// count.
func TestBadRowsOfAnAggregation(t *testing.T) {
	s := newSession(t, 2)
	out := sink.Memory("out")
	dir := t.TempDir()
	put(t, dir, "in", "1\nx\n2\ny\n")
	q := s.Stream(source.TextFiles(dir)).Agg(expr.Sum(expr.Col("value").Cast(types.Int)).As("sum"), expr.Count().As("count")).
		Write(out).Mode(Complete).Trigger(AvailableNow()).BadRows(SkipBadRows())
	same(t, q.Run(t.Context()), nil)
	same(t, out.Rows(), [][]any{{int64(3), int64(2)}})
}

// A batch of which the sum overflows fails whatever becomes of bad rows.
func TestAnOverflowOfAnAggregateIsNoBadRow(t *testing.T) {
	s := newSession(t, 1)
	dir := t.TempDir()
	put(t, dir, "in", strings.Repeat("9223372036854775807\n", 2))
	err := s.Stream(source.TextFiles(dir)).Agg(expr.Sum(expr.Col("value").Cast(types.Bigint)).As("sum")).
		Write(sink.Memory("out")).Mode(Complete).Trigger(AvailableNow()).BadRows(SkipBadRows()).Run(t.Context())
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Condition != "ARITHMETIC_OVERFLOW" {
		t.Errorf("%v", err)
	}
}

func TestDeadLettersAreRefused(t *testing.T) {
	s := newSession(t, 1)
	err := inverse(s).Write(sink.Memory("out")).BadRows(DeadLetters(nil)).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "DeadLetters is nil") {
		t.Error(err)
	}
}

// A batch that runs again decides as it did before, though the query is told otherwise
// by then.
func TestTheDecisionOnBadRowsIsLogged(t *testing.T) {
	s := newSession(t, 1)
	dir, state := t.TempDir(), t.TempDir()
	put(t, dir, "in", "1\nx\n2\n")
	numbers := s.Stream(source.TextFiles(dir)).Select(expr.Col("value").Cast(types.Int).As("n"))
	failed := false
	failing := misbehaving{commit: func(context.Context) error {
		if !failed {
			failed = true
			return errors.New("once")
		}
		return nil
	}}
	w := numbers.Write(failing).Trigger(AvailableNow()).Checkpoint(state)
	if err := w.BadRows(SkipBadRows()).Run(t.Context()); err == nil {
		t.Fatal("the sink did not fail")
	}
	q := start(t, w) // by default a bad row fails a query
	same(t, q.Wait(t.Context()), nil)
	same(t, slices.ContainsFunc(q.Progress(), func(p Progress) bool { return p.Replayed && p.NumBadRows == 1 }), true)
}
