package main

import (
	"context"
	"errors"
	"time"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// runTable counts with the structured API.
func runTable(ctx context.Context, j job) (err error) {
	collections, err := rdd.Open(rdd.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, collections.Close()) }()
	session, err := structured.Open(structured.Options{RDD: collections})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	return session.Stream(source.Kafka(kafka.Source(j.cluster, j.words()))).
		Select(expr.Col("value").Cast(types.String).As("key")).
		GroupBy("key").Agg(expr.Count().Cast(types.String).As("value")).
		Write(sink.Kafka(kafka.Sink(j.cluster, j.counts()))).Mode(sink.Update).
		Trigger(structured.Every(100 * time.Millisecond)).Checkpoint(j.checkpoint).Run(ctx)
}
