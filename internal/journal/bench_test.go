package journal

import (
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// syncCounter counts the syncs of files.
type syncCounter struct {
	env.Env
	syncs int
}

func (c *syncCounter) FS() env.FS { return countingFS{c.Env.FS(), c} }

type countingFS struct {
	env.FS
	counter *syncCounter
}

func (f countingFS) Create(name string) (env.File, error) {
	file, err := f.FS.Create(name)
	return countingFile{file, f.counter}, err
}

type countingFile struct {
	env.File
	counter *syncCounter
}

func (f countingFile) Sync() error {
	f.counter.syncs++
	return f.File.Sync()
}

// BenchmarkBatch runs batches that do nothing but change 100 groups: lone ones, whose plan is
// made when the batch before is done, and back to back, where it joins the commit.
func BenchmarkBatch(b *testing.B) {
	for _, chained := range []bool{false, true} {
		b.Run(fmt.Sprintf("chained=%v", chained), func(b *testing.B) {
			e := &syncCounter{Env: env.Real()}
			syncs, err := runBatches(b, e, b.N, chained)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(syncs)/float64(b.N), "syncs/batch")
		})
	}
}

// TestSyncsPerBatch holds the journal to its promise: one sync a batch back to back, two for
// a lone one.
func TestSyncsPerBatch(t *testing.T) {
	for _, test := range []struct {
		chained bool
		want    int
	}{{false, 2}, {true, 1}} {
		e := &syncCounter{Env: env.Real()}
		const batches = 20
		syncs, err := runBatches(t, e, batches, test.chained)
		if err != nil {
			t.Fatal(err)
		}
		if syncs != test.want*batches {
			t.Errorf("chained %v: %d syncs for %d batches, want %d each", test.chained, syncs, batches, test.want)
		}
	}
}

// runBatches runs n batches and returns how many syncs they took; the first plan, of which
// no batch before it could know, is not counted if they are chained.
func runBatches(tb testing.TB, e *syncCounter, n int, chained bool) (syncs int, err error) {
	ctx := tb.Context()
	j, _, err := Open(ctx, e, tb.TempDir(), Options{Kind: "bench"})
	if err != nil {
		return 0, err
	}
	defer j.Close()
	plan := func(batch int) *Plan { return &Plan{Batch: int64(batch), Partitions: 2, Ranges: []byte("ranges")} }
	if chained {
		if err := j.Plan(ctx, *plan(0)); err != nil {
			return 0, err
		}
		if err := j.PlanDurable(ctx); err != nil {
			return 0, err
		}
	}
	data := make([]byte, 16)
	before := e.syncs
	if bench, ok := tb.(*testing.B); ok {
		bench.ResetTimer()
	}
	for batch := range n {
		var next *Plan
		if !chained {
			if err := j.Plan(ctx, *plan(batch)); err != nil {
				return 0, err
			}
		} else if next = plan(batch + 1); batch+1 == n {
			next = nil
		}
		if err := j.PlanDurable(ctx); err != nil {
			return 0, err
		}
		for group := range 100 {
			if err := j.AppendState(ctx, Change{int64(batch), "count", group * 10, data}); err != nil {
				return 0, err
			}
		}
		if err := j.Commit(ctx, Done{int64(batch), nil}, next); err != nil {
			return 0, err
		}
	}
	return e.syncs - before, nil
}
