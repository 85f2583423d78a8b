package kafka_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// zombie is the story of a process that stops between the two steps of a batch, is
// thought dead and replaced, and goes on. It returns what the output holds, and the
// error of the zombie's commit.
func zombie(t *testing.T) (records int, refused error) {
	t.Helper()
	ctx := context.Background()
	cluster := simlog.NewCluster("simulated")
	err := cluster.Do(func(b *simlog.Broker, _ time.Duration) error { b.CreateTopic("counts", 1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	batch := receiver.LogBatch{ID: 3, Time: time.Unix(4, 0)}
	run := func(epoch uint64) receiver.LogWriter[kafka.Message] {
		w, err := kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}).OpenWriter(ctx, receiver.LogUser{ID: "query", Epoch: epoch, Env: env.Real()})
		if err != nil {
			t.Fatal(err)
		}
		if last, ok, err := w.LastCommitted(ctx); ok || err != nil {
			t.Fatalf("run %d: last committed %v, %v", epoch, last, err)
		}
		if err := w.Prepare(ctx, batch, one()); err != nil {
			t.Fatal(err)
		}
		return w
	}
	old := run(1)
	fresh := run(2)
	if err := fresh.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	refused = old.Commit(ctx)
	if err := errors.Join(old.Close(), fresh.Close()); err != nil {
		t.Fatal(err)
	}
	err = cluster.Do(func(b *simlog.Broker, _ time.Duration) error {
		for _, transaction := range b.Transactions() {
			records += len(b.Records(transaction, "counts"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records, refused
}

func one() iter.Seq2[[]kafka.Message, error] {
	return func(yield func([]kafka.Message, error) bool) {
		yield([]kafka.Message{{Key: []byte("a"), Value: []byte("1")}}, nil)
	}
}
