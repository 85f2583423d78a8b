package client_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/client"
	"github.com/tidewheel/tidewheel/receiver/kafka/kafkatest"
)

// sarama's library of metrics starts a goroutine for the whole process, once.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
}

// TestConformance runs the suite on brokers in this process.
func TestConformance(t *testing.T) {
	brokers, err := kfake.NewCluster(kfake.NumBrokers(3))
	if err != nil {
		t.Fatal(err)
	}
	defer brokers.Close()
	run(t, brokers.ListenAddrs()[0], "")
}

// TestConformanceOfBrokers runs it on the brokers at the addresses that KAFKA names.
func TestConformanceOfBrokers(t *testing.T) {
	addresses := os.Getenv("KAFKA")
	if addresses == "" {
		t.Skip("the variable KAFKA names no brokers; make e2e-kafka starts one")
	}
	run(t, addresses, fmt.Sprintf("t%d-", time.Now().UnixNano()))
}

func run(t *testing.T, addresses, prefix string) {
	config := sarama.NewConfig()
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	outside, err := sarama.NewClient([]string{addresses}, config)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sarama.NewClusterAdminFromClient(outside)
	if err != nil {
		t.Fatal(err)
	}
	producer, err := sarama.NewSyncProducerFromClient(outside)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(producer.Close(), admin.Close()); err != nil {
			t.Error(err)
		}
	}()
	kafkatest.Run(t, kafkatest.World{
		Cluster: client.Brokers(addresses),
		Prefix:  prefix,
		Append: func(p kafka.Partition, messages ...kafka.Message) error {
			var list []*sarama.ProducerMessage
			for _, m := range messages {
				out := &sarama.ProducerMessage{Topic: p.Topic, Partition: p.Number, Timestamp: m.Timestamp}
				if m.Key != nil {
					out.Key = sarama.ByteEncoder(m.Key)
				}
				if m.Value != nil {
					out.Value = sarama.ByteEncoder(m.Value)
				}
				for _, h := range m.Headers {
					out.Headers = append(out.Headers, sarama.RecordHeader{Key: []byte(h.Key), Value: h.Value})
				}
				list = append(list, out)
			}
			return producer.SendMessages(list)
		},
		Grow: func(topic string, n int) error {
			if err := admin.CreatePartitions(topic, int32(n), nil, false); err != nil {
				return err
			}
			return grown(t, outside, topic, n)
		},
		Expire: func(p kafka.Partition, before int64) error {
			return admin.DeleteRecords(p.Topic, map[int32]int64{p.Number: before})
		},
	})
}

// grown waits until a client knows all partitions of a topic, which a broker may tell
// it a while after it has made them.
func grown(t *testing.T, outside sarama.Client, topic string, n int) error {
	for began := time.Now(); time.Since(began) < 30*time.Second; {
		if err := outside.RefreshMetadata(topic); err != nil {
			return err
		}
		partitions, err := outside.Partitions(topic)
		if err != nil || len(partitions) == n {
			return err
		}
		if err := env.Sleep(t.Context(), env.Real(), 10*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("topic %s does not grow to %d partitions", topic, n)
}
