package simlog

import (
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// leader is the broker that serves a partition.
type leader struct {
	epoch   int32
	since   time.Duration // when it begins to
	fetches int           // that it has answered, up to settled
}

// A new leader answers so many fetches in ways of its own.
const settled = 2

// Elect has a partition get another leader. Until that begins to serve, requests for the
// partition find none.
//
// Its first answer to a fetch holds no record: it does not know yet how far the log is
// committed. The second begins with the first record that it has, so that the reader gets
// again what the leader before has sent. It is as if a fetch that was under way when the
// connection broke were answered late.
func (b *Broker) Elect(at kafka.Partition, since time.Duration) error {
	p, err := b.partition(at)
	if err == nil {
		b.version++
		p.leader = leader{epoch: p.leader.epoch + 1, since: since}
	}
	return err
}

// lead returns an error if one of the partitions has no leader.
func (b *Broker) lead(partitions []kafka.Partition, now time.Duration) error {
	for _, at := range partitions {
		p, err := b.partition(at)
		if err != nil {
			return err
		}
		if l := p.leader; now < l.since {
			b.leaderless++
			return fmt.Errorf("%w: %v has no leader before %s", kafka.ErrUnavailable, at, l.since)
		}
	}
	return nil
}

// fetch is a Fetch by way of the partition's leader.
func (b *Broker) fetch(at kafka.Partition, offset int64, isolation kafka.Isolation, now time.Duration) (kafka.Fetched, error) {
	if err := b.lead([]kafka.Partition{at}, now); err != nil {
		return kafka.Fetched{}, err
	}
	p, _ := b.partition(at)
	if p.leader.epoch == 0 || p.leader.fetches >= settled {
		return b.Fetch(at, offset, isolation)
	}
	b.version++
	p.leader.fetches++
	if p.leader.fetches < settled {
		return kafka.Fetched{Next: offset}, nil
	}
	b.elections++
	return b.fetchFrom(at, offset, isolation, true)
}

// Elections is the number of new leaders that readers have come to.
func (b *Broker) Elections() int { return b.elections }

// Leaderless is the number of requests that have found no leader.
func (b *Broker) Leaderless() int { return b.leaderless }

func partitionsOf(batches []kafka.ProducerBatch) []kafka.Partition {
	partitions := make([]kafka.Partition, len(batches))
	for i, batch := range batches {
		partitions[i] = batch.Partition
	}
	return partitions
}
