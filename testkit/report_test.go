package testkit

import (
	"iter"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// forgetful is a word count that keeps no checkpoint, so that it begins anew after a
// crash.
func forgetful(s *Sim) {
	in := Input(s, "words", 2, words)
	out := PairSink[string, int](s, "counts", IdempotentBatch)
	s.App(func(p *Process) error {
		stream, err := dstream.Open(p.Options(""))
		if err != nil {
			return err
		}
		stream.From(in).ToPairs(one).UpdateStateByKey(total).SaveTo(out)
		return stream.Run(p.Context())
	})
	LastByKey(s, in, out, countWords)
}

func TestAFailureIsShrunkAndReplays(t *testing.T) {
	for _, by := range []struct {
		name  string
		found *failed
	}{{"check", check(forgetful, 100, 1, nil)}, {"exhaust", exhausted(forgetful)}} {
		t.Run(by.name, func(t *testing.T) {
			if by.found == nil {
				t.Fatal("a program without a checkpoint passes")
			}
			_, small := shrink(forgetful, *by.found)
			if len(small.plan.faults) > 1 || small.plan.rows() > 3 {
				t.Errorf("shrunk to %v", small.plan)
			}
			text := report("TestX/part", forgetful, *by.found, true)
			for _, want := range []string{
				"violated: ", "  input   : words [", "  faults  : ", "  timeline: 0s START 1\n", "  shrunk  : ",
				"identical in 2 of 2 runs", " -run '^TestX$/^part$' -testkit.plan='v1;", "  process 2:\n",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("the report lacks %q:\n%s", want, text)
				}
			}
			_, rest, _ := strings.Cut(text, "-testkit.plan='")
			line, _, _ := strings.Cut(rest, "'")
			p, err := parsePlan(line)
			if err != nil {
				t.Fatal(err)
			}
			s := declare(forgetful, p)
			if f := s.play(s.begin(), settings{}); f.failure == nil || f.failure.class != small.why.class {
				t.Errorf("the printed plan gives %v, want %v", f.failure, small.why)
			}
		})
	}
}

// exhausted returns what Exhaust finds.
func exhausted(scenario func(*Sim)) *failed {
	x := newExplorer(scenario)
	x.all(typical(scenario, newOptions(nil)), 1)
	return x.failed
}

// check returns the first of some random plans that fails.
func check(scenario func(*Sim), runs int, seed uint64, count *tally) *failed {
	c := newChecker(scenario, seed, newOptions(nil))
	c.tally = count
	return c.check(runs)
}

// TestDivergence: a program that depends on the order of a map is found out.
func TestDivergence(t *testing.T) {
	found := check(func(s *Sim) {
		in := Input(s, "words", 1, rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,8}"), 60, 80, rapid.ID[string]))
		out := Sink[string](s, "words", IdempotentBatch)
		s.App(func(p *Process) error {
			stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
				stream.From(in).Transform(func(r rdd.RDD[string], _ time.Time) rdd.RDD[string] {
					return r.MapPartitions(shuffled)
				}).SaveTo(out)
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		ExactlyOnce(s, in, out, func(words []string) []string { return words })
	}, 1, 1, nil)
	if found == nil {
		t.Fatal("not found")
	}
	if found.why.class != "determinism" || !strings.Contains(found.why.text, "probe(batch(words))#") || !strings.Contains(found.why.text, "attempt") {
		t.Errorf("found %v", found.why)
	}
}

// TestLostInput: a program that never delivers fails after a bounded time.
func TestLostInput(t *testing.T) {
	found := check(func(s *Sim) {
		in := Input(s, "words", 1, words)
		out := Sink[string](s, "words", IdempotentBatch)
		s.App(func(p *Process) error {
			stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
				stream.From(in).Filter(func(word string) bool { return word != "b" }).SaveTo(out)
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		ExactlyOnce(s, in, out, func(words []string) []string { return words })
	}, 10, 1, nil)
	if found == nil || found.why.class != "lost" || !strings.Contains(found.why.text, `"b" is there 0 times`) {
		t.Errorf("found %v", found)
	}
}

func TestMistakesOfScenarios(t *testing.T) {
	for name, scenario := range map[string]func(*Sim){
		"no program":    func(s *Sim) { Input(s, "words", 1, words) },
		"no partitions": func(s *Sim) { Input(s, "words", 0, words) },
		"an input is declared twice": func(s *Sim) {
			Input(s, "words", 1, words)
			Input(s, "words", 1, rapid.SliceOf(rapid.Int()))
		},
	} {
		if found := check(scenario, 1, 1, nil); found == nil || found.why.class != "scenario" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// shuffled hands the elements on in the order of a map.
func shuffled(_ rdd.Task, in iter.Seq[string], yield func(string) bool) error {
	set := map[string]bool{}
	for word := range in {
		set[word] = true
	}
	for word := range set {
		yield(word)
	}
	return nil
}
