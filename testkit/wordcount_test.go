package testkit

import (
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var words = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 24)

func one(word string) (string, int) { return word, 1 }

func total(values []int, state int, ok bool) (int, bool) {
	for _, v := range values {
		state += v
	}
	return state, true
}

func countWords(words []string) map[string]int {
	counts := map[string]int{}
	for _, word := range words {
		counts[word]++
	}
	return counts
}

// streamCount is the word count of a DStream, from a topic to a sink.
func streamCount(s *Sim) {
	in := Input(s, "words", 2, words)
	out := PairSink[string, int](s, "counts", IdempotentBatch)
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			stream.From(in).ToPairs(one).UpdateStateByKey(total).SaveTo(out)
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	LastByKey(s, in, out, countWords)
}

// streamFiles is the word count of a DStream, from files to files.
func streamFiles(s *Sim) {
	in := TextInput(s, "in", words)
	out := TextOutput(s, "out", parsePair)
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			stream.From(dstream.TextFiles("in")).FlatMap(strings.Fields).ToPairs(one).
				UpdateStateByKey(total).SaveTo(dstream.Files("out", formatPair))
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	LastByKey(s, in, out, countWords)
}

func formatPair(p rdd.Pair[string, int]) string { return fmt.Sprint(p.Key, " ", p.Value) }

func parsePair(line string) (p rdd.Pair[string, int], err error) {
	_, err = fmt.Sscan(line, &p.Key, &p.Value)
	return p, err
}

func TestStreamWordCount(t *testing.T) { Check(t, streamCount) }

func TestStreamWordCountOfFiles(t *testing.T) { Check(t, streamFiles) }
