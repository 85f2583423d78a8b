package simlog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Broker is all that a cluster knows. The zero Broker has no topics. Times are since
// the world began.
type Broker struct {
	topics       []topic // by name
	producers    []producer
	transactions []transaction // by number
	committed    []int         // numbers of transactions, in the order of their commits
	version      uint64        // changes with each change
	timedOut     int           // transactions
	elections    int           // of which the new leaders have answered
	leaderless   int           // requests
}

type topic struct {
	name       string
	partitions []partition
}

// partition is entries with ascending offsets. Entries are never changed in place, so
// clones share them.
type partition struct {
	entries    []entry
	expired    []entry // that were there before start
	start, end int64
	sequences  []sequence // of the producers that have written to it
	leader     leader
}

type entry struct {
	record      kafka.Record
	batch       int64 // the offset of the first entry that was appended with this one
	transaction int   // number; 0: none
	marker      bool  // the end of a transaction, no record
}

type sequence struct {
	producer int64
	epoch    int16
	next     int32
}

type producer struct {
	name        string // transactional id
	id          int64
	epoch       int16
	transaction int // that is open, or the last one; 0: none
	timeout     time.Duration
}

type transaction struct {
	outcome    outcome
	began      time.Duration
	producer   int64
	partitions []kafka.Partition
}

type outcome uint8

const (
	open outcome = iota
	committed
	aborted
)

// ErrTransactionState is the answer to a request that does not fit the state of the
// transaction.
var ErrTransactionState = errors.New("invalid transaction state")

// ErrSequence is the answer to a batch with a sequence that leaves some out.
var ErrSequence = errors.New("sequence out of order")

// Version changes whenever the broker does.
func (b *Broker) Version() uint64 { return b.version }

// Clone returns a broker that changes on its own.
func (b *Broker) Clone() *Broker {
	c := *b
	c.topics = slices.Clone(b.topics)
	for i := range c.topics {
		t := &c.topics[i]
		t.partitions = slices.Clone(t.partitions)
		for j := range t.partitions {
			p := &t.partitions[j]
			p.entries, p.expired, p.sequences = slices.Clip(p.entries), slices.Clip(p.expired), slices.Clone(p.sequences)
		}
	}
	c.producers = slices.Clone(b.producers)
	c.transactions = slices.Clone(b.transactions)
	for i := range c.transactions {
		c.transactions[i].partitions = slices.Clip(c.transactions[i].partitions)
	}
	c.committed = slices.Clip(b.committed)
	return &c
}

// CreateTopic makes a topic unless it exists.
func (b *Broker) CreateTopic(name string, partitions int) {
	i, ok := slices.BinarySearchFunc(b.topics, name, func(t topic, name string) int { return cmp.Compare(t.name, name) })
	if !ok {
		b.version++
		b.topics = slices.Insert(b.topics, i, topic{name, make([]partition, partitions)})
	}
}

// Grow adds partitions to a topic, up to so many.
func (b *Broker) Grow(name string, partitions int) {
	for i := range b.topics {
		if t := &b.topics[i]; t.name == name && len(t.partitions) < partitions {
			b.version++
			t.partitions = append(slices.Clip(t.partitions), make([]partition, partitions-len(t.partitions))...)
		}
	}
}

// Topics returns the topics with these names, or all if names is nil.
func (b *Broker) Topics(names []string) []kafka.Topic {
	var list []kafka.Topic
	for _, t := range b.topics {
		if names == nil || slices.Contains(names, t.name) {
			list = append(list, kafka.Topic{Name: t.name, Partitions: len(t.partitions)})
		}
	}
	return list
}

func (b *Broker) partition(at kafka.Partition) (*partition, error) {
	for i := range b.topics {
		if t := &b.topics[i]; t.name == at.Topic && at.Number >= 0 && int(at.Number) < len(t.partitions) {
			return &t.partitions[at.Number], nil
		}
	}
	return nil, fmt.Errorf("%v: %w", at, kafka.ErrUnknownPartition)
}

// Offset finds a place in a partition.
func (b *Broker) Offset(at kafka.Partition, where kafka.Place) (int64, error) {
	p, err := b.partition(at)
	if err != nil {
		return 0, err
	}
	switch where.Kind {
	case kafka.Earliest:
		return p.start, nil
	case kafka.CommittedEnd:
		return b.stable(p), nil
	case kafka.LogEnd:
		return p.end, nil
	}
	for _, e := range p.entries {
		if !e.marker && !e.record.Timestamp.Before(where.Time.Truncate(time.Millisecond)) {
			return e.record.Offset, nil
		}
	}
	return -1, nil
}

// stable is the offset before which all transactions have ended.
func (b *Broker) stable(p *partition) int64 {
	for _, e := range p.entries {
		if e.transaction > 0 && b.transactions[e.transaction-1].outcome == open {
			return e.record.Offset
		}
	}
	return p.end
}

