package scheduler

import (
	"context"
	"slices"
	"testing"
)

func TestShuffleJob(t *testing.T) {
	s := newTestScheduler(t, Options{Executors: 2})
	final, shuffle := s.shuffled(s.source(3), 2, func(_ *Task, p int) (int, error) { return p * 10, nil })
	results := make([]any, 2)
	err := s.Run(context.Background(), Job{
		Name:   "Collect",
		Final:  final,
		Run:    func(t *Task, p int) (any, error) { return fetchAll(t, shuffle, p) },
		Result: func(p int, result any) { results[p] = result },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{"0>0=0 1>0=10 2>0=20 ", "0>1=0 1>1=10 2>1=20 "}
	if !slices.Equal(results, want) {
		t.Errorf("results %q, want %q", results, want)
	}
}
