package kafka

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/receiver"
)

// writer writes batches as transactions. The steps, and what a crash after each of
// them leaves for the next writer:
//
//	init the producer       nothing is open, nobody older can write
//	add partitions, produce an open transaction; init aborts it
//	produce the token       the same
//	end the transaction     the batch is committed, and its token says so: to readers
//	                        of committed records both appear together
type writer struct {
	options SinkOptions
	user    receiver.LogUser
	id      string
	retry   retrier
	client  Client

	producer  Producer
	sequences map[Partition]int32 // of the producer's next message
	failed    error
	transaction
	topics map[string]int // number of partitions, by topic
	dealt  int            // messages without a key so far in the batch
}

// transaction is what the producer has open.
type transaction struct {
	batch    receiver.LogBatch
	prepared bool
	added    []Partition // that are part of it
}

const (
	// A request appends at most about so many bytes to a partition; brokers refuse
	// batches of more than 1 MiB unless they are told otherwise.
	maxBatchBytes = 900 << 10

	// So much is kept before it is sent, over all partitions.
	maxPending = 8 << 20

	messageOverhead = 24 // bytes, at most, of what surrounds key, value and headers
)

// Prepare implements receiver.LogWriter.
func (w *writer) Prepare(ctx context.Context, batch receiver.LogBatch, records iter.Seq2[[]Message, error]) error {
	if err := w.Abort(ctx); err != nil {
		return err
	}
	w.batch, w.prepared, w.dealt = batch, true, 0
	if mutate.On(26) {
		if err := w.commitTokenAlone(ctx); err != nil {
			return err
		}
	}
	pending := newPending()
	for chunk, err := range records {
		if err != nil {
			return err
		}
		for _, message := range chunk {
			if err := w.route(ctx, &message); err != nil {
				return fmt.Errorf("kafka: batch %d: %w", batch.ID, err)
			}
			if pending.add(Partition{message.Topic, *message.Partition}, message) {
				if err := w.send(ctx, pending); err != nil {
					return err
				}
			}
		}
	}
	return w.send(ctx, pending)
}

// route completes a message: its topic, partition and time.
func (w *writer) route(ctx context.Context, m *Message) error {
	if w.options.Topic != "" {
		m.Topic = w.options.Topic
	}
	if m.Topic == "" {
		return errors.New("a message names no topic: set SinkOptions.Topic, or the topic of each message")
	}
	if m.Topic == w.options.TokenTopic {
		return fmt.Errorf("topic %s holds which batches are committed and takes no messages", m.Topic)
	}
	if m.Timestamp.IsZero() {
		m.Timestamp = w.batch.Time
	}
	partitions, err := w.partitions(ctx, m.Topic)
	if err != nil {
		return err
	}
	if m.Partition != nil {
		if *m.Partition < 0 || int(*m.Partition) >= partitions {
			return fmt.Errorf("%w: %s has partitions 0 to %d, a message is for %d", ErrUnknownPartition, m.Topic, partitions-1, *m.Partition)
		}
		return nil
	}
	var chosen int32
	if m.Key != nil {
		chosen = partitionOf(m.Key, partitions)
	} else {
		chosen = int32(w.dealt % partitions)
		w.dealt++
	}
	m.Partition = &chosen
	return nil
}

func (w *writer) partitions(ctx context.Context, topic string) (int, error) {
	if n := w.topics[topic]; n > 0 {
		return n, nil
	}
	err := w.retry.do(ctx, func() error {
		topics, err := w.client.Topics(ctx, []string{topic})
		if err == nil && len(topics) == 1 {
			w.topics[topic] = topics[0].Partitions
		}
		return err
	})
	if err == nil && w.topics[topic] == 0 {
		err = ErrUnknownPartition
	}
	if err != nil {
		return 0, fmt.Errorf("topic %s: %w", topic, err)
	}
	return w.topics[topic], nil
}

// send appends what is pending, a batch for each partition at a time.
func (w *writer) send(ctx context.Context, p *pending) error {
	for len(p.order) > 0 {
		var batches []ProducerBatch
		var fresh []Partition
		for _, partition := range p.order {
			messages := p.take(partition)
			batches = append(batches, ProducerBatch{partition, w.sequences[partition], messages})
			if !slices.Contains(w.added, partition) {
				fresh = append(fresh, partition)
			}
		}
		p.drop()
		if err := w.produce(ctx, fresh, batches); err != nil {
			return fmt.Errorf("kafka: write batch %d: %w", w.batch.ID, err)
		}
	}
	return nil
}

