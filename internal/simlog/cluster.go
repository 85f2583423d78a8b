package simlog

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Cluster is a broker as clients see it. Its fields are set before the first use.
type Cluster struct {
	Name string

	// Now is the time since the world began; nil is always 0.
	Now func() time.Duration

	mu     sync.Mutex // guards broker
	broker *Broker
}

// NewCluster returns a cluster without topics.
func NewCluster(name string) *Cluster { return &Cluster{Name: name, broker: new(Broker)} }

func (c *Cluster) String() string { return c.Name }

// Connect implements kafka.Cluster.
func (c *Cluster) Connect(context.Context) (kafka.Client, error) { return &client{cluster: c}, nil }

// Do looks at the broker, or changes it by the hand of somebody outside.
func (c *Cluster) Do(f func(b *Broker, now time.Duration) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var now time.Duration
	if c.Now != nil {
		now = c.Now()
	}
	return f(c.broker, now)
}

// Set replaces the broker.
func (c *Cluster) Set(b *Broker) { c.broker = b }

// client is a connection to a cluster.
type client struct {
	cluster *Cluster
	closed  bool
}

func (c *client) request(f func(b *Broker, now time.Duration) error) error {
	if c.closed {
		return errors.New("the client is closed")
	}
	return c.cluster.Do(f)
}

func (c *client) Topics(_ context.Context, names []string) (topics []kafka.Topic, err error) {
	err = c.request(func(b *Broker, _ time.Duration) error {
		topics = b.Topics(names)
		return nil
	})
	return topics, err
}

func (c *client) CreateTopic(_ context.Context, name string, partitions int, _ map[string]string) error {
	return c.request(func(b *Broker, _ time.Duration) error {
		b.CreateTopic(name, partitions)
		return nil
	})
}

func (c *client) Offsets(_ context.Context, partitions []kafka.Partition, at kafka.Place) (offsets []int64, err error) {
	err = c.request(func(b *Broker, now time.Duration) error {
		b.timeOut(now)
		if err := b.lead(partitions, now); err != nil {
			return err
		}
		offsets = nil
		for _, p := range partitions {
			offset, err := b.Offset(p, at)
			if err != nil {
				return err
			}
			offsets = append(offsets, offset)
		}
		return nil
	})
	return offsets, err
}

func (c *client) Fetch(_ context.Context, partition kafka.Partition, offset int64, isolation kafka.Isolation) (got kafka.Fetched, err error) {
	err = c.request(func(b *Broker, now time.Duration) (err error) {
		b.timeOut(now)
		got, err = b.fetch(partition, offset, isolation, now)
		return err
	})
	return got, err
}

func (c *client) InitProducer(_ context.Context, id string, timeout time.Duration) (producer kafka.Producer, err error) {
	err = c.request(func(b *Broker, now time.Duration) error {
		producer = b.InitProducer(id, timeout, now)
		return nil
	})
	return producer, err
}

func (c *client) AddPartitions(_ context.Context, producer kafka.Producer, partitions []kafka.Partition) error {
	return c.request(func(b *Broker, now time.Duration) error {
		return b.AddPartitions(producer, partitions, now)
	})
}

func (c *client) Produce(_ context.Context, producer kafka.Producer, batches []kafka.ProducerBatch) error {
	return c.request(func(b *Broker, now time.Duration) error {
		if err := b.lead(partitionsOf(batches), now); err != nil {
			return err
		}
		for _, batch := range batches {
			if err := b.Produce(producer, batch, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *client) EndTransaction(_ context.Context, producer kafka.Producer, commit bool) error {
	return c.request(func(b *Broker, now time.Duration) error {
		return b.EndTransaction(producer, commit, now)
	})
}

func (c *client) Close() error {
	c.closed = true
	return nil
}
