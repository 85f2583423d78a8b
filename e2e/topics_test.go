package e2e

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/failpoint"
	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/client"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// topics are those of one job. It finds them in the file topics of its directory.
type topics struct {
	Brokers string `json:"brokers"`
	Run     string `json:"run"` // the end of their names
	Stream  bool   `json:"stream"`
}

func (w topics) in() string    { return "words-" + w.Run }
func (w topics) batch() string { return "batch-" + w.Run } // counts of each batch, by the stream only
func (w topics) total() string { return "total-" + w.Run } // counts of all batches until then

const (
	inPartitions  = 3
	outPartitions = 2
	topicsFile    = "topics"
)

// Where the jobs read and write.

func openTopics(root string) (w topics, err error) {
	text, err := os.ReadFile(filepath.Join(root, topicsFile))
	if err != nil {
		return w, err
	}
	return w, json.Unmarshal(text, &w)
}

// cluster has the failpoints of the simulator, whose topics have plain names.
func (w topics) cluster(e env.Env) kafka.Cluster {
	brokers := client.Brokers(w.Brokers)
	points, ok := e.(*failpoint.Env)
	if !ok {
		return brokers
	}
	return simlog.Around(brokers, "kafka", func(r simlog.Request, apply func() error) error {
		points.Reach(strings.Replace(r.Site, "-"+w.Run, "", 1))
		return apply()
	})
}

func (w topics) source(e env.Env) kafka.SourceOptions {
	return kafka.SourceOptions{Subscribe: []string{w.in()}, Start: kafka.FromEarliest()}
}

// runKafkaDStream writes the counts of each batch to one topic and those of all batches
// to another.
func runKafkaDStream(ctx context.Context, e env.Env, root string) error {
	w, err := openTopics(root)
	if err != nil {
		return err
	}
	options := dstream.Options{Env: e, Interval: 40 * time.Millisecond, Checkpoint: filepath.Join(root, "checkpoint")}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		cluster := w.cluster(e)
		records := stream.From(dstream.Log(kafka.Source(cluster, w.source(e))))
		batch, total := wordcount.DStream(records.Map(func(r kafka.Record) string { return string(r.Value) }))
		batch.SaveTo(dstream.ToLog(kafka.Sink(cluster, kafka.SinkOptions{Topic: w.batch()}), countMessage))
		total.SaveTo(dstream.ToLog(kafka.Sink(cluster, kafka.SinkOptions{Topic: w.total()}), countMessage))
		return nil
	})
	if err != nil {
		return err
	}
	return runStream(ctx, stream, root)
}

func countMessage(p rdd.Pair[string, int64]) kafka.Message {
	return kafka.Message{Key: []byte(p.Key), Value: strconv.AppendInt(nil, p.Value, 10)}
}

// runKafkaStructured writes the counts that each batch has changed.
func runKafkaStructured(ctx context.Context, e env.Env, root string) error {
	w, err := openTopics(root)
	if err != nil {
		return err
	}
	session, err := structured.Open(structured.Options{Env: e})
	if err != nil {
		return err
	}
	cluster := w.cluster(e)
	lines := session.Stream(source.Kafka(kafka.Source(cluster, w.source(e)))).Select(expr.Col("value").Cast(types.String).As("value"))
	query, err := wordcount.Structured(lines).
		Select(expr.Col("word").As("key"), expr.Col("count").Cast(types.String).As("value")).
		Write(sink.Kafka(kafka.Sink(cluster, kafka.SinkOptions{Topic: w.total()}))).
		Mode(structured.Update).
		Trigger(structured.Every(40 * time.Millisecond)).
		Checkpoint(filepath.Join(root, "checkpoint")).
		Start(ctx)
	if err == nil {
		err = finishQuery(ctx, query, root)
	}
	return errors.Join(err, session.Close())
}

// What the test does with the topics, by another client than the jobs use.

// outside feeds topics and reads what was committed.
type outside struct {
	topics
	client *kgo.Client
}

func streamTopics(t *testing.T, name, root string) place { return makeTopics(t, name, root, true) }

func tableTopics(t *testing.T, name, root string) place { return makeTopics(t, name, root, false) }

func makeTopics(t *testing.T, name, root string, stream bool) place {
	t.Helper()
	w := topics{brokers(t), fmt.Sprintf("%s%d", strings.TrimPrefix(name, "kafka-"), time.Now().UnixNano()), stream}
	text, err := json.Marshal(w)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, topicsFile), text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(w.Brokers), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	createTopic(t, client, w.in(), inPartitions)
	createTopic(t, client, w.batch(), outPartitions)
	createTopic(t, client, w.total(), outPartitions)
	return outside{w, client}
}

// feed adds a record.
func (w outside) feed(t *testing.T, name, content string) {
	t.Helper()
	number, err := strconv.Atoi(name)
	if err == nil {
		record := kgo.Record{Topic: w.in(), Partition: int32(number % inPartitions), Value: []byte(content)}
		err = w.client.ProduceSync(t.Context(), &record).FirstErr()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// check reads what is committed. The counts of a word grow from batch to batch; if only
// those that have changed are written, one that does not was written twice.
func (w outside) check(counts map[string]int64) error {
	total := make(map[string]int64)
	err := w.read(w.total(), func(word string, count int64) error {
		if count < total[word] || count == total[word] && !w.Stream {
			return fmt.Errorf("%s: %d comes after %d", word, count, total[word])
		}
		total[word] = count
		return nil
	})
	if err != nil {
		return err
	}
	if !maps.Equal(total, counts) {
		return fmt.Errorf("the topic of totals: %s", difference(total, counts))
	}
	if !w.Stream {
		return nil
	}
	sum := make(map[string]int64)
	err = w.read(w.batch(), func(word string, count int64) error {
		sum[word] += count
		return nil
	})
	if err != nil {
		return err
	}
	if !maps.Equal(sum, counts) {
		return fmt.Errorf("the topic of batches: %s", difference(sum, counts))
	}
	return nil
}

// read calls count with each committed record of a topic, partition by partition in the
// order of their offsets. It knows the end of a partition by a record without a key, which
// it writes there.
func (w outside) read(topic string, count func(word string, n int64) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for p := range int32(outPartitions) {
		if err := w.client.ProduceSync(ctx, &kgo.Record{Topic: topic, Partition: p}).FirstErr(); err != nil {
			return err
		}
	}
	reader, err := kgo.NewClient(kgo.SeedBrokers(w.Brokers), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return err
	}
	defer reader.Close()
	for ends := 0; ends < outPartitions; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return fmt.Errorf("read %s: %w", topic, err)
		}
		for _, r := range fetches.Records() {
			if r.Key == nil {
				ends++
				continue
			}
			n, err := strconv.ParseInt(string(r.Value), 10, 64)
			if err == nil {
				err = count(string(r.Key), n)
			}
			if err != nil {
				return fmt.Errorf("%s, partition %d, offset %d: %w", topic, r.Partition, r.Offset, err)
			}
		}
	}
	return nil
}