// fetchEntries is how many entries a fetch gets on by.
const fetchEntries = 2

// Fetch returns records from the batch on that holds the offset.
func (b *Broker) Fetch(at kafka.Partition, offset int64, isolation kafka.Isolation) (kafka.Fetched, error) {
	return b.fetchFrom(at, offset, isolation, false)
}

// fetchFrom returns records from the batch on that holds the offset, or all those before
// it too.
func (b *Broker) fetchFrom(at kafka.Partition, offset int64, isolation kafka.Isolation, all bool) (kafka.Fetched, error) {
	p, err := b.partition(at)
	if err != nil {
		return kafka.Fetched{}, err
	}
	if offset < p.start || offset > p.end {
		return kafka.Fetched{}, fmt.Errorf("%v holds %d to %d, not %d: %w", at, p.start, p.end, offset, kafka.ErrOutOfRange)
	}
	limit := p.end
	if isolation == kafka.ReadCommitted {
		limit = b.stable(p)
	}
	first, _ := slices.BinarySearchFunc(p.entries, offset, func(e entry, offset int64) int { return cmp.Compare(e.record.Offset, offset) })
	from := first
	for from > 0 && (all || first < len(p.entries) && p.entries[from-1].batch == p.entries[first].batch) {
		from--
	}
	got := kafka.Fetched{Next: offset}
	for _, e := range p.entries[from:min(first+fetchEntries, len(p.entries))] {
		if e.record.Offset >= limit {
			break
		}
		got.Next = e.record.Offset + 1
		if e.marker || isolation == kafka.ReadCommitted && e.transaction > 0 && b.transactions[e.transaction-1].outcome == aborted {
			continue
		}
		got.Records = append(got.Records, e.record)
	}
	if first+fetchEntries >= len(p.entries) && limit == p.end {
		got.Next = p.end // what compaction left of the end holds no record
	}
	return got, nil
}

// Append writes messages outside of any transaction.
func (b *Broker) Append(at kafka.Partition, messages ...kafka.Message) error {
	p, err := b.partition(at)
	if err == nil {
		b.append(p, at, 0, messages)
	}
	return err
}

func (b *Broker) append(p *partition, at kafka.Partition, transaction int, messages []kafka.Message) {
	b.version++
	batch := p.end
	p.entries = slices.Clip(p.entries)
	for _, m := range messages {
		p.entries = append(p.entries, entry{batch: batch, transaction: transaction, record: kafka.Record{
			Topic: at.Topic, Partition: at.Number, Offset: p.end, Timestamp: m.Timestamp.Truncate(time.Millisecond), Key: bytes.Clone(m.Key), Value: bytes.Clone(m.Value), Headers: m.Headers,
		}})
		p.end++
	}
}

// Expire removes the records before an offset, as retention does. [Broker.Restore] takes
// that back.
func (b *Broker) Expire(at kafka.Partition, before int64) error {
	p, err := b.partition(at)
	if err != nil {
		return err
	}
	b.version++
	p.start = max(p.start, min(before, p.end))
	for len(p.entries) > 0 && p.entries[0].record.Offset < p.start {
		p.expired = append(slices.Clip(p.expired), p.entries[0])
		p.entries = p.entries[1:]
	}
	return nil
}

// Expired lists the partitions whose first records were removed.
func (b *Broker) Expired() (expired []kafka.Partition) {
	for _, t := range b.topics {
		for i, p := range t.partitions {
			if len(p.expired) > 0 {
				expired = append(expired, kafka.Partition{Topic: t.name, Number: int32(i)})
			}
		}
	}
	return expired
}

// Restore brings back what has expired, as from a copy.
func (b *Broker) Restore() {
	for i := range b.topics {
		for j := range b.topics[i].partitions {
			if p := &b.topics[i].partitions[j]; len(p.expired) > 0 {
				b.version++
				p.entries, p.expired = slices.Concat(p.expired, p.entries), nil
				p.start = p.entries[0].record.Offset
			}
		}
	}
}

// Compact removes, as a compacted topic does, the committed records that later ones
// with the same key replace, and those of aborted transactions.
func (b *Broker) Compact(name string) {
	for i := range b.topics {
		if b.topics[i].name != name {
			continue
		}
		b.version++
		for j := range b.topics[i].partitions {
			b.compact(&b.topics[i].partitions[j])
		}
	}
}

func (b *Broker) compact(p *partition) {
	stable := b.stable(p)
	var kept []entry
	replaced := make(map[string]bool)
	for _, e := range slices.Backward(p.entries) {
		if e.record.Offset < stable {
			dead := e.transaction > 0 && b.transactions[e.transaction-1].outcome == aborted
			if !e.marker && (dead || replaced[string(e.record.Key)]) {
				continue
			}
			if !e.marker {
				replaced[string(e.record.Key)] = true
			}
		}
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	p.entries = kept
}
