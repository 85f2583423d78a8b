package kafka

import (
	"errors"
	"fmt"
)

// Errors of a [Client]. All others are final.
var (
	// ErrUnavailable is the error of a request that may succeed if it is made again:
	// there is no leader just now, or the answer was lost. In that case the request may
	// have had its effect.
	ErrUnavailable = errors.New("broker unavailable")

	// ErrOutOfRange says that a partition does not hold the offset: it was removed by
	// retention, or was never there.
	ErrOutOfRange = errors.New("offset out of range")

	// ErrUnknownPartition says that there is no such topic or partition.
	ErrUnknownPartition = errors.New("unknown topic or partition")

	// ErrFenced says that the transactional id belongs to a newer producer, or that the
	// transaction took longer than its time-out.
	ErrFenced = errors.New("producer fenced: a newer run of the writer has taken over, or the transaction timed out")
)

// DataLossError says that records which a stream should have read are not there any
// more.
type DataLossError struct {
	Partition Partition
	From, To  int64 // the offsets [From, To) cannot be read
	Why       string
}

func (e *DataLossError) Error() string {
	return fmt.Sprintf("kafka: %s: offsets %d to %d are lost: %s; set SourceOptions.AllowDataLoss to go on without them", e.Partition, e.From, e.To, e.Why)
}
