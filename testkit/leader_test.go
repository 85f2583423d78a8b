package testkit

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// TestLeaderChange: a partition that has no leader for a while, and then one that answers
// with less or more than was asked for, changes nothing.
func TestLeaderChange(t *testing.T) {
	for _, program := range kafkaPrograms {
		t.Run(program.name, func(t *testing.T) {
			Exhaust(t, func(s *Sim) {
				program.scenario(s)
				broker := func() *Cluster { return s.parts[0].(*Cluster) }
				s.Sometimes("a request finds no leader", func() bool { return broker().broker.Leaderless() > 0 })
				s.Sometimes("a new leader serves a reader", func() bool { return broker().broker.Elections() > 0 })
			}, Faults(LeaderChange))
		})
	}
}

// TestFaultsOfKafka: the plans are about what a cluster does by itself, and are as others
// are: replayed from their text, and without effect on a program that does not mind.
func TestFaultsOfKafka(t *testing.T) {
	for plan, want := range map[string]string{
		`v1;in=words:["a","b","a"];f=leader@fetch(words)#2/3s`:    "has no leader for 3s",
		`v1;in=words:["a","b","a"];f=leader@produce(counts)#1/1s`: "has no leader for 1s",
		`v1;in=words:["a","b","a"];f=leader@offsets(words)#2/5s`:  "has no leader for 5s",
		`v1;in=words:["a","b","a"];f=retention@fetch(words)#2/0`:  "LOSS FOUND",
	} {
		p, err := parsePlan(plan)
		if err != nil {
			t.Fatal(err)
		}
		if p.String() != plan {
			t.Errorf("%s is printed as %s", plan, p)
		}
		for _, program := range kafkaPrograms[:2] {
			s := declare(program.scenario, p)
			s.verbose = true
			f := s.play(s.begin(), settings{})
			told := strings.Join(s.timeline, "\n")
			if f.failure != nil || len(f.fired) != 1 || !strings.Contains(told, want) {
				t.Errorf("%s, %s: %v after %v, want %q in\n%s", program.name, plan, f.failure, f.fired, want, told)
			}
		}
	}
}

// careless is a cluster whose clients go on, after a request that found no leader, where
// the last one that they had asked for would have ended.
type careless struct {
	kafka.Cluster
	requested int64 // records with each fetch
}

func (c careless) Connect(ctx context.Context) (kafka.Client, error) {
	client, err := c.Cluster.Connect(ctx)
	return &carelessClient{Client: client, requested: c.requested}, err
}

type carelessClient struct {
	kafka.Client
	requested int64
	failed    atomic.Bool
}

func (c *carelessClient) Fetch(ctx context.Context, at kafka.Partition, offset int64, isolation kafka.Isolation) (kafka.Fetched, error) {
	if c.failed.Swap(false) {
		offset += c.requested
	}
	got, err := c.Client.Fetch(ctx, at, offset, isolation)
	c.failed.Store(err != nil)
	return got, err
}

// TestCarelessReader: a reader that goes on from the last offset it requested, not from
// the last record it got, is caught by a change of leader.
func TestCarelessReader(t *testing.T) {
	scenario := func(s *Sim) {
		cluster := KafkaCluster(s, "kafka")
		in := KafkaInput(cluster, "words", 2, words, wordMessage)
		out := PairSink[string, int](s, "counts", IdempotentBatch)
		s.App(runStreamOver(cluster, func(stream *dstream.Session) {
			stream.From(dstream.Log(kafka.Source(careless{cluster, 1}, fromEarliest))).
				ToPairs(func(r kafka.Record) (string, int) { return wordOf(r), 1 }).
				UpdateStateByKey(total).SaveTo(out)
		}))
		LastByKey(s, in, out, countWords)
	}
	x := newExplorer(scenario)
	x.faults = LeaderChange
	x.all(typical(scenario, newOptions(nil)), 1)
	if x.failed == nil {
		t.Fatal("nothing was found")
	}
	_, small := shrink(scenario, *x.failed)
	t.Logf("%v: %v", small.why, small.plan)
	if len(small.plan.faults) != 1 || small.plan.faults[0].Kind != sim.Elect || small.plan.rows() > fewRows {
		t.Errorf("shrunk to %v", small.plan)
	}
}
