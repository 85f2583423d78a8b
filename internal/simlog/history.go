package simlog

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Transactions returns the numbers of the transactions that were committed, in that
// order.
func (b *Broker) Transactions() []int { return b.committed }

// Records returns what a transaction has written to a topic and is still there, by
// partition and offset.
func (b *Broker) Records(transaction int, name string) []kafka.Record {
	var list []kafka.Record
	for _, t := range b.topics {
		if t.name != name {
			continue
		}
		for _, p := range t.partitions {
			for _, e := range p.entries {
				if e.transaction == transaction && !e.marker {
					list = append(list, e.record)
				}
			}
		}
	}
	return list
}

// Begun is the number of transactions that were ever begun. They are numbered from 1.
func (b *Broker) Begun() int { return len(b.transactions) }

// Hash covers all that the future depends on.
func (b *Broker) Hash(h *xxhash.Digest) {
	for _, t := range b.topics {
		fmt.Fprintf(h, "%s ", t.name)
		for _, p := range t.partitions {
			fmt.Fprintf(h, "%d %d %v %v", p.start, p.end, p.sequences, p.leader)
			for _, e := range p.entries {
				fmt.Fprintf(h, "%d %d %d %t %q %q;", e.record.Offset, e.batch, e.transaction, e.marker, e.record.Key, e.record.Value)
			}
		}
	}
	fmt.Fprint(h, b.producers, b.transactions, b.committed)
}

// Ended says whether a transaction has ended.
func (b *Broker) Ended(transaction int) bool { return b.transactions[transaction-1].outcome != open }
