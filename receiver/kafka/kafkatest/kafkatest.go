// Package kafkatest is the contract of a kafka.Client as a test, and that of the
// sources and sinks which stand on it. It runs on the simulated cluster, on a broker
// inside the test process, and on a real one.
package kafkatest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// World is a cluster and what somebody outside does to it.
type World struct {
	Cluster kafka.Cluster

	// Prefix begins the names of topics and users, if the cluster outlasts the test.
	Prefix string

	// Append writes messages outside of any transaction, in one step.
	Append func(p kafka.Partition, messages ...kafka.Message) error

	// Grow gives a topic more partitions, n in all.
	Grow func(topic string, n int) error

	// Expire removes the records of a partition before an offset.
	Expire func(p kafka.Partition, before int64) error
}

// Run runs the suite.
func Run(t *testing.T, w World) {
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"topics", topics},
		{"offsets", offsets},
		{"transaction", transactions},
		{"sequence", sequences},
		{"fencing", fencing},
		{"repeated end", repeatedEnd},
		{"retention", retention},
		{"source", sources},
		{"start", starts},
		{"limits", limits},
		{"growth", growth},
		{"data loss", dataLoss},
		{"sink", sinks},
		{"sink fencing", sinkFencing},
		{"abandoned transaction", abandoned},
		{"sink errors", sinkErrors},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(newSuite(t, w, test.name)) })
	}
}

// suite is one test.
type suite struct {
	*testing.T
	World
	ctx    context.Context
	client kafka.Client
	prefix string
}

func newSuite(t *testing.T, w World, name string) *suite {
	s := &suite{T: t, World: w, ctx: t.Context(), prefix: w.Prefix + fmt.Sprintf("%x-", name)}
	client, err := w.Cluster.Connect(s.ctx)
	s.ok(err)
	s.client = client
	t.Cleanup(func() { s.ok(client.Close()) })
	return s
}

func (s *suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) same(got, want any) {
	s.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Fatalf("got %v, want %v", got, want)
	}
}

// topic makes a topic and waits until it can be written to.
func (s *suite) topic(name string, partitions int) string {
	s.Helper()
	name = s.prefix + name
	s.ok(s.client.CreateTopic(s.ctx, name, partitions, nil))
	s.eventually("topic "+name, func() bool {
		offsets, err := s.client.Offsets(s.ctx, partitionsOf(name, partitions), kafka.Place{Kind: kafka.LogEnd})
		return err == nil && len(offsets) == partitions
	})
	return name
}

func partitionsOf(topic string, n int) []kafka.Partition {
	list := make([]kafka.Partition, n)
	for i := range list {
		list[i] = kafka.Partition{Topic: topic, Number: int32(i)}
	}
	return list
}

// eventually waits for what brokers do after they have answered.
func (s *suite) eventually(what string, done func() bool) {
	s.Helper()
	e := env.Real()
	for began := e.Mono(); !done(); {
		if e.Mono()-began > 30*time.Second {
			s.Fatalf("%s: not within 30 s", what)
		}
		s.ok(env.Sleep(s.ctx, e, 20*time.Millisecond))
	}
}

// settled waits until no transaction is open in a partition.
func (s *suite) settled(p kafka.Partition) {
	s.Helper()
	s.eventually("end of transactions in "+p.String(), func() bool {
		return s.offset(p, kafka.CommittedEnd) == s.offset(p, kafka.LogEnd)
	})
}

func (s *suite) offset(p kafka.Partition, kind kafka.PlaceKind) int64 {
	s.Helper()
	offsets, err := s.client.Offsets(s.ctx, []kafka.Partition{p}, kafka.Place{Kind: kind})
	s.ok(err)
	return offsets[0]
}

// repeat makes a request until it is not unavailable.
func (s *suite) repeat(request func() error) error {
	var err error
	s.eventually("request", func() bool {
		err = request()
		return !isUnavailable(err)
	})
	return err
}

// values reads a partition from an offset to its end, by fetches.
func (s *suite) values(p kafka.Partition, from int64, isolation kafka.Isolation) []string {
	s.Helper()
	end := s.offset(p, kafka.CommittedEnd)
	if isolation == kafka.ReadUncommitted {
		end = s.offset(p, kafka.LogEnd)
	}
	var list []string
	s.eventually("fetches", func() bool {
		got, err := s.client.Fetch(s.ctx, p, from, isolation)
		if err != nil {
			s.Fatalf("fetch from %d, the end is %d: %v", from, end, err)
		}
		for _, r := range got.Records {
			if r.Offset >= from {
				list = append(list, string(r.Value))
			}
		}
		from = max(from, got.Next)
		return from >= end
	})
	return list
}

func message(value string) kafka.Message {
	return kafka.Message{Value: []byte(value), Timestamp: time.UnixMilli(1_700_000_000_000)}
}

func messages(values ...string) []kafka.Message {
	var list []kafka.Message
	for _, value := range values {
		list = append(list, message(value))
	}
	return list
}

func (s *suite) user(id string, epoch uint64) receiver.LogUser {
	return receiver.LogUser{ID: s.prefix + id, Epoch: epoch, Env: env.Real()}
}

func chunks(messages ...kafka.Message) iter.Seq2[[]kafka.Message, error] {
	return func(yield func([]kafka.Message, error) bool) {
		for chunk := range slices.Chunk(messages, 2) {
			if !yield(chunk, nil) {
				return
			}
		}
	}
}
