package testkit

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// TestRetention: records that a topic has removed before they were read are missed, by an
// error that says which; records that were read, are not.
func TestRetention(t *testing.T) {
	for _, program := range kafkaPrograms {
		t.Run(program.name, func(t *testing.T) {
			x := newExplorer(program.scenario)
			x.faults, x.tally = Retention, newTally()
			x.all(typical(program.scenario, newOptions(nil)), 1)
			if x.failed != nil {
				t.Fatal(report(t.Name(), program.scenario, *x.failed, false))
			}
			found := x.tally.branches[lossFound]
			t.Logf("%v; a loss was found %d times", x, found)
			if found == 0 || found == x.worlds {
				t.Errorf("a loss was found in %d of %d worlds", found, x.worlds)
			}
		})
	}
}

// TestRetentionIsJudged: a program that goes on without the records has failed, and so has
// one whose error does not say what is missing.
func TestRetentionIsJudged(t *testing.T) {
	over := func(change func(o *kafka.SourceOptions), app func(run func(*Process) error) func(*Process) error) func(*Sim) {
		return func(s *Sim) {
			cluster := KafkaCluster(s, "kafka")
			in := KafkaInput(cluster, "words", 2, words, wordMessage)
			out := Sink[string](s, "out", IdempotentBatch)
			o := fromEarliest
			change(&o)
			s.App(app(runStreamOver(cluster, func(stream *dstream.Session) {
				stream.From(dstream.Log(kafka.Source(cluster, o))).Map(wordOf).SaveTo(out)
			})))
			ExactlyOnce(s, in, out, func(words []string) []string { return words })
		}
	}
	plain := func(run func(*Process) error) func(*Process) error { return run }
	silent := over(func(o *kafka.SourceOptions) { o.AllowDataLoss, o.Logger = true, slog.New(slog.DiscardHandler) }, plain)
	vague := over(func(*kafka.SourceOptions) {}, func(run func(*Process) error) func(*Process) error {
		return func(p *Process) error {
			if run(p) != nil {
				return errSomething
			}
			return nil
		}
	})
	for want, scenario := range map[string]func(*Sim){"LOST violated": silent, "something is wrong": vague} {
		text := run(func(t testing.TB) { Exhaust(t, scenario, Faults(Retention)) })
		if !strings.Contains(text, want) || !strings.Contains(text, "retention@") {
			t.Errorf("want %s: failed with %q", want, text)
		}
	}
}

// TestRetentionInAScript: the error of a stream names the topic, the partition, the
// offsets and what to do. With AllowDataLoss the stream goes on with what is there, and
// says the same to the log.
func TestRetentionInAScript(t *testing.T) {
	for _, allow := range []bool{false, true} {
		var told bytes.Buffer
		Script(t, func(s *Sim) {
			cluster := KafkaCluster(s, "kafka")
			cluster.topic("words", 1)
			partition := kafka.Partition{Topic: "words"}
			add := func(list ...string) {
				for _, word := range list {
					if err := cluster.broker.Append(partition, wordMessage(word)); err != nil {
						t.Fatal(err)
					}
				}
			}
			out := Sink[string](s, "out", IdempotentBatch)
			o := fromEarliest
			o.AllowDataLoss, o.Logger = allow, slog.New(slog.NewTextHandler(&told, nil))
			s.App(runStreamOver(cluster, func(stream *dstream.Session) {
				stream.From(dstream.Log(kafka.Source(cluster, o))).Map(wordOf).SaveTo(out)
			}))
			s.Start()
			add("a", "b")
			s.AdvanceClock(Interval)
			s.Stop()
			add("c", "d")
			if err := cluster.broker.Expire(partition, 3); err != nil {
				t.Fatal(err)
			}
			s.Start()
			s.AdvanceClock(2 * Interval)
			if allow {
				s.Stop()
				out.CheckAll("a", "b", "d")
			} else if err := s.Wait(); !errors.As(err, new(*kafka.DataLossError)) || !strings.Contains(err.Error(), "words/0: offsets 2 to 3 are lost: retention has removed them; set SourceOptions.AllowDataLoss") {
				t.Errorf("the stream ended with %v", err)
			}
		})
		if strings.Contains(told.String(), "data lost") != allow {
			t.Errorf("allowed %v: the log says %q", allow, &told)
		}
	}
}
