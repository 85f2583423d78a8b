package simlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Request is what a client asks of a cluster.
type Request struct {
	// Site says what is asked, and of which topic or, by name, of the cluster: "fetch(words)".
	Site string

	// Partitions are those whose leaders are asked; of the cluster's other requests, none.
	Partitions []kafka.Partition
}

// Around returns a cluster that calls call around each request to another one, which has
// a name in the sites. call makes the request by apply, or does not. An error that is not
// the request's own becomes one of kafka.ErrUnavailable.
func Around(cluster kafka.Cluster, name string, call func(r Request, apply func() error) error) kafka.Cluster {
	return around{cluster, caller{name, call}}
}

type around struct {
	kafka.Cluster
	caller
}

// caller makes requests that can fail on their way there or back.
type caller struct {
	name string
	call func(r Request, apply func() error) error
}

// request asks the cluster.
func (c caller) request(verb string, f func() error) error {
	return c.make(Request{Site: verb + "(" + c.name + ")"}, f)
}

// ask asks the leaders of partitions.
func (c caller) ask(verb string, partitions []kafka.Partition, f func() error) error {
	return c.make(Request{verb + "(" + partitions[0].Topic + ")", partitions}, f)
}

func (c caller) make(r Request, f func() error) error {
	var own error
	err := c.call(r, func() error {
		own = f()
		return own
	})
	if err == nil || own != nil && errors.Is(err, own) {
		return err
	}
	return fmt.Errorf("%w: %w", kafka.ErrUnavailable, err)
}

// Connect implements kafka.Cluster.
func (a around) Connect(ctx context.Context) (client kafka.Client, err error) {
	err = a.request("connect", func() (err error) {
		client, err = a.Cluster.Connect(ctx)
		return err
	})
	if err != nil && client != nil { // the answer was lost
		return nil, errors.Join(err, client.Close())
	}
	return aroundClient{client, a.caller}, err
}

// aroundClient has a site for each method of a client but Close, which asks nobody.
type aroundClient struct {
	kafka.Client
	caller
}

func (c aroundClient) Topics(ctx context.Context, names []string) (topics []kafka.Topic, err error) {
	err = c.request("topics", func() (err error) {
		topics, err = c.Client.Topics(ctx, names)
		return err
	})
	return topics, err
}

func (c aroundClient) CreateTopic(ctx context.Context, name string, partitions int, config map[string]string) error {
	return c.make(Request{Site: "create(" + name + ")"}, func() error { return c.Client.CreateTopic(ctx, name, partitions, config) })
}

func (c aroundClient) Offsets(ctx context.Context, partitions []kafka.Partition, at kafka.Place) (offsets []int64, err error) {
	err = c.ask("offsets", partitions, func() (err error) {
		offsets, err = c.Client.Offsets(ctx, partitions, at)
		return err
	})
	return offsets, err
}

func (c aroundClient) Fetch(ctx context.Context, partition kafka.Partition, offset int64, isolation kafka.Isolation) (got kafka.Fetched, err error) {
	err = c.ask("fetch", []kafka.Partition{partition}, func() (err error) {
		got, err = c.Client.Fetch(ctx, partition, offset, isolation)
		return err
	})
	return got, err
}

func (c aroundClient) InitProducer(ctx context.Context, id string, timeout time.Duration) (producer kafka.Producer, err error) {
	err = c.request("init", func() (err error) {
		producer, err = c.Client.InitProducer(ctx, id, timeout)
		return err
	})
	return producer, err
}

func (c aroundClient) AddPartitions(ctx context.Context, producer kafka.Producer, partitions []kafka.Partition) error {
	return c.make(Request{Site: "add(" + partitions[0].Topic + ")"}, func() error { return c.Client.AddPartitions(ctx, producer, partitions) })
}

func (c aroundClient) Produce(ctx context.Context, producer kafka.Producer, batches []kafka.ProducerBatch) error {
	return c.ask("produce", partitionsOf(batches), func() error { return c.Client.Produce(ctx, producer, batches) })
}

func (c aroundClient) EndTransaction(ctx context.Context, producer kafka.Producer, commit bool) error {
	verb := "abort"
	if commit {
		verb = "commit"
	}
	return c.request(verb, func() error { return c.Client.EndTransaction(ctx, producer, commit) })
}
