package testkit

import (
	"strconv"
	"testing"

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

// kafkaWorld is a topic of words and one of counts.
func kafkaWorld(s *Sim) (*Cluster, *KafkaTopic[string], *KafkaResults[rdd.Pair[string, int]]) {
	c := KafkaCluster(s, "kafka")
	return c, KafkaInput(c, "words", 2, words, wordMessage), KafkaOutput(c, "counts", 2, parseCount)
}

var fromEarliest = kafka.SourceOptions{Subscribe: []string{"words"}, Start: kafka.FromEarliest()}

// streamKafka is the word count of a DStream, from Kafka to Kafka.
func streamKafka(s *Sim) {
	cluster, in, out := kafkaWorld(s)
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			stream.From(dstream.Log(kafka.Source(cluster, fromEarliest))).
				ToPairs(func(r kafka.Record) (string, int) { return string(r.Value), 1 }).
				UpdateStateByKey(total).
				SaveTo(dstream.ToLog(kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}), countMessage))
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	LastByKey(s, in, out, countWords)
}

// tableKafka is the word count of a structured query, from Kafka to Kafka.
func tableKafka(mode sink.Mode) func(*Sim) {
	return func(s *Sim) {
		cluster, in, out := kafkaWorld(s)
		s.App(func(p *Process) error {
			return p.Session().Stream(source.Kafka(kafka.Source(cluster, fromEarliest))).
				Select(expr.Col("value").Cast(types.String).As("key")).
				GroupBy("key").Agg(expr.Count().Cast(types.String).As("value")).
				Write(sink.Kafka(kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}))).Mode(mode).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		})
		LastByKey(s, in, out, countWords)
	}
}

// tableWords passes words on, each once.
func tableWords(s *Sim) {
	cluster := KafkaCluster(s, "kafka")
	in := KafkaInput(cluster, "words", 2, words, wordMessage)
	out := KafkaOutput(cluster, "counts", 1, func(r kafka.Record) (string, error) { return string(r.Value), nil })
	s.App(func(p *Process) error {
		options := fromEarliest
		options.MaxOffsets = 12
		return p.Session().Stream(source.Kafka(kafka.Source(cluster, options))).
			Select(expr.Col("value"), expr.Col("topic").As("key")).
			Write(sink.Kafka(kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"}))).
			Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(words []string) []string { return words })
}

var kafkaPrograms = []struct {
	name     string
	scenario func(*Sim)
}{
	{"stream", streamKafka},
	{"table update", tableKafka(sink.Update)},
	{"table complete", tableKafka(sink.Complete)},
	{"words in small batches", tableWords},
}

func TestKafkaToKafka(t *testing.T) {
	for _, program := range kafkaPrograms {
		t.Run(program.name, func(t *testing.T) {
			t.Run("check", func(t *testing.T) { Check(t, program.scenario) })
			t.Run("exhaust", func(t *testing.T) { Exhaust(t, program.scenario) })
		})
	}
}
