package kafka

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
)

// A token is the record by which a writer knows what it has committed. It is written
// in the transaction of its batch to partition 0 of the token topic: key is the
// writer's id, value
//
//	{"batch":7,"time":"2026-01-01T00:00:08Z","epoch":2}
//
// The topic is compacted, so in the end one token of each writer is left.
type token struct {
	Batch int64     `json:"batch"`
	Time  time.Time `json:"time"`
	Epoch uint64    `json:"epoch"`
}

// tokenTopicConfig keeps the topic short: segments end soon, so that they are
// compacted.
var tokenTopicConfig = map[string]string{
	"cleanup.policy":            "compact",
	"segment.bytes":             "16777216",
	"segment.ms":                "3600000",
	"min.cleanable.dirty.ratio": "0.1",
}

func (w *writer) token() Message {
	value, err := json.Marshal(token{w.batch.ID, w.batch.Time.UTC(), w.user.Epoch})
	if err != nil {
		panic(err) // a time has a form, from the year 0 to 9999
	}
	return Message{Key: []byte(w.id), Value: value, Timestamp: w.batch.Time}
}

// A token is looked for in so many offsets at the end of the topic, then in twice as
// many before them, and so on.
const firstWindow = 256

// LastCommitted implements receiver.LogWriter. No transaction of the writer is open
// when it is called. Those of others may be, and what lies behind their first record
// is not readable before they end: LastCommitted waits for that, since the token may
// be there.
func (w *writer) LastCommitted(ctx context.Context) (last receiver.LogBatch, ok bool, err error) {
	partition := Partition{w.options.TokenTopic, 0}
	to, err := w.tokenEnd(ctx, partition)
	if err != nil {
		return last, false, err
	}
	earliest, err := ask(ctx, w.client, w.retry, []Partition{partition}, Place{Kind: Earliest})
	if err != nil {
		return last, false, err
	}
	for window := int64(firstWindow); to > earliest[0].offset; window *= 2 {
		from := max(earliest[0].offset, to-window)
		found, err := w.findToken(ctx, partition, from, to)
		if err != nil {
			return last, false, fmt.Errorf("kafka: token of writer %s: %w", w.id, err)
		}
		if found != nil {
			if found.Epoch > w.user.Epoch {
				return last, false, fmt.Errorf("kafka: writer %s of run %d: run %d has committed batch %d: %w", w.id, w.user.Epoch, found.Epoch, found.Batch, ErrFenced)
			}
			return receiver.LogBatch{ID: found.Batch, Time: found.Time}, true, nil
		}
		to = from
	}
	return last, false, nil
}

// tokenEnd is the end of the topic, once it can be read so far.
func (w *writer) tokenEnd(ctx context.Context, partition Partition) (int64, error) {
	end, err := ask(ctx, w.client, w.retry, []Partition{partition}, Place{Kind: LogEnd})
	if err != nil {
		return 0, err
	}
	began, pause := w.user.Env.Mono(), minPause
	for {
		committed, err := ask(ctx, w.client, w.retry, []Partition{partition}, Place{Kind: CommittedEnd})
		if err != nil {
			return 0, err
		}
		if committed[0].offset >= end[0].offset {
			return end[0].offset, nil
		}
		if waited := w.user.Env.Mono() - began; waited > w.options.TransactionTimeout+w.options.RetryFor {
			return 0, fmt.Errorf("kafka: topic %s: a transaction of another writer has been open for %s", partition.Topic, waited)
		}
		if err := w.user.Env.Park(ctx, pause); err != nil {
			return 0, err
		}
		pause = min(2*pause, maxPause)
	}
}

// findToken returns the writer's last token between two offsets, or nil.
func (w *writer) findToken(ctx context.Context, partition Partition, from, to int64) (last *token, err error) {
	gone := func(*DataLossError) error { return nil } // compaction keeps the last token
	f := fetcher{client: w.client, retry: w.retry, partition: partition, next: from, to: to, lose: gone}
	for records, err := range f.records(ctx) {
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if string(r.Key) != w.id {
				continue
			}
			t := new(token)
			if err := json.Unmarshal(r.Value, t); err != nil {
				return nil, errors.Join(fmt.Errorf("record %d of %s is not a token", r.Offset, partition), err)
			}
			last = t
		}
	}
	return last, nil
}
