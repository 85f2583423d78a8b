package kafka

import (
	"context"
	"time"
)

// Cluster is a set of brokers. Package receiver/kafka/client has the real ones;
// testkit has a simulated one.
type Cluster interface {
	// String describes the cluster, such as "localhost:9092".
	String() string

	// Connect opens a client. It fails with ErrUnavailable if no broker answers.
	Connect(ctx context.Context) (Client, error)
}

// Client makes requests to a cluster, each once: when and how often one is repeated
// is decided by this package. Methods may be called by several activities at once.
// Errors wrap those that this package lists, if they are of that kind.
type Client interface {
	// Topics returns the topics of these names that exist, or all if names is nil,
	// sorted by name. The answer is not older than the call.
	Topics(ctx context.Context, names []string) ([]Topic, error)

	// CreateTopic makes a topic, unless one of the name exists. The configuration is
	// in Kafka's names.
	CreateTopic(ctx context.Context, name string, partitions int, config map[string]string) error

	// Offsets returns the offsets of a place in each of some partitions, in their
	// order.
	Offsets(ctx context.Context, partitions []Partition, at Place) ([]int64, error)

	// Fetch returns records of a partition from an offset on. There may be some before
	// that offset, which the caller drops, and there may be fewer than there are, or
	// none.
	Fetch(ctx context.Context, partition Partition, offset int64, isolation Isolation) (Fetched, error)

	// InitProducer makes the caller the producer of a transactional id: others are
	// fenced, and an open transaction of theirs is aborted first. Sequences begin at 0.
	InitProducer(ctx context.Context, id string, timeout time.Duration) (Producer, error)

	// AddPartitions makes partitions part of the producer's transaction, which begins
	// with the first.
	AddPartitions(ctx context.Context, producer Producer, partitions []Partition) error

	// Produce appends batches within the transaction. A batch whose sequence the
	// partition has seen from this producer is not appended again. After an error some
	// of the batches may be there.
	Produce(ctx context.Context, producer Producer, batches []ProducerBatch) error

	// EndTransaction commits or aborts. It may be repeated with the same decision.
	EndTransaction(ctx context.Context, producer Producer, commit bool) error

	// Close may be called more than once. It ends requests that are under way.
	Close() error
}

// Topic is a topic of a cluster.
type Topic struct {
	Name       string
	Partitions int // numbered from 0
}

// Place is a place in a partition that is found by asking.
type Place struct {
	Kind PlaceKind
	Time time.Time // of FirstAt
}

// PlaceKind is a way to describe a place.
type PlaceKind int

// The kinds of places.
const (
	Earliest     PlaceKind = iota // the first offset that the partition still holds
	CommittedEnd                  // the first offset of a transaction that is open, or else LogEnd
	LogEnd                        // the offset that the next record will have
	FirstAt                       // the first record of that time or later, by the millisecond; -1 if there is none
)

// Isolation says which records a reader sees.
type Isolation int

// The levels of isolation.
const (
	ReadCommitted   Isolation = iota // those of committed transactions, and those outside of any
	ReadUncommitted                  // all
)

// Fetched is the answer to a fetch.
type Fetched struct {
	// Records ascend by offset. They belong to the caller.
	Records []Record

	// Next is the offset after all that the answer covers: records, those of aborted
	// transactions, and offsets that belong to no record. It is at most the offset of
	// the request if it covers nothing.
	Next int64
}

// Producer is the holder of a transactional id, from one InitProducer to the next.
type Producer struct {
	TransactionalID string
	ID              int64
	Epoch           int16
}

// ProducerBatch is what a producer appends to a partition in one step.
type ProducerBatch struct {
	Partition Partition
	Sequence  int32     // of the first message; 0 for a producer's first to the partition
	Messages  []Message // with timestamps; Topic and Partition of each are not looked at
}
