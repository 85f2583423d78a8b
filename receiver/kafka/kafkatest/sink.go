package kafkatest

import (
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// writer opens a sink as the run of a stream does.
func (s *suite) writer(o kafka.SinkOptions, id string, epoch uint64) receiver.LogWriter[kafka.Message] {
	s.Helper()
	o.TokenTopic = s.prefix + "tokens"
	w, err := kafka.Sink(s.Cluster, o).OpenWriter(s.ctx, s.user(id, epoch))
	s.ok(err)
	s.Cleanup(func() { s.ok(w.Close()) })
	return w
}

func batch(n int64) receiver.LogBatch {
	return receiver.LogBatch{ID: n, Time: time.UnixMilli(1_700_000_000_000 + n*1000).UTC()}
}

func (s *suite) last(w receiver.LogWriter[kafka.Message]) string {
	s.Helper()
	last, ok, err := w.LastCommitted(s.ctx)
	s.ok(err)
	return fmt.Sprint(last, ok)
}

func sinks(s *suite) {
	topic := s.topic("counts", 2)
	first, second := kafka.Partition{Topic: topic}, kafka.Partition{Topic: topic, Number: 1}
	w := s.writer(kafka.SinkOptions{Topic: topic}, "query", 1)
	s.same(s.last(w), fmt.Sprint(receiver.LogBatch{}, false))

	one := int32(1)
	s.ok(w.Prepare(s.ctx, batch(0), chunks(
		kafka.Message{Value: []byte("a")}, kafka.Message{Value: []byte("b")}, kafka.Message{Value: []byte("c")},
		kafka.Message{Value: []byte("d"), Partition: &one}, kafka.Message{Key: []byte("k")},
	)))
	s.same(s.values(first, 0, kafka.ReadCommitted), []string{})
	s.ok(w.Commit(s.ctx))
	s.ok(w.Commit(s.ctx)) // nothing is prepared
	s.settled(first)
	s.settled(second)
	// a and c go to partition 0, b to 1; the key k belongs to 1 or 0 by its hash.
	all := append(s.values(first, 0, kafka.ReadCommitted), s.values(second, 0, kafka.ReadCommitted)...)
	s.same(len(all), 5)

	s.ok(w.Prepare(s.ctx, batch(1), chunks(messages("dropped")...)))
	s.ok(w.Abort(s.ctx))
	s.ok(w.Prepare(s.ctx, batch(1), chunks(messages("dropped too")...)))
	s.ok(w.Prepare(s.ctx, batch(1), chunks(kafka.Message{Value: []byte("e"), Partition: &one})))
	s.ok(w.Commit(s.ctx))
	s.ok(w.Prepare(s.ctx, batch(2), chunks()))
	s.ok(w.Commit(s.ctx))
	s.settled(second)
	all = append(s.values(first, 0, kafka.ReadCommitted), s.values(second, 0, kafka.ReadCommitted)...)
	s.same(len(all), 6)
	s.ok(w.Close())
	s.ok(w.Close())

	again := s.writer(kafka.SinkOptions{Topic: topic}, "query", 2)
	s.same(s.last(again), fmt.Sprint(batch(1), true)) // batch 2 was empty
	s.same(s.last(s.writer(kafka.SinkOptions{Topic: topic}, "another", 1)), fmt.Sprint(receiver.LogBatch{}, false))
	s.same(s.last(s.writer(kafka.SinkOptions{Topic: topic, Name: "second"}, "query", 2)), fmt.Sprint(receiver.LogBatch{}, false))
}

// sinkFencing: a process that was thought dead writes no more.
func sinkFencing(s *suite) {
	topic := s.topic("counts", 1)
	p := kafka.Partition{Topic: topic}
	old := s.writer(kafka.SinkOptions{Topic: topic}, "query", 1)
	s.ok(old.Prepare(s.ctx, batch(0), chunks(messages("old")...)))
	fresh := s.writer(kafka.SinkOptions{Topic: topic}, "query", 2)
	s.same(s.last(fresh), fmt.Sprint(receiver.LogBatch{}, false))
	s.ok(fresh.Prepare(s.ctx, batch(0), chunks(messages("new")...)))
	if err := old.Commit(s.ctx); !errors.Is(err, kafka.ErrFenced) {
		s.Fatalf("commit of the old run: %v, want ErrFenced", err)
	}
	if err := old.Prepare(s.ctx, batch(1), chunks(messages("zombie")...)); !errors.Is(err, kafka.ErrFenced) {
		s.Fatalf("another batch of the old run: %v, want ErrFenced", err)
	}
	s.ok(fresh.Commit(s.ctx))
	s.settled(p)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"new"})
	// One that starts with an older claim than that of what it finds.
	stale := s.writer(kafka.SinkOptions{Topic: topic}, "query", 1)
	if _, _, err := stale.LastCommitted(s.ctx); !errors.Is(err, kafka.ErrFenced) {
		s.Fatalf("a run that is older than the last token: %v, want ErrFenced", err)
	}
}

// abandoned: the token of a writer is found though another one has died with an open
// transaction before it in the token topic.
func abandoned(s *suite) {
	topic := s.topic("counts", 1)
	tokens := s.topic("tokens", 1)
	dead := s.producer("dead")
	s.ok(s.produce(dead, kafka.Partition{Topic: tokens}, 0, "no token"))
	w := s.writer(kafka.SinkOptions{Topic: topic}, "query", 1)
	s.ok(w.Prepare(s.ctx, batch(7), chunks(messages("a")...)))
	s.ok(w.Commit(s.ctx))
	s.ok(w.Close())
	again := s.writer(kafka.SinkOptions{Topic: topic}, "query", 2)
	s.producer("dead") // its next run ends the transaction
	s.same(s.last(again), fmt.Sprint(batch(7), true))
}

func sinkErrors(s *suite) {
	topic := s.topic("counts", 1)
	five := int32(5)
	for name, c := range map[string]struct {
		options kafka.SinkOptions
		message kafka.Message
		is      error
	}{
		"no topic":            {kafka.SinkOptions{}, kafka.Message{}, nil},
		"no such partition":   {kafka.SinkOptions{Topic: topic}, kafka.Message{Partition: &five}, kafka.ErrUnknownPartition},
		"no such topic":       {kafka.SinkOptions{RetryFor: time.Second}, kafka.Message{Topic: s.prefix + "none"}, kafka.ErrUnknownPartition},
		"the topic of tokens": {kafka.SinkOptions{}, kafka.Message{Topic: s.prefix + "tokens"}, nil},
	} {
		w := s.writer(c.options, name, 1)
		err := w.Prepare(s.ctx, batch(0), chunks(c.message))
		if err == nil || c.is != nil && !errors.Is(err, c.is) {
			s.Errorf("%s: %v", name, err)
		}
	}
	failed := errors.New("failed")
	w := s.writer(kafka.SinkOptions{Topic: topic}, "failing", 1)
	err := w.Prepare(s.ctx, batch(0), func(yield func([]kafka.Message, error) bool) { yield(nil, failed) })
	if !errors.Is(err, failed) {
		s.Errorf("an error of the records: %v", err)
	}
	if _, err := kafka.Sink(s.Cluster, kafka.SinkOptions{Topic: topic}).OpenWriter(s.ctx, receiver.LogUser{Env: s.user("", 1).Env}); err == nil {
		s.Error("a sink opens without an id")
	}
}
