package simlog

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// InitProducer makes the caller the producer of a transactional id.
func (b *Broker) InitProducer(name string, timeout, now time.Duration) kafka.Producer {
	b.timeOut(now)
	b.version++
	i := slices.IndexFunc(b.producers, func(p producer) bool { return p.name == name })
	if i < 0 {
		i = len(b.producers)
		b.producers = append(b.producers, producer{name: name, id: int64(1000 + i), epoch: -1})
	}
	p := &b.producers[i]
	b.end(p, aborted)
	p.epoch++
	p.timeout = timeout
	return kafka.Producer{TransactionalID: name, ID: p.id, Epoch: p.epoch}
}

// timeOut aborts the transactions that have been open for too long, and fences their
// producers.
func (b *Broker) timeOut(now time.Duration) {
	for i := range b.producers {
		p := &b.producers[i]
		if t := p.transaction; t > 0 && b.transactions[t-1].outcome == open && now-b.transactions[t-1].began >= p.timeout {
			b.end(p, aborted)
			p.epoch++
			b.timedOut++
		}
	}
}

// TimedOut is the number of transactions that took too long.
func (b *Broker) TimedOut() int { return b.timedOut }

// holder returns the producer if it is still the one of its transactional id.
func (b *Broker) holder(of kafka.Producer, now time.Duration) (*producer, error) {
	b.timeOut(now)
	for i := range b.producers {
		if p := &b.producers[i]; p.id == of.ID && p.name == of.TransactionalID {
			if p.epoch != of.Epoch {
				return nil, fmt.Errorf("producer %s has epoch %d, the request has %d: %w", p.name, p.epoch, of.Epoch, kafka.ErrFenced)
			}
			return p, nil
		}
	}
	return nil, fmt.Errorf("producer %s: %w", of.TransactionalID, ErrTransactionState)
}

// AddPartitions makes partitions part of the producer's transaction.
func (b *Broker) AddPartitions(of kafka.Producer, partitions []kafka.Partition, now time.Duration) error {
	p, err := b.holder(of, now)
	if err != nil {
		return err
	}
	for _, at := range partitions {
		if _, err := b.partition(at); err != nil {
			return err
		}
	}
	b.version++
	if p.transaction == 0 || b.transactions[p.transaction-1].outcome != open {
		b.transactions = append(b.transactions, transaction{began: now, producer: p.id})
		p.transaction = len(b.transactions)
	}
	t := &b.transactions[p.transaction-1]
	t.partitions = slices.Clip(t.partitions)
	for _, at := range partitions {
		if !slices.Contains(t.partitions, at) {
			t.partitions = append(t.partitions, at)
		}
	}
	return nil
}

// Produce appends a batch, unless the partition has it.
func (b *Broker) Produce(of kafka.Producer, batch kafka.ProducerBatch, now time.Duration) error {
	holder, err := b.holder(of, now)
	if err != nil {
		return err
	}
	if holder.transaction == 0 || b.transactions[holder.transaction-1].outcome != open ||
		!slices.Contains(b.transactions[holder.transaction-1].partitions, batch.Partition) {
		return fmt.Errorf("produce to %v, which is not part of a transaction of %s: %w", batch.Partition, of.TransactionalID, ErrTransactionState)
	}
	p, err := b.partition(batch.Partition)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.sequences, func(s sequence) bool { return s.producer == of.ID })
	if i < 0 {
		i = len(p.sequences)
		p.sequences = append(p.sequences, sequence{producer: of.ID, epoch: of.Epoch})
	}
	s := &p.sequences[i]
	if s.epoch != of.Epoch {
		s.epoch, s.next = of.Epoch, 0
	}
	switch {
	case batch.Sequence < s.next:
		return nil
	case batch.Sequence > s.next:
		return fmt.Errorf("%v: sequence %d, expected %d: %w", batch.Partition, batch.Sequence, s.next, ErrSequence)
	}
	s.next += int32(len(batch.Messages))
	b.append(p, batch.Partition, holder.transaction, batch.Messages)
	return nil
}

// EndTransaction commits or aborts. To repeat it is no error.
func (b *Broker) EndTransaction(of kafka.Producer, commit bool, now time.Duration) error {
	p, err := b.holder(of, now)
	if err != nil {
		return err
	}
	decision := aborted
	if commit {
		decision = committed
	}
	if p.transaction == 0 {
		return fmt.Errorf("end of a transaction of %s, which has none: %w", of.TransactionalID, ErrTransactionState)
	}
	switch b.transactions[p.transaction-1].outcome {
	case decision:
		return nil
	case open:
		b.end(p, decision)
		return nil
	}
	return fmt.Errorf("end of a transaction of %s, which has ended otherwise: %w", of.TransactionalID, ErrTransactionState)
}

// end ends the open transaction of a producer, if there is one. Each partition gets a
// marker, which takes an offset.
func (b *Broker) end(p *producer, decision outcome) {
	if p.transaction == 0 || b.transactions[p.transaction-1].outcome != open {
		return
	}
	b.version++
	number := p.transaction
	b.transactions[number-1].outcome = decision
	if decision == committed {
		b.committed = append(slices.Clip(b.committed), number)
	}
	for _, at := range b.transactions[number-1].partitions {
		if p, err := b.partition(at); err == nil {
			p.entries = append(slices.Clip(p.entries), entry{batch: p.end, transaction: number, marker: true, record: kafka.Record{Topic: at.Topic, Partition: at.Number, Offset: p.end}})
			p.end++
		}
	}
}
