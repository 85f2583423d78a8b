package main

import (
	"context"
	"errors"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
)

// runTable counts with the structured API. A line is in each window that its timestamp is
// in; by the watermark, windows that no line can be in any more are forgotten.
func runTable(ctx context.Context, j job) (err error) {
	session, err := structured.Open(structured.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	return session.Stream(source.Socket(j.address)).
		WithWatermark("timestamp", j.slide).
		Select(expr.Col("timestamp"), expr.Explode(expr.Split("value", " ")).As("word")).
		Where(expr.Col("word").Ne("")).
		GroupBy(expr.Window("timestamp", j.length, j.slide), expr.Col("word")).
		Agg(expr.Count().As("count")).
		Select(expr.Col("window").Field("end").As("until"), expr.Col("word"), expr.Col("count")).
		Write(structured.ForEachBatch(func(ctx context.Context, changes structured.DataFrame, _ int64) error {
			counts, err := structured.Collect[count](ctx, changes)
			for _, c := range counts {
				j.tell(c)
			}
			return err
		})).
		Mode(structured.Update).
		Checkpoint(j.checkpoint).
		Run(ctx)
}
