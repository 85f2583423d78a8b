package scheduler

import (
	"context"
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testNode is a node made by hand.
type testNode struct {
	id         int
	name       string
	partitions int
	parents    []Dependency
	persisted  bool
}

func (n *testNode) ID() int                    { return n.id }
func (n *testNode) Name() string               { return n.name }
func (n *testNode) Partitions() int            { return n.partitions }
func (n *testNode) Dependencies() []Dependency { return n.parents }
func (n *testNode) Persisted() bool            { return n.persisted }

// newTestScheduler closes the scheduler when the test ends.
func newTestScheduler(tb testing.TB, o Options) *Scheduler {
	s, err := New(env.Real(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// source is a node without parents.
func (s *Scheduler) source(partitions int) *testNode {
	return &testNode{id: s.NodeID(), name: "Source", partitions: partitions}
}

// shuffled is a node over a shuffle of numbers: map task m computes parent(m), and
// gives each reducer r the block {m, r, its number}.
func (s *Scheduler) shuffled(parent *testNode, reducers int, compute func(*Task, int) (int, error)) (*testNode, *Shuffle) {
	shuffle := &Shuffle{ID: s.ShuffleID(), Parent: parent, Reducers: reducers}
	shuffle.Write = func(t *Task, partition int) ([]any, error) {
		number, err := compute(t, partition)
		if err != nil {
			return nil, err
		}
		blocks := make([]any, reducers)
		for r := range blocks {
			blocks[r] = fmt.Sprintf("%d>%d=%d", partition, r, number)
		}
		return blocks, nil
	}
	return &testNode{id: s.NodeID(), name: "Shuffled", partitions: reducers, parents: []Dependency{shuffle}}, shuffle
}

// fetchAll returns the blocks of a reducer.
func fetchAll(t *Task, shuffle *Shuffle, reduce int) (string, error) {
	all := ""
	for block, err := range t.Fetch(shuffle, reduce) {
		if err != nil {
			return "", err
		}
		all += block.(string) + " "
	}
	return all, nil
}

func benchmarkRun(b *testing.B, s *Scheduler, job func() Job) {
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Run(context.Background(), job()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmptyJob(b *testing.B) {
	s := newTestScheduler(b, Options{})
	source := s.source(2)
	run := func(*Task, int) (any, error) { return nil, nil }
	benchmarkRun(b, s, func() Job { return Job{Name: "Count", Final: source, Run: run} })
}

func BenchmarkEmptyShuffleJob(b *testing.B) {
	s := newTestScheduler(b, Options{})
	source := s.source(2)
	write := func(*Task, int) ([]any, error) { return make([]any, 2), nil }
	benchmarkRun(b, s, func() Job {
		if n := s.ShuffleID(); n > 0 {
			s.ForgetShuffle(n - 1)
		}
		shuffle := &Shuffle{ID: s.ShuffleID(), Parent: source, Reducers: 2, Write: write}
		final := &testNode{id: s.NodeID(), name: "Shuffled", partitions: 2, parents: []Dependency{shuffle}}
		return Job{Name: "Count", Final: final, Run: func(t *Task, partition int) (any, error) {
			for _, err := range t.Fetch(shuffle, partition) {
				if err != nil {
					return nil, err
				}
			}
			return nil, nil
		}}
	})
}
