package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/client"
)

// BenchmarkKafkaJob takes records of 100 bytes from a topic of one partition to another:
// as a DStream with a checkpoint, whose batches are transactions, and as a loop by hand
// over sarama's consumer and its asynchronous producer, which loses or repeats records
// when it dies. An operation is a record. The broker is the one that KAFKA names, else
// one in this process, which shares its processors.
//
// Both sides run in turn over the same input, so that their ratio means something.
func BenchmarkKafkaJob(b *testing.B) {
	address := broker(b)
	config := sarama.NewConfig()
	config.ChannelBufferSize = 8192
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Flush.Bytes = 512 << 10
	config.Producer.Flush.Frequency = 5 * time.Millisecond
	config.Consumer.IsolationLevel = sarama.ReadCommitted
	config.Consumer.Fetch.Default = 4 << 20
	bare, err := sarama.NewClient([]string{address}, config)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	b.Run("sarama", func(b *testing.B) {
		in, out := topics(b, bare)
		fill(b, bare, in)
		b.ResetTimer()
		pipe(b, bare, in, out)
	})
	b.Run("dstream", func(b *testing.B) {
		in, out := topics(b, bare)
		fill(b, bare, in)
		b.ResetTimer()
		streamKafka(b, address, in, out)
		b.StopTimer()
		if n := offsets(b, bare, out); n < int64(b.N) {
			b.Fatalf("%d of %d records came out", n, b.N)
		}
	})
}

// broker is the address of the one that KAFKA names, or of one made for the benchmark.
func broker(b *testing.B) string {
	if address := os.Getenv("KAFKA"); address != "" {
		return address
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}

// topics makes a pair of topics.
func topics(b *testing.B, bare sarama.Client) (in, out string) {
	admin, err := sarama.NewClusterAdminFromClient(bare)
	if err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("bench-%d", time.Now().UnixNano())
	in, out = name+"-in", name+"-out"
	for _, topic := range []string{in, out} {
		if err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false); err != nil {
			b.Fatal(err)
		}
	}
	for b.Context().Err() == nil && bare.RefreshMetadata(in, out) != nil {
		time.Sleep(10 * time.Millisecond)
	}
	return in, out
}

// fill writes the input, as fast as it goes.
func fill(b *testing.B, bare sarama.Client, topic string) {
	value := sarama.ByteEncoder(make([]byte, 100))
	produce(b, bare, func(send func(*sarama.ProducerMessage)) {
		for range b.N {
			send(&sarama.ProducerMessage{Topic: topic, Value: value})
		}
	})
}

// pipe copies records by hand, each changed.
func pipe(b *testing.B, bare sarama.Client, in, out string) {
	consumer, err := sarama.NewConsumerFromClient(bare)
	if err != nil {
		b.Fatal(err)
	}
	partition, err := consumer.ConsumePartition(in, 0, sarama.OffsetOldest)
	if err != nil {
		b.Fatal(err)
	}
	produce(b, bare, func(send func(*sarama.ProducerMessage)) {
		for range b.N {
			record := <-partition.Messages()
			send(&sarama.ProducerMessage{Topic: out, Value: sarama.ByteEncoder(changed(record.Value))})
		}
	})
	if err := errors.Join(partition.Close(), consumer.Close()); err != nil {
		b.Fatal(err)
	}
}

// produce lets f send b.N messages and waits for their acknowledgements.
func produce(b *testing.B, bare sarama.Client, f func(send func(*sarama.ProducerMessage))) {
	producer, err := sarama.NewAsyncProducerFromClient(bare)
	if err != nil {
		b.Fatal(err)
	}
	go f(func(m *sarama.ProducerMessage) { producer.Input() <- m })
	for range b.N {
		select {
		case <-producer.Successes():
		case err := <-producer.Errors():
			b.Fatal(err)
		}
	}
	if err := producer.Close(); err != nil {
		b.Fatal(err)
	}
}

// changed is what both sides do to a value.
func changed(value []byte) []byte {
	value[0]++
	return value
}

// streamKafka copies records in batches of 100 ms and ends when it has them all.
func streamKafka(b *testing.B, address, in, out string) {
	options := dstream.Options{Interval: 100 * time.Millisecond, Checkpoint: filepath.Join(b.TempDir(), "checkpoint")}
	cluster := client.Brokers(address)
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		stream.From(dstream.Log(kafka.Source(cluster, kafka.SourceOptions{Subscribe: []string{in}, Start: kafka.FromEarliest(), MaxOffsets: 500_000}))).
			Map(func(r kafka.Record) []byte { return changed(r.Value) }).
			SaveTo(dstream.ToLog(kafka.Sink(cluster, kafka.SinkOptions{Topic: out}), func(value []byte) kafka.Message { return kafka.Message{Value: value} }))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var rows int64
	all := make(chan struct{})
	stream.Listen(dstream.Listener{BatchCompleted: func(p dstream.Progress) {
		if rows < int64(b.N) {
			if rows += p.Rows; rows >= int64(b.N) {
				close(all)
			}
		}
	}})
	if err := stream.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	<-all
	b.StopTimer()
	if err := stream.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// offsets is how many offsets a topic has, those of transactions' ends among them.
func offsets(b *testing.B, bare sarama.Client, topic string) int64 {
	end, err := bare.GetOffset(topic, 0, sarama.OffsetNewest)
	if err != nil {
		b.Fatal(err)
	}
	return end
}
