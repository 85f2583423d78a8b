package main

import (
	"context"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// runStream counts with the DStream API, in four batches a slide. The window moves on by
// what came and what left.
func runStream(ctx context.Context, j job) error {
	options := dstream.Options{Interval: j.slide / 4, Checkpoint: j.checkpoint}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		stream.Receive(receiver.Socket(j.address)).
			FlatMapSeq(strings.FieldsSeq).
			ToPairs(func(word string) (string, int64) { return word, 1 }).
			ReduceByKeyAndWindow(add, dstream.Window{Length: j.length, Slide: j.slide},
				dstream.Inverse(subtract), dstream.Keep(func(n int64) bool { return n != 0 })).
			ForEachRDD(func(ctx context.Context, counts rdd.Pairs[string, int64], until time.Time) error {
				all, err := counts.Collect(ctx)
				for _, pair := range all {
					j.tell(count{until, pair.Key, pair.Value})
				}
				return err
			})
		return nil
	})
	if err != nil {
		return err
	}
	return stream.Run(ctx)
}

func add(a, b int64) int64 { return a + b }

func subtract(all, leaving int64) int64 { return all - leaving }
