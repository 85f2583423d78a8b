package testkit

import (
	"testing"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// streamIdle keeps a state for each word, which comes once, and says when it begins and
// when it has been idle for too long: each of these once.
func streamIdle(s *Sim) {
	const begins, ends = 1, -1
	in := Input(s, "words", 2, distinct)
	out := PairSink[string, int](s, "idle", IdempotentBatch)
	watch := dstream.StateFunc(func(word string, _ int, state *dstream.State[int]) (rdd.Pair[string, int], bool) {
		if state.TimingOut() {
			return rdd.Pair[string, int]{Key: word, Value: ends}, true
		}
		state.Update(begins)
		return rdd.Pair[string, int]{Key: word, Value: begins}, true
	})
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			stream.From(in).ToPairs(one).MapWithState(watch.Timeout(2 * Interval)).
				ToPairs(func(p rdd.Pair[string, int]) (string, int) { return p.Key, p.Value }).SaveTo(out)
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(words []string) (want []rdd.Pair[string, int]) {
		for _, word := range words {
			want = append(want, rdd.Pair[string, int]{Key: word, Value: begins}, rdd.Pair[string, int]{Key: word, Value: ends})
		}
		return want
	})
}

func TestStreamIdle(t *testing.T) { Exhaust(t, streamIdle) }
