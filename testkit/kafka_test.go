package testkit

import (
	"strconv"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

func wordMessage(word string) kafka.Message { return kafka.Message{Value: []byte(word)} }

func countMessage(p rdd.Pair[string, int]) kafka.Message {
	return kafka.Message{Key: []byte(p.Key), Value: strconv.AppendInt(nil, int64(p.Value), 10)}
}

func parseCount(r kafka.Record) (p rdd.Pair[string, int], err error) {
	p.Key = string(r.Key)
	p.Value, err = strconv.Atoi(string(r.Value))
	return p, err
}

func wordOf(r kafka.Record) string { return string(r.Value) }

var fromEarliest = kafka.SourceOptions{Subscribe: []string{"words"}, Start: kafka.FromEarliest()}

// few takes little at a time: more than what arrives together, less than what waits after
// a pause.
func few(o kafka.SourceOptions) kafka.SourceOptions {
	o.MaxOffsets = 20
	return o
}

// impatient is a sink whose brokers abort what takes longer than a moment.
var impatient = kafka.SinkOptions{Topic: "counts", TransactionTimeout: 2 * time.Second}

// runStreamOver runs a DStream from a simulated cluster to itself.
func runStreamOver(cluster *Cluster, build func(stream *dstream.Session)) func(p *Process) error {
	return func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			build(stream)
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	}
}

// kafkaCount is a word count from topic to topic: the program is of either API. The input
// gets a partition while the program runs.
func kafkaCount(app func(cluster *Cluster) func(p *Process) error) func(*Sim) {
	return func(s *Sim) {
		cluster := KafkaCluster(s, "kafka")
		in := KafkaInput(cluster, "words", 2, words, wordMessage).Grow(1, 3)
		out := KafkaOutput(cluster, "counts", 2, parseCount)
		s.App(app(cluster))
		LastByKey(s, in, out, countWords)
	}
}

func streamKafka(cluster *Cluster) func(p *Process) error {
	return runStreamOver(cluster, func(stream *dstream.Session) {
		stream.From(dstream.Log(kafka.Source(cluster, fromEarliest))).
			ToPairs(func(r kafka.Record) (string, int) { return wordOf(r), 1 }).
			UpdateStateByKey(total).
			SaveTo(dstream.ToLog(kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}), countMessage))
	})
}

func tableKafka(mode sink.Mode) func(cluster *Cluster) func(p *Process) error {
	return func(cluster *Cluster) func(p *Process) error {
		return func(p *Process) error {
			return p.Session().Stream(source.Kafka(kafka.Source(cluster, fromEarliest))).
				Select(expr.Col("value").Cast(types.String).As("key")).
				GroupBy("key").Agg(expr.Count().Cast(types.String).As("value")).
				Write(sink.Kafka(kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}))).Mode(mode).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		}
	}
}

// kafkaWords passes words on, each once.
func kafkaWords(app func(cluster *Cluster) func(p *Process) error) func(*Sim) {
	return func(s *Sim) {
		cluster := KafkaCluster(s, "kafka")
		in := KafkaInput(cluster, "words", 2, words, wordMessage)
		out := KafkaOutput(cluster, "counts", 1, func(r kafka.Record) (string, error) { return wordOf(r), nil })
		s.App(app(cluster))
		ExactlyOnce(s, in, out, func(words []string) []string { return words })
	}
}

func streamWords(cluster *Cluster) func(p *Process) error {
	return runStreamOver(cluster, func(stream *dstream.Session) {
		stream.From(dstream.Log(kafka.Source(cluster, few(fromEarliest)))).
			Map(wordOf).
			SaveTo(dstream.ToLog(kafka.Sink(cluster, impatient), wordMessage))
	})
}

func tableWords(cluster *Cluster) func(p *Process) error {
	return func(p *Process) error {
		return p.Session().Stream(source.Kafka(kafka.Source(cluster, few(fromEarliest)))).
			Select(expr.Col("value"), expr.Col("topic").As("key")).
			Write(sink.Kafka(kafka.Sink(cluster, impatient))).
			Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	}
}

var kafkaPrograms = []struct {
	name     string
	scenario func(*Sim)
}{
	{"stream counts", kafkaCount(streamKafka)},
	{"table counts, update", kafkaCount(tableKafka(sink.Update))},
	{"table counts, complete", kafkaCount(tableKafka(sink.Complete))},
	{"stream words", kafkaWords(streamWords)},
	{"table words", kafkaWords(tableWords)},
}

func TestKafkaToKafka(t *testing.T) {
	for _, program := range kafkaPrograms {
		t.Run(program.name, func(t *testing.T) { Check(t, program.scenario) })
	}
}
