package client

import (
	"errors"
	"fmt"
	"slices"

	"github.com/IBM/sarama"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// again lists the answers after which a request may be repeated.
var again = []sarama.KError{
	sarama.ErrUnknownTopicOrPartition, // also of a topic that was just made
	sarama.ErrLeaderNotAvailable,
	sarama.ErrNotLeaderForPartition,
	sarama.ErrRequestTimedOut,
	sarama.ErrBrokerNotAvailable,
	sarama.ErrReplicaNotAvailable,
	sarama.ErrNetworkException,
	sarama.ErrOffsetsLoadInProgress,
	sarama.ErrConsumerCoordinatorNotAvailable,
	sarama.ErrNotCoordinatorForConsumer,
	sarama.ErrNotEnoughReplicas,
	sarama.ErrNotEnoughReplicasAfterAppend,
	sarama.ErrNotController,
	sarama.ErrConcurrentTransactions,
	sarama.ErrKafkaStorageError,
	sarama.ErrFencedLeaderEpoch,
	sarama.ErrUnknownLeaderEpoch,
	sarama.ErrOffsetNotAvailable,
	sarama.ErrPreferredLeaderNotAvailable,
	sarama.ErrEligibleLeadersNotAvailable,
	sarama.ErrThrottlingQuotaExceeded,
}

// classify gives an error the kind that package kafka decides by. What is no answer
// of a broker is a connection's end or a time-out: the request may be repeated.
func classify(err error) error {
	var code sarama.KError
	var config sarama.ConfigurationError
	var encoding sarama.PacketEncodingError
	var decoding sarama.PacketDecodingError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &config), errors.As(err, &encoding), errors.As(err, &decoding),
		errors.Is(err, sarama.ErrClosedClient), errors.Is(err, sarama.ErrInvalidTopic):
		return err
	case !errors.As(err, &code):
		return fmt.Errorf("%w: %w", kafka.ErrUnavailable, err)
	}
	switch code {
	case sarama.ErrOffsetOutOfRange:
		return fmt.Errorf("%w: %w", kafka.ErrOutOfRange, err)
	case sarama.ErrInvalidProducerEpoch, sarama.ErrProducerFenced, sarama.ErrTransactionCoordinatorFenced,
		sarama.ErrInvalidTxnState: // somebody else has ended the transaction
		return fmt.Errorf("%w: %w", kafka.ErrFenced, err)
	case sarama.ErrUnknownTopicOrPartition:
		return fmt.Errorf("%w: %w: %w", kafka.ErrUnavailable, kafka.ErrUnknownPartition, err)
	}
	if slices.Contains(again, code) {
		return fmt.Errorf("%w: %w", kafka.ErrUnavailable, err)
	}
	return err
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}
