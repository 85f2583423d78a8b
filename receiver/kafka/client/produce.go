package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/IBM/sarama"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// coordinated makes a request to the coordinator of a transactional id.
func (c *client) coordinated(id string, request func(*sarama.Broker) (sarama.KError, error)) error {
	broker, err := c.sarama.TransactionCoordinator(id)
	if err != nil {
		return fmt.Errorf("transaction coordinator: %w", classify(err))
	}
	code, err := request(broker)
	if err == nil && code == sarama.ErrNoError {
		return nil
	}
	if err == nil {
		err = classify(code)
	} else {
		err = c.unanswered(broker, err)
	}
	if code != sarama.ErrConcurrentTransactions {
		// Whether this helps, the next request will see.
		_ = c.sarama.RefreshTransactionCoordinator(id)
	}
	return fmt.Errorf("transactional id %s: %w", id, err)
}

// InitProducer implements kafka.Client.
func (c *client) InitProducer(_ context.Context, id string, timeout time.Duration) (kafka.Producer, error) {
	producer := kafka.Producer{TransactionalID: id}
	err := c.coordinated(id, func(broker *sarama.Broker) (sarama.KError, error) {
		answer, err := broker.InitProducerID(&sarama.InitProducerIDRequest{
			Version: 4, TransactionalID: &id, TransactionTimeout: timeout, ProducerID: -1, ProducerEpoch: -1,
		})
		if err != nil {
			return 0, err
		}
		producer.ID, producer.Epoch = answer.ProducerID, answer.ProducerEpoch
		return answer.Err, nil
	})
	return producer, err
}

// AddPartitions implements kafka.Client.
func (c *client) AddPartitions(_ context.Context, producer kafka.Producer, partitions []kafka.Partition) error {
	request := &sarama.AddPartitionsToTxnRequest{
		Version: 3, TransactionalID: producer.TransactionalID, ProducerID: producer.ID, ProducerEpoch: producer.Epoch,
		TopicPartitions: make(map[string][]int32),
	}
	for _, p := range partitions {
		request.TopicPartitions[p.Topic] = append(request.TopicPartitions[p.Topic], p.Number)
	}
	return c.coordinated(producer.TransactionalID, func(broker *sarama.Broker) (sarama.KError, error) {
		answer, err := broker.AddPartitionsToTxn(request)
		if err != nil {
			return 0, err
		}
		// If one partition is refused, the others are "not attempted".
		code := sarama.ErrNoError
		for _, errors := range answer.Errors {
			for _, e := range errors {
				if e.Err != sarama.ErrNoError && (code == sarama.ErrNoError || code == sarama.ErrOperationNotAttempted) {
					code = e.Err
				}
			}
		}
		return code, nil
	})
}

// EndTransaction implements kafka.Client.
func (c *client) EndTransaction(_ context.Context, producer kafka.Producer, commit bool) error {
	return c.coordinated(producer.TransactionalID, func(broker *sarama.Broker) (sarama.KError, error) {
		answer, err := broker.EndTxn(&sarama.EndTxnRequest{
			Version: 3, TransactionalID: producer.TransactionalID, ProducerID: producer.ID, ProducerEpoch: producer.Epoch, TransactionResult: commit,
		})
		if err != nil {
			return 0, err
		}
		return answer.Err, nil
	})
}

// Produce implements kafka.Client, with one request to each leader.
func (c *client) Produce(_ context.Context, producer kafka.Producer, batches []kafka.ProducerBatch) error {
	type asked struct {
		broker  *sarama.Broker
		request *sarama.ProduceRequest
		batches []kafka.ProducerBatch
	}
	var requests []*asked
	for _, batch := range batches {
		broker, err := c.leader(batch.Partition)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(requests, func(a *asked) bool { return a.broker.ID() == broker.ID() })
		if n < 0 {
			n = len(requests)
			requests = append(requests, &asked{broker: broker, request: &sarama.ProduceRequest{
				Version: 7, TransactionalID: &producer.TransactionalID, RequiredAcks: sarama.WaitForAll, Timeout: int32(produceTimeout.Milliseconds()),
			}})
		}
		requests[n].request.AddBatch(batch.Partition.Topic, batch.Partition.Number, c.encode(producer, batch))
		requests[n].batches = append(requests[n].batches, batch)
	}
	for _, a := range requests {
		answer, err := a.broker.Produce(a.request)
		if err != nil {
			return c.unanswered(a.broker, err, batchTopics(a.batches)...)
		}
		for _, batch := range a.batches {
			block := answer.GetBlock(batch.Partition.Topic, batch.Partition.Number)
			switch {
			case block == nil:
				return c.unanswered(a.broker, sarama.ErrIncompleteResponse, batch.Partition.Topic)
			case block.Err != sarama.ErrNoError && block.Err != sarama.ErrDuplicateSequenceNumber:
				return c.refused(batch.Partition, block.Err)
			}
		}
	}
	return nil
}

func batchTopics(batches []kafka.ProducerBatch) []string {
	var partitions []kafka.Partition
	for _, b := range batches {
		partitions = append(partitions, b.Partition)
	}
	return topicsOf(partitions)
}

// encode makes a record batch.
func (c *client) encode(producer kafka.Producer, batch kafka.ProducerBatch) *sarama.RecordBatch {
	n := len(batch.Messages)
	records, pointers := make([]sarama.Record, n), make([]*sarama.Record, n)
	first, largest := timestampRange(batch.Messages)
	for i := range batch.Messages {
		m := &batch.Messages[i]
		records[i] = sarama.Record{OffsetDelta: int64(i), TimestampDelta: m.Timestamp.Sub(first), Key: m.Key, Value: m.Value}
		for _, h := range m.Headers {
			records[i].Headers = append(records[i].Headers, &sarama.RecordHeader{Key: []byte(h.Key), Value: h.Value})
		}
		pointers[i] = &records[i]
	}
	return &sarama.RecordBatch{
		Version: 2, Codec: c.config.Producer.Compression, CompressionLevel: c.config.Producer.CompressionLevel,
		FirstTimestamp: first, MaxTimestamp: largest, LastOffsetDelta: int32(n - 1),
		ProducerID: producer.ID, ProducerEpoch: producer.Epoch, FirstSequence: batch.Sequence, IsTransactional: true,
		Records: pointers,
	}
}
