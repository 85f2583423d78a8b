package main

import (
	"context"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// runStream counts with the DStream API.
func runStream(ctx context.Context, j job) error {
	options := dstream.Options{Interval: 100 * time.Millisecond, Checkpoint: j.checkpoint}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		stream.From(dstream.Log(kafka.Source(j.cluster, j.words()))).
			ToPairs(func(r kafka.Record) (string, int) { return string(r.Value), 1 }).
			UpdateStateByKey(add).
			SaveTo(dstream.ToLog(kafka.Sink(j.cluster, j.counts()), message))
		return nil
	})
	if err != nil {
		return err
	}
	return stream.Run(ctx)
}

func add(ones []int, count int, _ bool) (int, bool) { return count + len(ones), true }

func message(p rdd.Pair[string, int]) kafka.Message {
	return kafka.Message{Key: []byte(p.Key), Value: strconv.AppendInt(nil, int64(p.Value), 10)}
}
