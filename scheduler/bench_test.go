package scheduler

import (
	"context"
	"testing"
)

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
