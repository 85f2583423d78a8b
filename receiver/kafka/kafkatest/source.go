package kafkatest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// open opens a source for a stream.
func (s *suite) open(o kafka.SourceOptions) receiver.LogReader[kafka.Record] {
	s.Helper()
	r, err := kafka.Source(s.Cluster, o).Open(s.ctx, s.user("reader", 1))
	s.ok(err)
	s.Cleanup(func() { s.ok(errors.Join(r.Close(), r.Close())) })
	return r
}

// read returns what lies between two places, as "topic/partition@offset value".
func (s *suite) read(r receiver.LogReader[kafka.Record], start, end string) ([]string, error) {
	ranges, err := r.Ranges(start, end)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, records := range ranges {
		for chunk, err := range records(s.ctx) {
			if err != nil {
				return nil, err
			}
			for _, record := range chunk {
				list = append(list, fmt.Sprintf("%d@%d %s", record.Partition, record.Offset, record.Value))
			}
		}
	}
	return list, nil
}

// step reads the next range.
func (s *suite) step(r receiver.LogReader[kafka.Record], start string, limit int64) (records []string, end string) {
	s.Helper()
	end, err := r.Latest(s.ctx, start, limit)
	s.ok(err)
	records, err = s.read(r, start, end)
	s.ok(err)
	return records, end
}

func (s *suite) initial(r receiver.LogReader[kafka.Record]) string {
	s.Helper()
	start, err := r.Initial(s.ctx)
	s.ok(err)
	return start
}

func sources(s *suite) {
	topic := s.topic("words", 2)
	first, second := kafka.Partition{Topic: topic}, kafka.Partition{Topic: topic, Number: 1}
	at := time.UnixMilli(1_700_000_000_123)
	s.ok(s.Append(first, kafka.Message{Key: []byte("k"), Value: []byte("a"), Timestamp: at, Headers: []kafka.Header{{Key: "h", Value: []byte("1")}, {Key: "h"}}}))
	s.ok(s.Append(first, messages("b", "c")...))
	s.ok(s.Append(second, kafka.Message{Key: []byte("k"), Timestamp: at}))
	r := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest()})
	start := s.initial(r)
	s.same(start, fmt.Sprintf(`{%q:{"0":0,"1":0}}`, topic))
	records, end := s.step(r, start, 0)
	s.same(records, []string{"0@0 a", "0@1 b", "0@2 c", "1@0 "})
	s.same(end, fmt.Sprintf(`{%q:{"0":3,"1":1}}`, topic))
	records, again := s.step(r, end, 0)
	s.same(records, []string{})
	s.same(again, end)

	// A range from the middle of a batch, and one that ends there.
	middle := fmt.Sprintf(`{%q:{"0":2,"1":1}}`, topic)
	records, err := s.read(r, middle, end)
	s.ok(err)
	s.same(records, []string{"0@2 c"})
	records, err = s.read(r, start, middle)
	s.ok(err)
	s.same(records, []string{"0@0 a", "0@1 b", "1@0 "})

	// All of a record.
	ranges, err := r.Ranges(start, end)
	s.ok(err)
	for chunk, err := range ranges[0](s.ctx) {
		s.ok(err)
		got := chunk[0]
		if string(got.Key) != "k" || !got.Timestamp.Equal(at) || got.Topic != topic || got.LogAppendTime || len(got.Headers) != 2 ||
			got.Headers[0].Key != "h" || string(got.Headers[0].Value) != "1" || got.Headers[1].Value != nil {
			s.Fatalf("got %+v", got)
		}
		break
	}
	for chunk, err := range ranges[1](s.ctx) {
		s.ok(err)
		if chunk[0].Value != nil {
			s.Fatalf("a null value is %q", chunk[0].Value)
		}
	}

	// Other ways to choose.
	assigned := s.open(kafka.SourceOptions{Assign: []kafka.Partition{second}, Start: kafka.FromEarliest()})
	records, _ = s.step(assigned, s.initial(assigned), 0)
	s.same(records, []string{"1@0 "})
	matched := s.open(kafka.SourceOptions{Pattern: s.prefix + "wor.s", Start: kafka.FromEarliest()})
	records, _ = s.step(matched, s.initial(matched), 0)
	s.same(len(records), 4)
	partly := s.open(kafka.SourceOptions{Pattern: s.prefix + "wor"})
	s.same(s.initial(partly), "{}")
	missing := s.open(kafka.SourceOptions{Subscribe: []string{topic, s.prefix + "none"}})
	if _, err := missing.Initial(s.ctx); !errors.Is(err, kafka.ErrUnknownPartition) {
		s.Fatalf("a topic that is not there: %v", err)
	}
}

