package main

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
)

// runDStream writes the counts of each batch to exactly-once files. The counts of all
// batches, which the stream keeps as state, are written when the files are all there.
func runDStream(ctx context.Context, p place) error {
	var rows atomic.Int64 // since the last report; a task that is tried again counts twice
	var ending atomic.Bool
	options := dstream.Options{
		Interval:   30 * time.Millisecond,
		Checkpoint: p.of("dstream", "checkpoint"),
	}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		lines := stream.From(dstream.TextFiles(p.in())).
			Union(stream.Receive(receiver.Socket(p.socket("dstream")), receiver.Options{BlockInterval: blockInterval})).
			Map(func(line string) string { rows.Add(1); return line })
		batch, total := wordcount.DStream(lines)
		batch.SaveTo(dstream.Files(p.of("dstream", "counts"), wordcount.Line))
		saved := false
		total.ForEachRDD(func(ctx context.Context, counts rdd.Pairs[string, int64], _ time.Time) error {
			if !ending.Load() || saved && rows.Load() == 0 { // without rows it is as it was
				return nil
			}
			lines, err := counts.Map(rdd.MakePair).Map(wordcount.Line).Collect(ctx)
			if err != nil {
				return err
			}
			saved = true
			return replaceFile(p.of("dstream", "total"), strings.Join(lines, "\n"))
		})
		return nil
	})
	if err != nil {
		return err
	}
	stream.Listen(dstream.Listener{BatchCompleted: func(done dstream.Progress) {
		report(progress{Batch: done.Batch, Rows: rows.Swap(0), Took: done.Duration, State: done.State})
	}})
	if err := stream.Start(ctx); err != nil {
		return err
	}
	if err := untilFed(ctx, p, stream.Wait); err != nil {
		return errors.Join(err, stream.Close())
	}
	ending.Store(true)
	return errors.Join(stream.Drain(ctx), stream.Wait(ctx))
}
