package testkit

import (
	"errors"
	"fmt"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// KafkaTopic is an input of records in a topic of a simulated cluster. They arrive
// over virtual time, whether a process runs or not. Each wave of rows is one
// transaction of somebody outside, dealt to the partitions in turn, and before it
// comes one that is aborted: who reads what is not committed sees records that are
// not there.
type KafkaTopic[T any] struct {
	drawn[T]
	cluster    *Cluster
	topic      string
	partitions int // in the beginning
	message    func(T) kafka.Message
	waves      int // that have arrived
	growth     growth
}

// growth is when a topic gets more partitions.
type growth struct{ wave, partitions int }

// KafkaInput declares a topic and its rows, which are drawn once for a plan. message
// makes a record of a row; its topic and partition are not looked at.
func KafkaInput[T any](c *Cluster, topic string, partitions int, rows *rapid.Generator[[]T], message func(T) kafka.Message) *KafkaTopic[T] {
	t := &KafkaTopic[T]{drawn: draw(c.sim, topic, rows), cluster: c, topic: topic, partitions: max(1, partitions), message: message}
	if partitions < 1 {
		c.sim.wrong("input %s: %d partitions", topic, partitions)
	}
	c.topic(topic, t.partitions)
	c.inputs = append(c.inputs, topic)
	c.sim.add(t)
	return t
}

// Grow has the topic get more partitions, so many in all, before its rows arrive for
// the time of that number, the first being 0.
func (t *KafkaTopic[T]) Grow(arrival, partitions int) *KafkaTopic[T] {
	if partitions < t.partitions {
		t.sim.wrong("input %s: it grows from %d to %d partitions", t.topic, t.partitions, partitions)
	}
	t.growth = growth{arrival, partitions}
	return t
}

// partitionOf is where a row goes.
func (t *KafkaTopic[T]) partitionOf(row int) int {
	if t.growth.partitions > 0 && row/t.sim.plan.shape.wave >= t.growth.wave {
		return row % t.growth.partitions
	}
	return row % t.partitions
}

// topic makes a topic before the world begins.
func (c *Cluster) topic(name string, partitions int) {
	c.broker.CreateTopic(name, partitions)
}

func (t *KafkaTopic[T]) String() string { return "kafka topic " + t.topic }

func (t *KafkaTopic[T]) save() any { return t.waves }

func (t *KafkaTopic[T]) load(saved any) { t.waves = saved.(int) }

func (t *KafkaTopic[T]) begin() {}

func (t *KafkaTopic[T]) hash(h *xxhash.Digest) { fmt.Fprint(h, t.waves) }

func (t *KafkaTopic[T]) next() (time.Duration, bool) {
	first := t.waves * t.sim.plan.shape.wave
	if first >= len(t.rows) {
		return 0, false
	}
	return t.arrival(first), true
}

func (t *KafkaTopic[T]) put() error {
	for at, ok := t.next(); ok && at <= t.sim.now(); at, ok = t.next() {
		size := t.sim.plan.shape.wave
		from, to := t.waves*size, min((t.waves+1)*size, len(t.rows))
		batches := make([]kafka.ProducerBatch, t.partitions)
		if t.growth.partitions > 0 && t.waves >= t.growth.wave {
			batches = make([]kafka.ProducerBatch, t.growth.partitions)
		}
		for p := range batches {
			batches[p].Partition = kafka.Partition{Topic: t.topic, Number: int32(p)}
		}
		for i := from; i < to; i++ {
			m := t.message(t.rows[i])
			m.Timestamp = worldStart.Add(at)
			batch := &batches[t.partitionOf(i)]
			batch.Messages = append(batch.Messages, m)
		}
		err := t.cluster.cluster.Do(func(b *simlog.Broker, now time.Duration) error {
			b.Grow(t.topic, len(batches))
			return errors.Join(t.transaction(b, batches, false, now), t.transaction(b, batches, true, now))
		})
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		t.waves++
		t.sim.note("%v rows %d to %d of %s arrive", t.sim.now(), from, to, t)
		t.sim.changed()
	}
	return nil
}

// transaction writes batches by the hand of somebody outside.
func (t *KafkaTopic[T]) transaction(b *simlog.Broker, batches []kafka.ProducerBatch, commit bool, now time.Duration) error {
	producer := b.InitProducer("outside/"+t.topic, time.Hour, now)
	for _, batch := range batches {
		if err := b.AddPartitions(producer, []kafka.Partition{batch.Partition}, now); err != nil {
			return err
		}
		if err := b.Produce(producer, batch, now); err != nil {
			return err
		}
	}
	return b.EndTransaction(producer, commit, now)
}

// prefixes are whole waves, as each becomes visible in one step. Partitions that are new
// come a step later than what else arrives with them, or after them, until then.
func (t *KafkaTopic[T]) prefixes() []prefix[T] {
	var all []prefix[T]
	size := t.sim.plan.shape.wave
	for waves := 0; waves*size < len(t.rows)+size; waves++ {
		rows := t.rows[:min(waves*size, len(t.rows))]
		if t.growth.partitions > 0 && waves > t.growth.wave {
			all = append(all, prefix[T]{fmt.Sprintf("%d rows without new partitions", len(rows)), func() []T { return t.old(rows) }})
		}
		all = append(all, prefix[T]{fmt.Sprintf("%d rows", len(rows)), func() []T { return rows }})
	}
	return all
}

// old leaves out the rows of the partitions that were not there in the beginning.
func (t *KafkaTopic[T]) old(rows []T) []T {
	var list []T
	for i, row := range rows {
		if t.partitionOf(i) < t.partitions {
			list = append(list, row)
		}
	}
	return list
}

// KafkaResults is what a reader of committed records sees of an output topic in a
// simulated cluster.
type KafkaResults[T any] struct {
	cluster *Cluster
	topic   string
	parse   func(kafka.Record) (T, error)
}

// KafkaOutput declares a topic that kafka.Sink writes to; parse reads a record of it.
func KafkaOutput[T any](c *Cluster, topic string, partitions int, parse func(kafka.Record) (T, error)) *KafkaResults[T] {
	c.topic(topic, partitions)
	return &KafkaResults[T]{c, topic, parse}
}

func (r *KafkaResults[T]) String() string { return "kafka topic " + r.topic }

// committed returns the batches of the transactions that were committed. One without
// records writes nothing: it stands here as an empty batch, if others follow.
func (r *KafkaResults[T]) committed() ([]written[T], error) {
	var batches []written[T]
	for _, n := range r.cluster.broker.Transactions() {
		records := r.cluster.broker.Records(n, r.topic)
		a, ok := r.cluster.attempt(n)
		if len(records) == 0 {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("transaction %d of topic %s has no token", n, r.topic)
		}
		for last := len(batches) - 1; last >= 0 && batches[last].id+1 < a.batch.Batch; last++ {
			batches = append(batches, written[T]{id: batches[last].id + 1})
		}
		batch := written[T]{id: a.batch.Batch, at: a.batch.Time}
		for _, record := range records {
			row, err := r.parse(record)
			if err != nil {
				return nil, fmt.Errorf("record %d of %s/%d: %w", record.Offset, r.topic, record.Partition, err)
			}
			batch.rows = append(batch.rows, row)
		}
		batches = append(batches, batch)
	}
	return batches, nil
}
