package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/receiver"
)

// SinkOptions say how messages are written.
type SinkOptions struct {
	// Topic is where messages go, whatever they say themselves. It is required if a
	// message says nothing.
	Topic string

	// Name tells sinks of one stream or query apart that write to the same topic.
	Name string

	// TokenTopic is the topic that holds which batch each writer has committed; made,
	// compacted and with one partition, if it is not there. The default is
	// DefaultTokenTopic. It must stay the same for the life of a stream.
	TokenTopic string

	// TransactionTimeout is how long the brokers keep a transaction open whose writer
	// has died, and readers of committed records wait for it; 1 minute if zero. The
	// writing of one batch must not take longer.
	TransactionTimeout time.Duration

	// RetryFor is how long a request is repeated while brokers are unavailable; 30
	// seconds if zero.
	RetryFor time.Duration
}

// DefaultTokenTopic is where writers keep which batch they have committed.
const DefaultTokenTopic = "__tidewheel_tokens"

const defaultTransactionTimeout = time.Minute

func (o *SinkOptions) validate() error {
	if o.TransactionTimeout < 0 || o.RetryFor < 0 {
		return errors.New("kafka: a limit of SinkOptions is negative")
	}
	if o.TokenTopic == "" {
		o.TokenTopic = DefaultTokenTopic
	}
	if o.Topic == o.TokenTopic {
		return fmt.Errorf("kafka: topic %s holds which batches are committed and takes no messages", o.TokenTopic)
	}
	if o.TransactionTimeout == 0 {
		o.TransactionTimeout = defaultTransactionTimeout
	}
	if o.RetryFor == 0 {
		o.RetryFor = defaultRetryFor
	}
	return nil
}

// Sink is a log that takes each batch as one transaction: a reader of committed
// records sees every batch once and whole.
func Sink(cluster Cluster, options SinkOptions) receiver.TransactionalLog[Message] {
	return sink{cluster, options}
}

type sink struct {
	cluster Cluster
	options SinkOptions
}

func (s sink) String() string {
	if s.options.Topic == "" {
		return fmt.Sprintf("kafka[%s]", s.cluster)
	}
	return fmt.Sprintf("kafka[%s %s]", s.cluster, s.options.Topic)
}

// OpenWriter implements receiver.TransactionalLog.
func (s sink) OpenWriter(ctx context.Context, user receiver.LogUser) (receiver.LogWriter[Message], error) {
	options := s.options
	if err := options.validate(); err != nil {
		return nil, err
	}
	if user.ID == "" {
		return nil, errors.New("kafka: a sink needs a checkpoint: its transactions are known by the id of the stream, which is kept there")
	}
	w := &writer{
		options: options,
		user:    user,
		id:      writerID(user, options),
		retry:   retrier{user.Env, options.RetryFor},
		topics:  make(map[string]int),

		sequences: make(map[Partition]int32),
	}
	client, err := connect(ctx, s.cluster, w.retry)
	if err != nil {
		return nil, err
	}
	w.client = client
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("kafka: open writer %s: %w", w.id, err), client.Close())
	}
	return w, nil
}

// writerID is the transactional id of a writer and the key of its token. It is the
// same in each run.
func writerID(user receiver.LogUser, options SinkOptions) string {
	return fmt.Sprintf("tidewheel/%s/%s/%s/%s", user.ID, user.Name, options.Topic, options.Name)
}

// open fences the writers of earlier runs.
func (w *writer) open(ctx context.Context) error {
	err := w.retry.do(ctx, func() error {
		return w.client.CreateTopic(ctx, w.options.TokenTopic, 1, tokenTopicConfig)
	})
	if err != nil {
		return fmt.Errorf("make topic %s: %w", w.options.TokenTopic, err)
	}
	id := w.id
	if mutate.On(19) {
		id = fmt.Sprintf("%s/%d", id, w.user.Epoch)
	}
	return w.retry.do(ctx, func() (err error) {
		w.producer, err = w.client.InitProducer(ctx, id, w.options.TransactionTimeout)
		return err
	})
}

// NamesTopic says whether messages need not name a topic.
func (s sink) NamesTopic() bool { return s.options.Topic != "" }
