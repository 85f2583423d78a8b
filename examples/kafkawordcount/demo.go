package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidewheel/tidewheel/receiver/kafka/client"
)

const text = "the sea rises the sea falls the wheel turns"

// demonstrate starts a broker, feeds it and prints what comes out. The feeder and the
// reader use another client than the job does.
func demonstrate(ctx context.Context, start func(context.Context, job) error, j job) (err error) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, j.in, j.out))
	if err != nil {
		return err
	}
	defer broker.Close()
	if j.checkpoint == "" {
		if j.checkpoint, err = os.MkdirTemp("", "kafkawordcount"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(j.checkpoint)) }()
	}
	j.cluster = client.Brokers(strings.Join(broker.ListenAddrs(), ","))

	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	outside, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.ConsumeTopics(j.out), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return err
	}
	defer outside.Close()
	if err := feed(ctx, outside, j.in, strings.Fields(text)); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- start(ctx, j) }()
	for fetches := outside.PollFetches(ctx); ctx.Err() == nil; fetches = outside.PollFetches(ctx) {
		fetches.EachRecord(func(r *kgo.Record) { fmt.Printf("%s %s\n", r.Key, r.Value) })
	}
	return <-ended
}

// feed writes each word as a record.
func feed(ctx context.Context, outside *kgo.Client, topic string, words []string) error {
	var records []*kgo.Record
	for _, word := range words {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(word)})
	}
	return outside.ProduceSync(ctx, records...).FirstErr()
}
