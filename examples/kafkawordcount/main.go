// Command kafkawordcount counts the words of a Kafka topic and writes each count that
// changes to another one, exactly once: killed at any moment and started again, it
// goes on, and a reader of committed records sees every batch once.
//
//	go run ./examples/kafkawordcount                       with a broker in this process, fed for a few seconds
//	go run ./examples/kafkawordcount -api stream           with the DStream API
//	go run ./examples/kafkawordcount -brokers HOST:PORT -in words -out counts -checkpoint DIR
//
// With -brokers the topics must exist, and the program runs until it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/client"
)

// job is what the program does, in both APIs.
type job struct {
	cluster    kafka.Cluster
	in, out    string // topics
	checkpoint string // directory
}

// words is the input: all of it, from the first record that the topic holds.
func (j job) words() kafka.SourceOptions {
	return kafka.SourceOptions{Subscribe: []string{j.in}, Start: kafka.FromEarliest()}
}

// counts is the output.
func (j job) counts() kafka.SinkOptions { return kafka.SinkOptions{Topic: j.out} }

var apis = map[string]func(context.Context, job) error{"stream": runStream, "table": runTable}

func main() {
	api := flag.String("api", "table", "stream or table")
	brokers := flag.String("brokers", "", "addresses of Kafka brokers; empty starts one in this process")
	in := flag.String("in", "words", "topic to read")
	out := flag.String("out", "counts", "topic to write")
	checkpoint := flag.String("checkpoint", "", "directory of the progress; required with -brokers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *api, *brokers, job{in: *in, out: *out, checkpoint: *checkpoint}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, api, brokers string, j job) error {
	start, ok := apis[api]
	switch {
	case !ok:
		return fmt.Errorf("-api %s: there are stream and table", api)
	case brokers == "":
		return demonstrate(ctx, start, j)
	case j.checkpoint == "":
		return fmt.Errorf("-checkpoint is required: without it the counts would begin anew at each start")
	}
	j.cluster = client.Brokers(brokers)
	return start(ctx, j)
}
