package testkit

import (
	"context"
	"errors"
	"fmt"
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

// Sink declares a sink. Its contract says how it can be written to and how it fails.
// For Upsert, rows need a key: see [PairSink].
func Sink[T any](s *Sim, name string, contract Contract) *Results[T] {
	return newResults[T](s, name, contract, nil)
}

// PairSink declares a sink of pairs. For the contract Upsert, the key of a pair is
// that of the row.
func PairSink[K comparable, V any](s *Sim, name string, contract Contract) *Results[rdd.Pair[K, V]] {
	return newResults(s, name, contract, func(row rdd.Pair[K, V]) string { return render(row.Key) })
}

func newResults[T any](s *Sim, name string, contract Contract, key func(T) string) *Results[T] {
	r := &Results[T]{history[T]{sim: s, name: name, contract: contract, key: key}}
	switch {
	case contract < 0 || int(contract) >= len(contractNames):
		s.wrong("sink %s: there is no %v", name, contract)
	case contract == Upsert && key == nil:
		s.wrong("sink %s: for the contract %v rows need a key: use PairSink", name, contract)
	}
	r.checkName()
	s.add(r)
	return r
}

func (r *Results[T]) String() string { return "sink " + r.name }

// Open implements dstream.Sink.
func (r *Results[T]) Open(ctx context.Context, stream dstream.Stream) (dstream.Writer[T], error) {
	if r.sim.world == nil {
		return nil, errors.New("a sink is written to by the processes of its scenario only")
	}
	d, err := r.deliver(stream.ID, stream.Epoch, stream.Env)
	return resultsWriter[T]{d}, err
}

// resultsWriter is a sink as a DStream writes to it.
type resultsWriter[T any] struct{ to *delivery[T] }

func (w resultsWriter[T]) LastCommitted(ctx context.Context) (time.Time, bool, error) {
	last, ok, err := w.to.last()
	return last.at, ok, err
}

func (w resultsWriter[T]) Prepare(ctx context.Context, batch dstream.Batch[T]) (dstream.Token, error) {
	rows, err := batch.RDD.Collect(ctx)
	if err != nil {
		return nil, err
	}
	return w.to.prepare(written[T]{batch.ID, batch.Time, rows})
}

func (w resultsWriter[T]) Commit(ctx context.Context, token dstream.Token) error {
	return w.to.commit(token)
}

func (w resultsWriter[T]) Abort(ctx context.Context, token dstream.Token) error {
	return w.to.abort(token)
}

func (w resultsWriter[T]) Close() error { return nil }
