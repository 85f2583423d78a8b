package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Options of a cluster.
type Options struct {
	// Configure changes how clients connect: TLS, SASL, time-outs, the client's id, the
	// compression of what is written (Producer.Compression). What concerns sarama's own
	// consumers and producers otherwise has no effect.
	Configure func(*sarama.Config)

	// FetchBytes is about how much one fetch returns; 4 MiB if zero.
	FetchBytes int32
}

const (
	defaultFetchBytes = 4 << 20

	// fetchWait is how long a broker may wait for something to fetch.
	fetchWait = 100 * time.Millisecond

	// produceTimeout is how long a broker may wait for its replicas.
	produceTimeout = 30 * time.Second
)

// Brokers is the cluster that brokers at some addresses belong to, separated by
// commas.
func Brokers(addresses string) kafka.Cluster { return BrokersWith(addresses, Options{}) }

// BrokersWith is Brokers with options.
func BrokersWith(addresses string, options Options) kafka.Cluster {
	if options.FetchBytes == 0 {
		options.FetchBytes = defaultFetchBytes
	}
	return cluster{addresses, options}
}

type cluster struct {
	addresses string
	options   Options
}

func (c cluster) String() string { return c.addresses }

// Connect implements kafka.Cluster.
func (c cluster) Connect(ctx context.Context) (kafka.Client, error) {
	config := sarama.NewConfig()
	config.ClientID = "tidewheel"
	if c.options.Configure != nil {
		c.options.Configure(config)
	}
	// Package kafka repeats requests; nothing is refreshed in the background.
	config.Metadata.Retry.Max = 0
	config.Metadata.RefreshFrequency = 0
	config.Metadata.AllowAutoTopicCreation = false
	config.Admin.Retry.Max = 0
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	var addresses []string
	for address := range strings.SplitSeq(c.addresses, ",") {
		addresses = append(addresses, strings.TrimSpace(address))
	}
	connection, err := sarama.NewClient(addresses, config)
	if err != nil {
		return nil, classify(err)
	}
	return &client{sarama: connection, config: config, fetchBytes: c.options.FetchBytes, stale: make(map[string]bool)}, nil
}

// client makes requests to brokers.
type client struct {
	sarama     sarama.Client
	config     *sarama.Config
	fetchBytes int32

	mu    sync.Mutex
	stale map[string]bool // topics of which a leader was not where it was thought to be
}

// Topics implements kafka.Client.
func (c *client) Topics(_ context.Context, names []string) ([]kafka.Topic, error) {
	err := c.sarama.RefreshMetadata(names...)
	unknown := errors.Is(err, sarama.ErrUnknownTopicOrPartition) || errors.Is(err, sarama.ErrInvalidTopic)
	if err != nil && !(unknown && names != nil) {
		return nil, classify(err)
	}
	if names == nil {
		if names, err = c.sarama.Topics(); err != nil {
			return nil, classify(err)
		}
	}
	var topics []kafka.Topic
	for _, name := range sorted(names) {
		partitions, err := c.sarama.Partitions(name)
		switch {
		case errors.Is(err, sarama.ErrUnknownTopicOrPartition), errors.Is(err, sarama.ErrInvalidTopic):
		case err != nil:
			return nil, fmt.Errorf("partitions of %s: %w", name, classify(err))
		default:
			topics = append(topics, kafka.Topic{Name: name, Partitions: len(partitions)})
		}
	}
	return topics, nil
}

// CreateTopic implements kafka.Client. The number of replicas is the brokers' default.
func (c *client) CreateTopic(_ context.Context, name string, partitions int, settings map[string]string) error {
	if _, err := c.sarama.Partitions(name); err == nil {
		return nil
	}
	admin, err := sarama.NewClusterAdminFromClient(c.sarama)
	if err != nil {
		return classify(err)
	}
	detail := &sarama.TopicDetail{NumPartitions: int32(partitions), ReplicationFactor: -1, ConfigEntries: make(map[string]*string)}
	for key, value := range settings {
		detail.ConfigEntries[key] = &value
	}
	if err := admin.CreateTopic(name, detail, false); err != nil && !errors.Is(err, sarama.ErrTopicAlreadyExists) {
		return fmt.Errorf("create topic %s: %w", name, classify(err))
	}
	return nil
}

// leader returns the broker that leads a partition.
func (c *client) leader(p kafka.Partition) (*sarama.Broker, error) {
	c.mu.Lock()
	stale := c.stale[p.Topic]
	delete(c.stale, p.Topic)
	c.mu.Unlock()
	if stale {
		if err := c.sarama.RefreshMetadata(p.Topic); err != nil {
			c.forget(p.Topic)
			return nil, fmt.Errorf("metadata of %s: %w", p.Topic, classify(err))
		}
	}
	broker, err := c.sarama.Leader(p.Topic, p.Number)
	if err != nil {
		c.forget(p.Topic)
		return nil, fmt.Errorf("leader of %v: %w", p, classify(err))
	}
	return broker, nil
}

// forget has the next request ask for the leaders of a topic.
func (c *client) forget(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stale[topic] = true
}

// unanswered is the error of a request that a broker has not answered: the connection
// is of no use any more.
func (c *client) unanswered(broker *sarama.Broker, err error, topics ...string) error {
	_ = broker.Close() // it may be closed already
	for _, topic := range topics {
		c.forget(topic)
	}
	return fmt.Errorf("broker %s: %w", broker.Addr(), classify(err))
}

// refused is the error of a partition in an answer.
func (c *client) refused(p kafka.Partition, code sarama.KError) error {
	err := classify(code)
	if errors.Is(err, kafka.ErrUnavailable) {
		c.forget(p.Topic)
	}
	return fmt.Errorf("%v: %w", p, err)
}

// Close implements kafka.Client.
func (c *client) Close() error {
	if err := c.sarama.Close(); err != nil && !errors.Is(err, sarama.ErrClosedClient) {
		return err
	}
	return nil
}
