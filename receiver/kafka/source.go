package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
)

// SourceOptions say what a source reads. Exactly one of Subscribe, Pattern and Assign
// is set.
type SourceOptions struct {
	// Subscribe names topics, which are read whole.
	Subscribe []string

	// Pattern is a regular expression: topics whose whole name matches are read, those
	// that are made later too. Names that begin with two underscores are Kafka's own
	// and never match.
	Pattern string

	// Assign names partitions.
	Assign []Partition

	// Start is where a source begins that has read nothing yet; FromLatest, or
	// FromEarliest for what is read once, if zero. Partitions that appear later are
	// read from their first record.
	Start Start

	// MaxOffsets is about how many offsets a batch takes from all partitions together,
	// shared out in proportion to what waits in each; 0 is all. Offsets are not dense:
	// transactions and compaction leave numbers without a record.
	MaxOffsets int64

	// MinOffsets is how many offsets must wait before a batch takes them, and MaxDelay
	// how long that may keep records waiting: 15 minutes if zero.
	MinOffsets int64
	MaxDelay   time.Duration

	// AllowDataLoss goes on where offsets that should be read are gone, because a topic
	// was removed or its retention was too short, be it for a partition that is new. The
	// default is a *DataLossError.
	AllowDataLoss bool

	// Isolation is ReadCommitted by default.
	Isolation Isolation

	// RetryFor is how long a request is repeated while brokers are unavailable; 30
	// seconds if zero.
	RetryFor time.Duration

	// Logger is told of data that was lost; nil is nobody.
	Logger *slog.Logger
}

const defaultMaxDelay = 15 * time.Minute

func (o *SourceOptions) validate() error {
	chosen := 0
	for _, is := range []bool{len(o.Subscribe) > 0, o.Pattern != "", len(o.Assign) > 0} {
		if is {
			chosen++
		}
	}
	switch {
	case chosen != 1:
		return errors.New("kafka: set exactly one of SourceOptions.Subscribe, Pattern and Assign")
	case o.MaxOffsets < 0 || o.MinOffsets < 0 || o.MaxDelay < 0 || o.RetryFor < 0:
		return errors.New("kafka: a limit of SourceOptions is negative")
	case o.MaxOffsets > 0 && o.MinOffsets > o.MaxOffsets:
		return fmt.Errorf("kafka: SourceOptions.MinOffsets, %d, is more than MaxOffsets, %d", o.MinOffsets, o.MaxOffsets)
	}
	if o.MaxDelay == 0 {
		o.MaxDelay = defaultMaxDelay
	}
	if o.RetryFor == 0 {
		o.RetryFor = defaultRetryFor
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Source is a log of the records of topics.
func Source(cluster Cluster, options SourceOptions) receiver.Log[Record] {
	return source{cluster, options}
}

type source struct {
	cluster Cluster
	options SourceOptions
}

func (s source) String() string {
	var what string
	switch o := s.options; {
	case o.Pattern != "":
		what = "~" + o.Pattern
	case len(o.Assign) > 0:
		what = fmt.Sprint(o.Assign)
	default:
		what = strings.Join(o.Subscribe, ",")
	}
	return fmt.Sprintf("kafka[%s %s]", s.cluster, what)
}

// Open implements receiver.Log.
func (s source) Open(ctx context.Context, user receiver.LogUser) (receiver.LogReader[Record], error) {
	options := s.options
	if err := options.validate(); err != nil {
		return nil, err
	}
	r := &reader{options: options, user: user, retry: retrier{user.Env, options.RetryFor}}
	if options.Pattern != "" {
		pattern, err := regexp.Compile(`^(?:` + options.Pattern + `)$`)
		if err != nil {
			return nil, fmt.Errorf("kafka: SourceOptions.Pattern: %w", err)
		}
		r.pattern = pattern
	}
	client, err := connect(ctx, s.cluster, r.retry)
	if err != nil {
		return nil, err
	}
	r.client, r.looked = client, user.Env.Mono()
	return r, nil
}

func connect(ctx context.Context, cluster Cluster, retry retrier) (client Client, err error) {
	err = retry.do(ctx, func() (err error) {
		client, err = cluster.Connect(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kafka: connect to %s: %w", cluster, err)
	}
	return client, nil
}

// selected returns the partitions that the source reads now, sorted.
func (r *reader) selected(ctx context.Context) ([]Partition, error) {
	var topics []Topic
	err := r.retry.do(ctx, func() (err error) {
		topics, err = r.client.Topics(ctx, r.topics())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kafka: topics: %w", err)
	}
	var partitions []Partition
	for _, topic := range topics {
		if r.pattern != nil && (strings.HasPrefix(topic.Name, "__") || !r.pattern.MatchString(topic.Name)) {
			continue
		}
		for number := range topic.Partitions {
			p := Partition{topic.Name, int32(number)}
			if len(r.options.Assign) == 0 || slices.Contains(r.options.Assign, p) {
				partitions = append(partitions, p)
			}
		}
	}
	slices.SortFunc(partitions, Partition.Compare)
	return partitions, nil
}

// topics are the names to ask for; nil is all.
func (r *reader) topics() []string {
	if r.pattern != nil {
		return nil
	}
	names := slices.Clone(r.options.Subscribe)
	for _, p := range r.options.Assign {
		names = append(names, p.Topic)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