func starts(s *suite) {
	topic := s.topic("words", 1)
	p := kafka.Partition{Topic: topic}
	base := time.UnixMilli(1_700_000_000_000)
	for i := range 3 {
		s.ok(s.Append(p, kafka.Message{Value: []byte{byte('a' + i)}, Timestamp: base.Add(time.Duration(i) * time.Second)}))
	}
	s.ok(s.Expire(p, 1))
	for _, c := range []struct {
		start kafka.Start
		want  int
	}{
		{kafka.Start{}, 3},
		{kafka.FromEarliest(), 1},
		{kafka.FromLatest(), 3},
		{kafka.FromOffsets(kafka.Offsets{topic: {0: 2}}), 2},
		{kafka.FromOffsets(kafka.Offsets{topic: {0: kafka.OffsetEarliest}}), 1},
		{kafka.FromOffsets(kafka.Offsets{topic: {0: kafka.OffsetLatest}}), 3},
		{kafka.FromTime(base.Add(1500*time.Millisecond), false), 2},
		{kafka.FromTime(base.Add(time.Hour), true), 3},
	} {
		got := s.initial(s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: c.start}))
		s.same(got, fmt.Sprintf(`{%q:{"0":%d}}`, topic, c.want))
	}
	for _, start := range []kafka.Start{
		kafka.FromTime(base.Add(time.Hour), false),
		kafka.FromOffsets(kafka.Offsets{topic: {0: 1, 1: 1}}),
		kafka.FromOffsets(kafka.Offsets{topic: {0: -3}}),
	} {
		if got, err := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: start}).Initial(s.ctx); err == nil {
			s.Errorf("start %v: no error but %s", start, got)
		}
	}
	bounded := s.user("reader", 1)
	bounded.Bounded = true
	r, err := kafka.Source(s.Cluster, kafka.SourceOptions{Subscribe: []string{topic}}).Open(s.ctx, bounded)
	s.ok(err)
	s.same(s.initial(r), fmt.Sprintf(`{%q:{"0":1}}`, topic))
	s.ok(r.Close())
}

