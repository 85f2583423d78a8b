package testkit

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// Cluster is a simulated Kafka cluster, for kafka.Source and kafka.Sink. It outlasts
// the processes. Each request to it can fail, before or after it had its effect.
// Fetches return few records, and some that were not asked for; offsets have gaps;
// transactions are fenced and time out as on real brokers; leaders of partitions change.
//
// Of every transaction with a token it demands that its batch was not committed
// before, and that a batch which is written again is the same.
type Cluster struct {
	sim     *Sim
	cluster *simlog.Cluster
	clients kafka.Cluster // whose requests can fail
	inputs  []string      // topics
	broker  *simlog.Broker
	seen    seenBatches

	timedOut, leaderless int // transactions and requests, before the process that runs
}

// seenBatches is what writers have tried to commit.
type seenBatches struct {
	attempts  []logAttempt // the first of each batch
	committed []logAttempt
	ended     int // transactions up to this one have been looked at for good
	judged    int // commits so far
}

// logAttempt is a batch as a transaction had it when its token was written.
type logAttempt struct {
	writer  string
	batch   logToken
	records string
}

type logToken struct {
	Batch int64     `json:"batch"`
	Time  time.Time `json:"time"`
	Epoch uint64    `json:"epoch"`
}

// KafkaCluster declares a cluster without topics.
func KafkaCluster(s *Sim, name string) *Cluster {
	c := &Cluster{sim: s, cluster: simlog.NewCluster(name)}
	c.cluster.Now = s.now
	c.clients = simlog.Around(c.cluster, name, c.call)
	c.load(clusterState{broker: new(simlog.Broker)})
	s.add(c)
	return c
}

func (c *Cluster) String() string { return c.cluster.String() }

// Connect implements kafka.Cluster.
func (c *Cluster) Connect(ctx context.Context) (kafka.Client, error) { return c.clients.Connect(ctx) }

type clusterState struct {
	broker *simlog.Broker
	seen   seenBatches
}

func (c *Cluster) save() any {
	c.seen.attempts, c.seen.committed = slices.Clip(c.seen.attempts), slices.Clip(c.seen.committed)
	return clusterState{c.broker.Clone(), c.seen}
}

func (c *Cluster) load(saved any) {
	state := saved.(clusterState)
	c.broker, c.seen = state.broker.Clone(), state.seen
	c.cluster.Set(c.broker)
}

func (c *Cluster) begin() { c.timedOut, c.leaderless = c.broker.TimedOut(), c.broker.Leaderless() }

// disturbed says whether a transaction took too long while the process ran, which then is
// fenced, or whether the process has given up on a partition that had no leader.
func (c *Cluster) disturbed() bool {
	gaveUp := c.broker.Leaderless() > c.leaderless && slices.Contains(c.sim.world.Buggified(), impatience)
	return gaveUp || c.broker.TimedOut() > c.timedOut
}

// impatience is the rare behaviour of package kafka that does not ask again.
const impatience = "kafka: a request is not repeated"

// noticed implements losing.
func (c *Cluster) noticed(err error) bool {
	var lost *kafka.DataLossError
	if !errors.As(err, &lost) || !slices.Contains(c.broker.Expired(), lost.Partition) || lost.From >= lost.To {
		return false
	}
	c.broker.Restore()
	c.sim.changed()
	return true
}

func (c *Cluster) hash(h *xxhash.Digest) { c.broker.Hash(h) }

// call is a request of a client.
func (c *Cluster) call(r simlog.Request, apply func() error) error {
	incidents := sim.Incidents{Befall: func(f sim.Fault) { c.befall(r.Partitions[0], f) }}
	if len(r.Partitions) > 0 {
		incidents.Kinds = []sim.Kind{sim.Elect}
		if slices.Contains(c.inputs, r.Partitions[0].Topic) {
			incidents.Kinds = []sim.Kind{sim.Elect, sim.Expire}
		}
	}
	return c.sim.world.CallOutside(r.Site, incidents, func() error {
		version := c.broker.Version()
		err := apply()
		if c.broker.Version() == version {
			return err
		}
		c.sim.changed()
		if broken := c.judge(); broken != nil {
			return broken
		}
		return err
	})
}

// befall has a partition get another leader, or lose records.
func (c *Cluster) befall(at kafka.Partition, f sim.Fault) {
	err := c.cluster.Do(func(b *simlog.Broker, now time.Duration) error {
		if f.Kind == sim.Elect {
			c.sim.note("%v %v has no leader for %s", now, at, f.Delay)
			return b.Elect(at, now+f.Delay)
		}
		start, err := b.Offset(at, kafka.Place{Kind: kafka.Earliest})
		if err != nil {
			return err
		}
		end, err := b.Offset(at, kafka.Place{Kind: kafka.LogEnd})
		if err != nil || start == end {
			return err
		}
		before := end - int64(f.Seed%uint64(end-start))
		c.sim.note("%v %v loses the offsets %d to %d", now, at, start, before)
		return b.Expire(at, before)
	})
	if err != nil {
		c.sim.wrong("%s: %v", c, err)
	}
	c.sim.changed()
}

// judge looks at the transactions that have a token by now.
func (c *Cluster) judge() error {
	for n := c.seen.ended + 1; n <= c.broker.Begun(); n++ {
		if a, ok := c.attempt(n); ok {
			if err := c.compare(a); err != nil {
				return err
			}
		}
		if c.broker.Ended(n) && n == c.seen.ended+1 {
			c.seen.ended = n
		}
	}
	for _, n := range c.broker.Transactions()[c.seen.judged:] {
		c.seen.judged++
		if a, ok := c.attempt(n); ok {
			if err := c.commit(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// attempt returns the batch of a transaction, if it has a token and something else.
func (c *Cluster) attempt(transaction int) (a logAttempt, ok bool) {
	tokens := c.broker.Records(transaction, kafka.DefaultTokenTopic)
	if len(tokens) == 0 {
		return a, false
	}
	a.writer = string(tokens[0].Key)
	if err := json.Unmarshal(tokens[0].Value, &a.batch); err != nil {
		c.sim.wrong("%s: a token: %v", c, err)
	}
	var text strings.Builder
	for _, topic := range c.broker.Topics(nil) {
		if topic.Name == kafka.DefaultTokenTopic {
			continue
		}
		for _, r := range c.broker.Records(transaction, topic.Name) {
			fmt.Fprintf(&text, "%s/%d %q=%q ", r.Topic, r.Partition, r.Key, r.Value)
		}
	}
	a.records = text.String()
	return a, a.records != ""
}

// compare holds a batch against its first attempt.
func (c *Cluster) compare(a logAttempt) error {
	for _, first := range c.seen.attempts {
		if first.writer != a.writer || first.batch.Batch != a.batch.Batch {
			continue
		}
		if first.records != a.records || !first.batch.Time.Equal(a.batch.Time) {
			return c.sim.violate("replay identity", "%s: batch %d was %sand comes again as %s", a.writer, a.batch.Batch, first.records, a.records)
		}
		return nil
	}
	c.seen.attempts = append(slices.Clip(c.seen.attempts), a)
	return nil
}

// commit notes that a batch is visible.
func (c *Cluster) commit(a logAttempt) error {
	c.sim.note("%s ← batch %d: %s", c, a.batch.Batch, a.records)
	for _, done := range c.seen.committed {
		if done.writer == a.writer && done.batch.Batch >= a.batch.Batch {
			return c.sim.violate("doubled", "%s: batch %d is committed after batch %d", a.writer, a.batch.Batch, done.batch.Batch)
		}
	}
	c.seen.committed = append(slices.Clip(c.seen.committed), a)
	return nil
}
