package kafka

import (
	"cmp"
	"fmt"
	"time"
)

// Partition is a partition of a topic.
type Partition struct {
	Topic  string
	Number int32
}

func (p Partition) String() string { return fmt.Sprintf("%s/%d", p.Topic, p.Number) }

// Compare orders partitions by topic and number.
func (p Partition) Compare(other Partition) int {
	return cmp.Or(cmp.Compare(p.Topic, other.Topic), cmp.Compare(p.Number, other.Number))
}

// Record is what a topic holds. The byte slices must not be changed.
type Record struct {
	Topic     string
	Partition int32
	Offset    int64
	Timestamp time.Time // to the millisecond

	// LogAppendTime says that the timestamp was set by the broker, not by the producer.
	LogAppendTime bool

	Key     []byte // nil: null
	Value   []byte // nil: null, in a compacted topic the deletion of the key
	Headers []Header
}

// Header is a pair that goes with a record. Keys may repeat.
type Header struct {
	Key   string
	Value []byte // nil: null
}

// Message is a record to be written.
type Message struct {
	Topic   string // may be empty if the sink's options name one
	Key     []byte // nil: null
	Value   []byte // nil: null
	Headers []Header

	// Timestamp is that of the batch if zero.
	Timestamp time.Time

	// Partition is where the message goes. If it is nil, messages with equal keys go to
	// the partition that Kafka's own clients choose for the key; those without a key
	// are dealt out in turn.
	Partition *int32
}
