package simlog

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/receiver/kafka/kafkatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	c := NewCluster("simulated")
	kafkatest.Run(t, kafkatest.World{
		Cluster: c,
		Append: func(p kafka.Partition, messages ...kafka.Message) error {
			return c.Do(func(b *Broker, _ time.Duration) error { return b.Append(p, messages...) })
		},
		Grow: func(topic string, n int) error {
			return c.Do(func(b *Broker, _ time.Duration) error { b.Grow(topic, n); return nil })
		},
		Expire: func(p kafka.Partition, before int64) error {
			return c.Do(func(b *Broker, _ time.Duration) error { return b.Expire(p, before) })
		},
	})
}
