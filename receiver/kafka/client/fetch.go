package client

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/IBM/sarama"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Offsets implements kafka.Client, with one request to each leader.
func (c *client) Offsets(_ context.Context, partitions []kafka.Partition, at kafka.Place) ([]int64, error) {
	type asked struct {
		broker    *sarama.Broker
		request   *sarama.OffsetRequest
		positions []int
	}
	moment := sarama.OffsetNewest
	switch at.Kind {
	case kafka.Earliest:
		moment = sarama.OffsetOldest
	case kafka.FirstAt:
		moment = at.Time.UnixMilli()
	}
	var requests []*asked
	for i, p := range partitions {
		broker, err := c.leader(p)
		if err != nil {
			return nil, err
		}
		n := slices.IndexFunc(requests, func(a *asked) bool { return a.broker.ID() == broker.ID() })
		if n < 0 {
			n = len(requests)
			request := sarama.NewOffsetRequest(c.config.Version)
			if at.Kind == kafka.CommittedEnd {
				request.IsolationLevel = sarama.ReadCommitted
			}
			requests = append(requests, &asked{broker: broker, request: request})
		}
		requests[n].request.AddBlock(p.Topic, p.Number, moment, 1)
		requests[n].positions = append(requests[n].positions, i)
	}
	offsets := make([]int64, len(partitions))
	for _, a := range requests {
		answer, err := a.broker.GetAvailableOffsets(a.request)
		if err != nil {
			return nil, c.unanswered(a.broker, err, topicsOf(partitions)...)
		}
		for _, i := range a.positions {
			block := answer.GetBlock(partitions[i].Topic, partitions[i].Number)
			switch {
			case block == nil:
				return nil, c.unanswered(a.broker, sarama.ErrIncompleteResponse, partitions[i].Topic)
			case block.Err != sarama.ErrNoError:
				return nil, c.refused(partitions[i], block.Err)
			}
			offsets[i] = block.Offset
		}
	}
	return offsets, nil
}

func topicsOf(partitions []kafka.Partition) []string {
	var names []string
	for _, p := range partitions {
		names = append(names, p.Topic)
	}
	return sorted(names)
}

// Fetch implements kafka.Client.
func (c *client) Fetch(_ context.Context, p kafka.Partition, offset int64, isolation kafka.Isolation) (kafka.Fetched, error) {
	broker, err := c.leader(p)
	if err != nil {
		return kafka.Fetched{}, err
	}
	request := &sarama.FetchRequest{
		Version: 11, MinBytes: 1, MaxBytes: c.fetchBytes, MaxWaitTime: int32(fetchWait.Milliseconds()),
		SessionEpoch: -1, // no session
		RackID:       c.config.RackID,
	}
	if isolation == kafka.ReadCommitted {
		request.Isolation = sarama.ReadCommitted
	}
	request.AddBlock(p.Topic, p.Number, offset, c.fetchBytes, -1)
	answer, err := broker.Fetch(request)
	if err != nil {
		return kafka.Fetched{}, c.unanswered(broker, err, p.Topic)
	}
	block := answer.GetBlock(p.Topic, p.Number)
	switch {
	case block == nil:
		return kafka.Fetched{}, c.unanswered(broker, sarama.ErrIncompleteResponse, p.Topic)
	case block.Err != sarama.ErrNoError:
		return kafka.Fetched{}, c.refused(p, block.Err)
	}
	return decode(p, offset, block)
}

// decode takes the records out of an answer. Brokers send aborted transactions too,
// and with them a list of these: which producer, from which offset on; each ends with
// an abort marker of the producer.
func decode(p kafka.Partition, offset int64, block *sarama.FetchResponseBlock) (kafka.Fetched, error) {
	got := kafka.Fetched{Next: offset}
	count := 0
	for _, set := range block.RecordsSet {
		if set.RecordBatch == nil {
			return got, fmt.Errorf("%v, offset %d: %w", p, offset, errOldFormat)
		}
		count += len(set.RecordBatch.Records)
	}
	got.Records = make([]kafka.Record, 0, count)
	coming := slices.Clone(block.AbortedTransactions)
	slices.SortFunc(coming, func(a, b *sarama.AbortedTransaction) int { return int(min(1, max(-1, a.FirstOffset-b.FirstOffset))) })
	aborted := make(map[int64]bool) // producers within a transaction that was aborted
	for _, set := range block.RecordsSet {
		batch := set.RecordBatch
		if batch.PartialTrailingRecord {
			break
		}
		for len(coming) > 0 && coming[0].FirstOffset <= batch.LastOffset() {
			aborted[coming[0].ProducerID] = true
			coming = coming[1:]
		}
		got.Next = max(got.Next, batch.LastOffset()+1)
		switch {
		case batch.Control:
			if isAbort(batch) {
				delete(aborted, batch.ProducerID)
			}
		case batch.IsTransactional && aborted[batch.ProducerID]:
		default:
			got.Records = appendRecords(got.Records, p, batch)
		}
	}
	return got, nil
}

var errOldFormat = errors.New("records in a format older than Kafka 0.11, which is not read")

// isAbort says whether a control batch ends its transaction by aborting it. The key of
// a control record is its version and its type, two bytes each.
func isAbort(batch *sarama.RecordBatch) bool {
	const abort = 0
	return len(batch.Records) == 1 && len(batch.Records[0].Key) >= 4 && binary.BigEndian.Uint16(batch.Records[0].Key[2:]) == abort
}

func appendRecords(list []kafka.Record, p kafka.Partition, batch *sarama.RecordBatch) []kafka.Record {
	for _, r := range batch.Records {
		record := kafka.Record{
			Topic: p.Topic, Partition: p.Number, Offset: batch.FirstOffset + r.OffsetDelta,
			Timestamp: batch.FirstTimestamp.Add(r.TimestampDelta), LogAppendTime: batch.LogAppendTime,
			Key: r.Key, Value: r.Value,
		}
		if batch.LogAppendTime {
			record.Timestamp = batch.MaxTimestamp
		}
		for _, h := range r.Headers {
			record.Headers = append(record.Headers, kafka.Header{Key: string(h.Key), Value: h.Value})
		}
		list = append(list, record)
	}
	return list
}

// timestampRange returns the first timestamp of messages and the largest.
func timestampRange(messages []kafka.Message) (first, largest time.Time) {
	first = messages[0].Timestamp.Truncate(time.Millisecond)
	largest = first
	for _, m := range messages[1:] {
		if m.Timestamp.After(largest) {
			largest = m.Timestamp
		}
	}
	return first, largest
}
