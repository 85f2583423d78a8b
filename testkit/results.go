package testkit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// Output is where a scenario's rows end: [Results], or [Lines] of files.
type Output[T any] interface {
	fmt.Stringer

	// committed returns the visible batches, oldest first.
	committed() ([]written[T], error)
}

// Results is a simulated sink of a DStream. It outlasts the processes and keeps all
// that was ever written.
type Results[T any] struct{ history[T] }

// Sink declares a sink.
func Sink[T any](s *Sim, name string, contract Contract) *Results[T] {
	if contract != IdempotentBatch {
		s.wrong("sink %s: unknown contract %d", name, contract)
	}
	r := &Results[T]{history[T]{sim: s, name: name}}
	s.add(r)
	return r
}

// PairSink declares a sink of pairs.
func PairSink[K comparable, V any](s *Sim, name string, contract Contract) *Results[rdd.Pair[K, V]] {
	return Sink[rdd.Pair[K, V]](s, name, contract)
}

func (r *Results[T]) String() string { return "sink " + r.name }

// Open implements dstream.Sink.
func (r *Results[T]) Open(ctx context.Context, stream dstream.Stream) (dstream.Writer[T], error) {
	if r.sim.world == nil {
		return nil, errors.New("a sink is written to by the processes of its scenario only")
	}
	return &resultsWriter[T]{results: r}, r.sim.call("open("+r.name+")", nothing)
}

type resultsWriter[T any] struct {
	results  *Results[T]
	prepared *written[T]
}

func (w *resultsWriter[T]) LastCommitted(ctx context.Context) (time.Time, bool, error) {
	last, ok, err := w.results.last()
	return last.at, ok, err
}

// Prepare keeps the rows of the batch; Commit hands them over.
func (w *resultsWriter[T]) Prepare(ctx context.Context, batch dstream.Batch[T]) (dstream.Token, error) {
	rows, err := batch.RDD.Collect(ctx)
	if err != nil {
		return nil, err
	}
	w.prepared = &written[T]{batch.ID, batch.Time, rows}
	return strconv.AppendInt(nil, batch.ID, 10), w.results.attempt(*w.prepared)
}

func (w *resultsWriter[T]) Commit(ctx context.Context, token dstream.Token) error {
	if w.prepared == nil {
		return fmt.Errorf("commit of batch %s, which was not prepared", token)
	}
	err := w.results.write(*w.prepared)
	if err == nil {
		w.prepared = nil
	}
	return err
}

func (w *resultsWriter[T]) Abort(ctx context.Context, token dstream.Token) error {
	w.prepared = nil
	return nil
}

func (w *resultsWriter[T]) Close() error { return nil }
