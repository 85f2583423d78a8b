//go:build e2e

// Package kafka_test runs the job of examples/kafkawordcount as a process of its own,
// on a real broker, and kills it again and again. The variable KAFKA names the
// broker; see broker.sh.
package kafka_test

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

const (
	kills    = 20
	round    = 200 // words written before each kill
	lifetime = 3 * time.Second
)

var vocabulary = []string{"sea", "tide", "wheel", "moon", "salt", "sand", "gull"}

func TestKilledJob(t *testing.T) {
	brokers := os.Getenv("KAFKA")
	if brokers == "" {
		t.Fatal("the variable KAFKA names no broker; run make e2e-kafka")
	}
	program := filepath.Join(t.TempDir(), "kafkawordcount")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../examples/kafkawordcount").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, api := range []string{"stream", "table"} {
		t.Run(api, func(t *testing.T) { killed(t, program, api, brokers) })
	}
}

// world is a broker and topics of this run's own.
type world struct {
	*testing.T
	outside *kgo.Client // not the client that the job uses
	in, out string
}

func killed(t *testing.T, program, api, brokers string) {
	run := fmt.Sprintf("%s-%d", api, time.Now().UnixNano())
	w := &world{T: t, in: "words-" + run, out: "counts-" + run}
	w.outside = w.client(brokers)
	defer w.outside.Close()
	w.topic(w.in, 3)
	w.topic(w.out, 2)

	want := map[string]int{}
	random := rand.New(rand.NewPCG(1, 2))
	arguments := []string{"-api", api, "-brokers", brokers, "-in", w.in, "-out", w.out, "-checkpoint", t.TempDir()}
	died := 0
	for n := range kills + 1 {
		w.feed(random, want)
		j := w.start(program, arguments)
		if n < kills {
			// A random part of its life, or until it has ended by itself, which is wrong.
			select {
			case err := <-j.ended:
				t.Fatalf("the job ended by itself: %v\n%s", err, j.output)
			case <-time.After(time.Duration(random.Int64N(int64(lifetime)))):
			}
			if err := j.process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-j.ended
			died++
			continue
		}
		w.check(brokers, want, j)
		if err := j.process.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := <-j.ended; err != nil {
			t.Fatalf("the job, told to stop: %v\n%s", err, j.output)
		}
	}
	t.Logf("%d times killed with SIGKILL", died)
}

func (w *world) client(brokers string, options ...kgo.Opt) *kgo.Client {
	w.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(brokers), kgo.FetchIsolationLevel(kgo.ReadCommitted()))...)
	if err != nil {
		w.Fatal(err)
	}
	return client
}

func (w *world) topic(name string, partitions int32) {
	w.Helper()
	request := kmsg.NewPtrCreateTopicsRequest()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, partitions, -1
	request.Topics, request.TimeoutMillis = append(request.Topics, topic), 10_000
	answer, err := request.RequestWith(w.Context(), w.outside)
	if err != nil || answer.Topics[0].ErrorCode != 0 {
		w.Fatalf("create topic %s: %v, %+v", name, err, answer)
	}
}

func (w *world) feed(random *rand.Rand, want map[string]int) {
	w.Helper()
	var records []*kgo.Record
	for range round {
		word := vocabulary[random.IntN(len(vocabulary))]
		want[word]++
		records = append(records, &kgo.Record{Topic: w.in, Value: []byte(word)})
	}
	if err := w.outside.ProduceSync(w.Context(), records...).FirstErr(); err != nil {
		w.Fatal(err)
	}
}

type running struct {
	process *exec.Cmd
	ended   chan error
	output  *bytes.Buffer
}

func (w *world) start(program string, arguments []string) running {
	w.Helper()
	j := running{exec.Command(program, arguments...), make(chan error, 1), new(bytes.Buffer)}
	j.process.Stdout, j.process.Stderr = j.output, j.output
	if err := j.process.Start(); err != nil {
		w.Fatal(err)
	}
	go func() { j.ended <- j.process.Wait() }()
	return j
}

// check reads what is committed until the counts are those of one batch, and demands
// that the counts of a word never fall and that each batch has one token.
func (w *world) check(brokers string, want map[string]int, j running) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	reader := w.client(brokers, kgo.ConsumeTopics(w.out), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer reader.Close()
	got := map[string]int{}
	for !maps.Equal(got, want) {
		fetches := reader.PollFetches(ctx)
		if ctx.Err() != nil {
			w.Fatalf("counts %v, want %v\n%s", got, want, j.output)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			count, err := strconv.Atoi(string(r.Value))
			if err != nil || count < got[string(r.Key)] {
				w.Errorf("%s: %q after %d, %v", r.Key, r.Value, got[string(r.Key)], err)
			}
			got[string(r.Key)] = count
		})
	}
	w.tokens(brokers)
}

// tokens demands that this run's tokens count the batches up, each once.
func (w *world) tokens(brokers string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 10*time.Second)
	defer cancel()
	reader := w.client(brokers, kgo.ConsumeTopics(kafka.DefaultTokenTopic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer reader.Close()
	var batches []int64
	epochs := map[uint64]bool{}
	for ctx.Err() == nil {
		reader.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			if !bytes.Contains(r.Key, []byte(w.out)) {
				return
			}
			var token struct {
				Batch int64  `json:"batch"`
				Epoch uint64 `json:"epoch"`
			}
			if err := json.Unmarshal(r.Value, &token); err != nil {
				w.Errorf("token %s: %v", r.Value, err)
			}
			batches = append(batches, token.Batch)
			epochs[token.Epoch] = true
		})
	}
	if len(batches) == 0 || !slices.IsSorted(batches) || len(slices.Compact(slices.Clone(batches))) != len(batches) {
		w.Errorf("batches are not committed once each, in order: %v", batches)
	}
	w.Logf("%d batches committed by %d runs of the job", len(batches), len(epochs))
}
