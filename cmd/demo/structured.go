package main

import (
	"context"
	"errors"
	"time"

	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
)

// runStructured appends the counts that each batch has changed to a ledger, which
// knows by the batch's number whether it has it already.
func runStructured(ctx context.Context, p place) error {
	session, err := structured.Open(structured.Options{})
	if err != nil {
		return err
	}
	ledger, err := wordcount.OpenLedger(p.of("structured", "ledger"))
	if err != nil {
		return errors.Join(err, session.Close())
	}
	err = runQuery(ctx, p, session, ledger)
	return errors.Join(err, session.Close(), ledger.Close())
}

func runQuery(ctx context.Context, p place, session *structured.Session, ledger *wordcount.Ledger) error {
	if _, err := session.Listen(structured.Listener{Progress: func(done structured.Progress) {
		now := progress{Batch: done.BatchID, Rows: done.NumInputRows, Took: done.DurationMs.Total}
		for _, operator := range done.Operators {
			now.State += operator.NumRowsTotal
		}
		report(now)
	}}); err != nil {
		return err
	}
	sent := session.Stream(source.Socket(p.socket("structured"), receiver.Options{BlockInterval: blockInterval})).Select("value")
	query, err := wordcount.Structured(session.Stream(source.TextFiles(p.in())).Union(sent)).
		Write(structured.ForEachBatch(func(ctx context.Context, changes structured.DataFrame, id int64) error {
			counts, err := structured.Collect[wordcount.Count](ctx, changes)
			if err != nil {
				return err
			}
			return ledger.Add(id, counts)
		})).
		Mode(structured.Update).
		Trigger(structured.Every(20 * time.Millisecond)).
		Checkpoint(p.of("structured", "checkpoint")).
		Start(ctx)
	if err != nil {
		return err
	}
	if err := untilFed(ctx, p, query.Wait); err != nil {
		return err
	}
	return errors.Join(query.ProcessAllAvailable(ctx), query.Stop(ctx))
}
