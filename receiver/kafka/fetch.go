package kafka

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/receiver"
)

// read is the range of a partition.
func (r *reader) read(partition Partition, from, to int64) receiver.LogRange[Record] {
	return func(ctx context.Context) iter.Seq2[[]Record, error] {
		f := fetcher{client: r.client, retry: r.retry, isolation: r.options.Isolation, partition: partition, next: from, to: to, lose: r.lose}
		return f.records(ctx)
	}
}

// fetcher reads the records of a partition from an offset to another. Brokers answer
// with more or less than was asked for: batches that begin before the offset, batches
// again after a change of leader, nothing at all. So what counts is the offset of the
// next record, which only ever grows.
type fetcher struct {
	client    Client
	retry     retrier
	isolation Isolation
	partition Partition
	next, to  int64
	lose      func(*DataLossError) error
	again     bool // whether the last fetch had to be repeated
}

func (f *fetcher) records(ctx context.Context) iter.Seq2[[]Record, error] {
	return func(yield func([]Record, error) bool) {
		for f.next < f.to {
			records, err := f.fetch(ctx)
			if err != nil {
				yield(nil, fmt.Errorf("kafka: fetch %s from %d: %w", f.partition, f.next, err))
				return
			}
			if len(records) > 0 && !yield(records, nil) {
				return
			}
		}
	}
}

// fetch gets on in the partition, with or without records.
func (f *fetcher) fetch(ctx context.Context) (records []Record, err error) {
	var got Fetched
	f.again = false
	began, pause := f.retry.env.Mono(), minPause
	for {
		err := f.retry.do(ctx, func() (err error) {
			got, err = f.client.Fetch(ctx, f.partition, f.next, f.isolation)
			f.again = f.again || err != nil
			return err
		})
		if errors.Is(err, ErrOutOfRange) {
			got = Fetched{}
			var skipped bool
			if skipped, err = f.skip(ctx); skipped {
				return nil, err
			}
		}
		if err != nil {
			return nil, err
		}
		if got.Next > f.next {
			return f.accept(got), nil
		}
		if waited := f.retry.env.Mono() - began; waited+pause > f.retry.limit {
			return nil, fmt.Errorf("no answer in %s that goes beyond the offset, though the log went up to %d", waited.Round(time.Millisecond), f.to)
		}
		if err := f.retry.env.Park(ctx, pause); err != nil {
			return nil, err
		}
		pause = min(2*pause, maxPause)
	}
}

// accept takes the records that were not there before and belong to the range.
func (f *fetcher) accept(got Fetched) []Record {
	records := got.Records
	for len(records) > 0 && records[0].Offset < f.next && !(f.again && mutate.On(23)) {
		records = records[1:]
	}
	for len(records) > 0 && records[len(records)-1].Offset >= f.to {
		records = records[:len(records)-1]
	}
	f.next = got.Next
	return records
}

// skip goes on with the first record there is, if that is allowed. It does nothing if
// the offset is in range after all: a new leader may have answered that did not know
// yet how far its log goes.
func (f *fetcher) skip(ctx context.Context) (skipped bool, err error) {
	partition := []Partition{f.partition}
	earliest, err := ask(ctx, f.client, f.retry, partition, Place{Kind: Earliest})
	if err != nil {
		return false, err
	}
	end, err := ask(ctx, f.client, f.retry, partition, Place{Kind: LogEnd})
	if err != nil {
		return false, err
	}
	lost := &DataLossError{f.partition, f.next, min(max(earliest[0].offset, f.next), f.to), "retention has removed them"}
	switch {
	case earliest[0].offset > f.next:
	case end[0].offset >= f.next:
		return false, nil
	default:
		lost.To, lost.Why = f.to, "the log ends before them: it was cut, or the topic was made anew"
	}
	f.next = lost.To
	return true, f.lose(lost)
}