func (w *writer) produce(ctx context.Context, fresh []Partition, batches []ProducerBatch) error {
	if len(fresh) > 0 {
		w.added = append(w.added, fresh...) // after an error too they may be part of it
		err := w.do(ctx, func() error { return w.client.AddPartitions(ctx, w.producer, fresh) })
		if err != nil {
			return err
		}
	}
	err := w.do(ctx, func() error { return w.client.Produce(ctx, w.producer, batches) })
	if err != nil {
		return err
	}
	for _, b := range batches {
		w.sequences[b.Partition] = nextSequence(b.Sequence, len(b.Messages))
	}
	return nil
}

// nextSequence counts in 31 bits, as the brokers do.
func nextSequence(sequence int32, n int) int32 {
	return int32((int64(sequence) + int64(n)) & (1<<31 - 1))
}

// Commit implements receiver.LogWriter.
func (w *writer) Commit(ctx context.Context) error {
	if !w.prepared {
		return nil
	}
	if len(w.added) == 0 { // no message; a run of the same batch has none either
		w.transaction = transaction{}
		return nil
	}
	if err := w.produceToken(ctx); err != nil {
		return err
	}
	if err := w.endTransaction(ctx, true); err != nil {
		return fmt.Errorf("kafka: commit batch %d: %w", w.batch.ID, err)
	}
	w.transaction = transaction{}
	return nil
}

func (w *writer) produceToken(ctx context.Context) error {
	token := Partition{w.options.TokenTopic, 0}
	batches := []ProducerBatch{{token, w.sequences[token], []Message{w.token()}}}
	if err := w.produce(ctx, []Partition{token}, batches); err != nil {
		return fmt.Errorf("kafka: write the token of batch %d: %w", w.batch.ID, err)
	}
	return nil
}

// commitTokenAlone is a planted bug: a transaction with nothing but the batch's token.
func (w *writer) commitTokenAlone(ctx context.Context) error {
	if err := w.produceToken(ctx); err != nil {
		return err
	}
	w.added = nil
	return w.endTransaction(ctx, true)
}

// endTransaction commits or aborts. What becomes of a transaction whose end was not
// answered is found out by the next writer: it is over once that one has taken over,
// and the token tells how.
func (w *writer) endTransaction(ctx context.Context, commit bool) error {
	return w.do(ctx, func() error { return w.client.EndTransaction(ctx, w.producer, commit) })
}

// do makes a request that changes something. If it fails for good, nobody knows what
// the brokers have, and the writer can only be closed.
func (w *writer) do(ctx context.Context, request func() error) error {
	if w.failed != nil {
		return fmt.Errorf("the writer has failed before and must be opened again: %w", w.failed)
	}
	w.failed = w.retry.do(ctx, request)
	return w.failed
}

// Abort implements receiver.LogWriter.
func (w *writer) Abort(ctx context.Context) error {
	if len(w.added) > 0 {
		if err := w.endTransaction(ctx, false); err != nil {
			return fmt.Errorf("kafka: abort batch %d: %w", w.batch.ID, err)
		}
	}
	w.transaction = transaction{}
	return nil
}

// Close implements receiver.LogWriter. A transaction that cannot be aborted now
// times out, or is aborted by the next writer.
func (w *writer) Close() error {
	if w.client == nil {
		return nil
	}
	client := w.client
	if len(w.added) > 0 {
		_ = client.EndTransaction(context.Background(), w.producer, false)
	}
	w.client, w.transaction = nil, transaction{}
	return client.Close()
}

// pending is messages that are to be sent, by partition in the order of the first.
type pending struct {
	order    []Partition
	messages map[Partition][]Message
	bytes    int
}

func newPending() *pending { return &pending{messages: make(map[Partition][]Message)} }

// add keeps a message and says whether it is time to send.
func (p *pending) add(partition Partition, m Message) (full bool) {
	list := p.messages[partition]
	if len(list) == 0 {
		p.order = append(p.order, partition)
	}
	p.messages[partition] = append(list, m)
	p.bytes += m.size()
	return p.bytes >= maxPending
}

// take removes as many messages of a partition as one request may have.
func (p *pending) take(partition Partition) []Message {
	list := p.messages[partition]
	n, bytes := 0, 0
	for n < len(list) && (n == 0 || bytes+list[n].size() <= maxBatchBytes) {
		bytes += list[n].size()
		n++
	}
	p.messages[partition] = list[n:]
	p.bytes -= bytes
	return list[:n:n]
}

// drop forgets the partitions that have nothing left.
func (p *pending) drop() {
	p.order = slices.DeleteFunc(p.order, func(partition Partition) bool {
		if len(p.messages[partition]) > 0 {
			return false
		}
		delete(p.messages, partition)
		return true
	})
}

func (m *Message) size() int {
	size := messageOverhead + len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		size += messageOverhead + len(h.Key) + len(h.Value)
	}
	return size
}
