package kafkatest

import (
	"errors"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

func isUnavailable(err error) bool { return errors.Is(err, kafka.ErrUnavailable) }

func topics(s *suite) {
	name := s.topic("two", 2)
	s.ok(s.client.CreateTopic(s.ctx, name, 5, nil)) // is there
	got, err := s.client.Topics(s.ctx, []string{name, s.prefix + "none"})
	s.ok(err)
	s.same(got, []kafka.Topic{{Name: name, Partitions: 2}})
	all, err := s.client.Topics(s.ctx, nil)
	s.ok(err)
	if !slices.Contains(all, kafka.Topic{Name: name, Partitions: 2}) {
		s.Fatalf("%s is not among all topics: %v", name, all)
	}
	s.ok(s.Grow(name, 3))
	s.eventually("a third partition", func() bool {
		got, err := s.client.Topics(s.ctx, []string{name})
		return err == nil && len(got) == 1 && got[0].Partitions == 3
	})
}

func offsets(s *suite) {
	p := kafka.Partition{Topic: s.topic("times", 2)}
	base := time.UnixMilli(1_700_000_000_000)
	for _, seconds := range []int{10, 30, 20, 40} { // out of order
		s.ok(s.Append(p, kafka.Message{Value: []byte("x"), Timestamp: base.Add(time.Duration(seconds) * time.Second)}))
	}
	both := []kafka.Partition{p, {Topic: p.Topic, Number: 1}}
	for _, c := range []struct {
		at   kafka.Place
		want []int64
	}{
		{kafka.Place{Kind: kafka.Earliest}, []int64{0, 0}},
		{kafka.Place{Kind: kafka.LogEnd}, []int64{4, 0}},
		{kafka.Place{Kind: kafka.CommittedEnd}, []int64{4, 0}},
		{kafka.Place{Kind: kafka.FirstAt, Time: base}, []int64{0, -1}},
		{kafka.Place{Kind: kafka.FirstAt, Time: base.Add(11 * time.Second)}, []int64{1, -1}},
		{kafka.Place{Kind: kafka.FirstAt, Time: base.Add(31 * time.Second)}, []int64{3, -1}},
		{kafka.Place{Kind: kafka.FirstAt, Time: base.Add(41 * time.Second)}, []int64{-1, -1}},
	} {
		got, err := s.client.Offsets(s.ctx, both, c.at)
		s.ok(err)
		s.same(got, c.want)
	}
}

// producer takes a transactional id over.
func (s *suite) producer(id string) kafka.Producer {
	s.Helper()
	var producer kafka.Producer
	s.ok(s.repeat(func() (err error) {
		producer, err = s.client.InitProducer(s.ctx, s.prefix+id, time.Minute)
		return err
	}))
	return producer
}

func (s *suite) produce(producer kafka.Producer, p kafka.Partition, sequence int32, values ...string) error {
	err := s.repeat(func() error { return s.client.AddPartitions(s.ctx, producer, []kafka.Partition{p}) })
	if err != nil {
		return err
	}
	batches := []kafka.ProducerBatch{{Partition: p, Sequence: sequence, Messages: messages(values...)}}
	return s.repeat(func() error { return s.client.Produce(s.ctx, producer, batches) })
}

func (s *suite) end(producer kafka.Producer, commit bool) error {
	return s.repeat(func() error { return s.client.EndTransaction(s.ctx, producer, commit) })
}

func transactions(s *suite) {
	p := kafka.Partition{Topic: s.topic("words", 1)}
	s.ok(s.Append(p, messages("before")...))
	producer := s.producer("writer")
	s.ok(s.produce(producer, p, 0, "a", "b"))
	s.ok(s.Append(p, messages("behind")...))
	s.same(s.offset(p, kafka.CommittedEnd), 1)
	s.same(s.offset(p, kafka.LogEnd), 4)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"before"})
	s.same(s.values(p, 0, kafka.ReadUncommitted), []string{"before", "a", "b", "behind"})

	s.ok(s.end(producer, false))
	s.settled(p)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"before", "behind"})

	s.ok(s.produce(producer, p, 2, "c"))
	s.ok(s.produce(producer, p, 3, "d"))
	s.ok(s.end(producer, true))
	s.settled(p)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"before", "behind", "c", "d"})
	s.same(s.offset(p, kafka.LogEnd), 8) // two of them are markers
	s.same(s.values(p, 6, kafka.ReadCommitted), []string{"d"})
	s.same(s.values(p, 2, kafka.ReadCommitted), []string{"behind", "c", "d"})
}

func sequences(s *suite) {
	p := kafka.Partition{Topic: s.topic("words", 1)}
	producer := s.producer("writer")
	s.ok(s.produce(producer, p, 0, "a", "b"))
	s.ok(s.produce(producer, p, 2, "c"))
	s.ok(s.produce(producer, p, 2, "c")) // again
	if err := s.produce(producer, p, 9, "gap"); err == nil {
		s.Fatal("a batch that leaves sequences out is accepted")
	}
	s.ok(s.end(producer, true))
	s.settled(p)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"a", "b", "c"})
}

func fencing(s *suite) {
	p := kafka.Partition{Topic: s.topic("words", 1)}
	old := s.producer("writer")
	s.ok(s.produce(old, p, 0, "old"))
	fresh := s.producer("writer")
	s.settled(p) // the old transaction was aborted
	for name, err := range map[string]error{
		"commit":  s.end(old, true),
		"produce": s.produce(old, p, 1, "zombie"),
	} {
		if !errors.Is(err, kafka.ErrFenced) {
			s.Errorf("%s by the old producer: %v, want ErrFenced", name, err)
		}
	}
	s.ok(s.produce(fresh, p, 0, "new"))
	s.ok(s.end(fresh, true))
	s.settled(p)
	s.same(s.values(p, 0, kafka.ReadCommitted), []string{"new"})
}

func repeatedEnd(s *suite) {
	p := kafka.Partition{Topic: s.topic("words", 1)}
	producer := s.producer("writer")
	s.ok(s.produce(producer, p, 0, "a"))
	s.ok(s.end(producer, true))
	s.ok(s.end(producer, true))
	if err := s.end(producer, false); err == nil {
		s.Fatal("what is committed can be aborted")
	}
}

func retention(s *suite) {
	p := kafka.Partition{Topic: s.topic("words", 1)}
	s.ok(s.Append(p, messages("a")...))
	s.ok(s.Append(p, messages("b")...))
	s.ok(s.Append(p, messages("c")...))
	s.ok(s.Expire(p, 2))
	s.same(s.offset(p, kafka.Earliest), 2)
	for _, offset := range []int64{0, 7} {
		if _, err := s.client.Fetch(s.ctx, p, offset, kafka.ReadCommitted); !errors.Is(err, kafka.ErrOutOfRange) {
			s.Errorf("fetch from %d: %v, want ErrOutOfRange", offset, err)
		}
	}
	s.same(s.values(p, 2, kafka.ReadCommitted), []string{"c"})
}