func limits(s *suite) {
	topic := s.topic("words", 2)
	s.ok(s.Append(kafka.Partition{Topic: topic}, messages("a", "b", "c", "d", "e", "f", "g", "h", "i")...))
	s.ok(s.Append(kafka.Partition{Topic: topic, Number: 1}, messages("z")...))
	r := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest(), MaxOffsets: 4})
	backlog := func(place string) string {
		newest, offsets := r.(receiver.MeasuredLog).Backlog(place)
		return fmt.Sprint(newest, " ", offsets)
	}
	place := s.initial(r)
	s.same(backlog(place), " 0") // nobody has looked
	var sizes []int
	var left []string
	for range 4 {
		var records []string
		records, place = s.step(r, place, 0)
		sizes, left = append(sizes, len(records)), append(left, backlog(place))
	}
	s.same(sizes, []int{4, 4, 2, 0}) // 3+1, 4, 2
	end := fmt.Sprintf(`{%q:{"0":9,"1":1}} `, topic)
	s.same(left, []string{end + "6", end + "2", end + "0", end + "0"})
	all, _ := s.step(r, s.initial(r), receiver.AllRecords)
	s.same(len(all), 10)
	fewer, _ := s.step(r, s.initial(r), 2)
	s.same(len(fewer), 2) // one of each partition
	most, _ := s.step(r, s.initial(r), 9)
	s.same(len(most), 4) // MaxOffsets is less

	// Frozen, it ends where it was, in steps.
	s.ok(r.Freeze(s.ctx))
	s.ok(s.Append(kafka.Partition{Topic: topic}, messages("late")...))
	place, sizes = s.initial(r), nil
	for range 4 {
		var records []string
		records, place = s.step(r, place, 0)
		sizes = append(sizes, len(records))
	}
	s.same(sizes, []int{4, 4, 2, 0})

	few := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest(), MinOffsets: 12})
	records, place := s.step(few, s.initial(few), 0)
	s.same(len(records), 0)
	s.ok(s.Append(kafka.Partition{Topic: topic}, messages("12th")...))
	records, _ = s.step(few, place, 0)
	s.same(len(records), 12)
	soon := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest(), MinOffsets: 100, MaxDelay: time.Nanosecond})
	records, _ = s.step(soon, s.initial(soon), 0)
	s.same(len(records), 12)
}

// growth: a partition that is new is read from its first record, whatever the source
// started with.
func growth(s *suite) {
	topic := s.topic("words", 1)
	s.ok(s.Append(kafka.Partition{Topic: topic}, messages("old")...))
	r := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromLatest()})
	place := s.initial(r)
	s.ok(s.Grow(topic, 2))
	added := kafka.Partition{Topic: topic, Number: 1}
	s.eventually("the partition", func() bool { return s.Append(added, messages("first")...) == nil })
	var got []string
	s.eventually("the record", func() bool {
		var records []string
		records, place = s.step(r, place, 0)
		got = append(got, records...)
		return len(got) > 0
	})
	s.same(got, []string{"1@0 first"})
}

func dataLoss(s *suite) {
	topic := s.topic("words", 1)
	p := kafka.Partition{Topic: topic}
	s.ok(s.Append(p, messages("a")...))
	s.ok(s.Append(p, messages("b")...))
	s.ok(s.Append(p, messages("c")...))
	strict := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest()})
	lenient := s.open(kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest(), AllowDataLoss: true})
	start := s.initial(strict)
	end, err := strict.Latest(s.ctx, start, 0)
	s.ok(err)
	s.ok(s.Expire(p, 2))
	var lost *kafka.DataLossError
	if _, err := s.read(strict, start, end); !errors.As(err, &lost) || lost.From != 0 || lost.To != 2 {
		s.Fatalf("records that retention removed: %v", err)
	}
	records, err := s.read(lenient, start, end)
	s.ok(err)
	s.same(records, []string{"0@2 c"})

	// The log ends before the place where the stream was.
	beyond := fmt.Sprintf(`{%q:{"0":9}}`, topic)
	if _, err := strict.Latest(s.ctx, beyond, 0); !errors.As(err, &lost) || lost.From != 3 || lost.To != 9 {
		s.Fatalf("a log that was cut: %v", err)
	}
	got, err := lenient.Latest(s.ctx, beyond, 0)
	s.ok(err)
	s.same(got, fmt.Sprintf(`{%q:{"0":3}}`, topic))

	// A topic that is not there any more.
	gone := fmt.Sprintf(`{"%sgone":{"0":1},%q:{"0":3}}`, s.prefix, topic)
	if _, err := strict.Latest(s.ctx, gone, 0); !errors.As(err, &lost) {
		s.Fatalf("a topic that is gone: %v", err)
	}
	got, err = lenient.Latest(s.ctx, gone, 0)
	s.ok(err)
	s.same(got, fmt.Sprintf(`{%q:{"0":3}}`, topic))
	if slices.Contains([]string{got}, gone) {
		s.Fatal("the topic stays")
	}
}
