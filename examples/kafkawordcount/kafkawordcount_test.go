package main

import (
	"context"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/receiver/kafka/client"
)

// sarama's library of metrics starts a goroutine for the whole process, once.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
}

// TestCounts runs both APIs, each stopped and started again in between.
func TestCounts(t *testing.T) {
	for api, start := range apis {
		t.Run(api, func(t *testing.T) {
			broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, "words", "counts"))
			if err != nil {
				t.Fatal(err)
			}
			defer broker.Close()
			outside, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.ConsumeTopics("counts"), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
			if err != nil {
				t.Fatal(err)
			}
			defer outside.Close()
			j := job{cluster: client.Brokers(broker.ListenAddrs()[0]), in: "words", out: "counts", checkpoint: t.TempDir()}
			want, got := map[string]int{}, map[string]int{}
			for range 2 {
				words := strings.Fields(text)
				for _, word := range words {
					want[word]++
				}
				if err := feed(t.Context(), outside, "words", words); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				ended := make(chan error, 1)
				go func() { ended <- start(ctx, j) }()
				for !maps.Equal(got, want) && ctx.Err() == nil {
					outside.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
						got[string(r.Key)], err = strconv.Atoi(string(r.Value))
					})
				}
				cancel()
				if failed := <-ended; failed != nil || err != nil || !maps.Equal(got, want) {
					t.Fatalf("counts %v, want %v; %v, %v", got, want, failed, err)
				}
			}
		})
	}
}

func TestFlags(t *testing.T) {
	if err := run(t.Context(), "none", "", job{}); err == nil {
		t.Error("an API that there is not: no error")
	}
	if err := run(t.Context(), "table", "localhost:1", job{}); err == nil {
		t.Error("no checkpoint: no error")
	}
}

// TestDemonstration runs the program as it is by default.
func TestDemonstration(t *testing.T) {
	stdout := os.Stdout
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = null
	defer func() { os.Stdout = stdout; _ = null.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := run(ctx, "table", "", job{in: "words", out: "counts"}); err != nil {
		t.Error(err)
	}
}
