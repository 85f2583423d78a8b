package client_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/IBM/sarama"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/client"
)

// BenchmarkBroker writes records of 100 bytes to one partition and reads them, by this
// package and by sarama's own producer and consumer, tuned for it, on the broker that
// KAFKA names. A record is an iteration.
func BenchmarkBroker(b *testing.B) {
	address := os.Getenv("KAFKA")
	if address == "" {
		b.Skip("the variable KAFKA names no broker; see e2e/broker.sh")
	}
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
	connection, err := client.Brokers(address).Connect(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close()
	fresh := func(b *testing.B) string {
		topic := fmt.Sprintf("bench-%d", time.Now().UnixNano())
		if err := connection.CreateTopic(b.Context(), topic, 1, nil); err != nil {
			b.Fatal(err)
		}
		for bare.RefreshMetadata(topic) != nil {
			_ = env.Sleep(b.Context(), env.Real(), 10*time.Millisecond)
		}
		return topic
	}
	value := make([]byte, 100)
	b.Run("write/sarama", func(b *testing.B) { writeBare(b, bare, fresh(b), value) })
	b.Run("write/tidewheel", func(b *testing.B) { write(b, address, fresh(b), value) })
	b.Run("read/sarama", func(b *testing.B) {
		topic := fresh(b)
		write(b, address, topic, value)
		b.ResetTimer()
		readBare(b, bare, topic)
	})
	b.Run("read/tidewheel", func(b *testing.B) {
		topic := fresh(b)
		write(b, address, topic, value)
		b.ResetTimer()
		read(b, address, topic)
	})
}

func writeBare(b *testing.B, bare sarama.Client, topic string, value []byte) {
	producer, err := sarama.NewAsyncProducerFromClient(bare)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	go func() {
		for range b.N {
			producer.Input() <- &sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(value)}
		}
	}()
	for range b.N {
		select {
		case <-producer.Successes():
		case err := <-producer.Errors():
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if err := producer.Close(); err != nil {
		b.Fatal(err)
	}
}

// write is one batch, in a transaction.
func write(b *testing.B, address, topic string, value []byte) {
	user := receiver.LogUser{ID: topic, Epoch: 1, Env: env.Real()}
	w, err := kafka.Sink(client.Brokers(address), kafka.SinkOptions{Topic: topic}).OpenWriter(b.Context(), user)
	if err != nil {
		b.Fatal(err)
	}
	chunk := make([]kafka.Message, 1024)
	for i := range chunk {
		chunk[i].Value = value
	}
	b.ResetTimer()
	err = w.Prepare(b.Context(), receiver.LogBatch{Time: time.UnixMilli(1)}, func(yield func([]kafka.Message, error) bool) {
		for left := b.N; left > 0; left -= len(chunk) {
			if !yield(chunk[:min(left, len(chunk))], nil) {
				return
			}
		}
	})
	if err := errors.Join(err, w.Commit(b.Context())); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.StartTimer()
}

func readBare(b *testing.B, bare sarama.Client, topic string) {
	consumer, err := sarama.NewConsumerFromClient(bare)
	if err != nil {
		b.Fatal(err)
	}
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		<-partition.Messages()
	}
	b.StopTimer()
	if err := errors.Join(partition.Close(), consumer.Close()); err != nil {
		b.Fatal(err)
	}
}

func read(b *testing.B, address, topic string) {
	options := kafka.SourceOptions{Subscribe: []string{topic}, Start: kafka.FromEarliest()}
	r, err := kafka.Source(client.Brokers(address), options).Open(b.Context(), receiver.LogUser{Env: env.Real()})
	if err != nil {
		b.Fatal(err)
	}
	place, err := r.Initial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for got := 0; got < b.N; {
		end, err := r.Latest(b.Context(), place, 0)
		if err != nil {
			b.Fatal(err)
		}
		ranges, err := r.Ranges(place, end)
		if err != nil {
			b.Fatal(err)
		}
		for _, records := range ranges {
			for chunk, err := range records(b.Context()) {
				if err != nil {
					b.Fatal(err)
				}
				got += len(chunk)
			}
		}
		place = end
	}
	b.StopTimer()
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}
