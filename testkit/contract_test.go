package testkit

import (
	"testing"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// streamTo is the word count of a DStream into a sink of a contract.
func streamTo(contract Contract) func(*Sim) {
	return func(s *Sim) {
		in := Input(s, "words", 2, words)
		out := PairSink[string, int](s, "counts", contract)
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
}

// tableTo is the word count of a query into a sink of a contract.
func tableTo(contract Contract, mode sink.Mode) func(*Sim) {
	return func(s *Sim) {
		in := Input(s, "words", 2, words)
		out := TableSink(s, "counts", contract, "word")
		s.App(func(p *Process) error {
			return countValues(p.Session().Stream(in.Table())).Write(out).Mode(mode).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		})
		EqualsBatch(s, in, out, countValues)
	}
}

var contracts = []Contract{AtLeastOnce, IdempotentBatch, Upsert, Transactional, FileManifest}

// TestContracts: each kind of sink has what it should, whatever fails.
func TestContracts(t *testing.T) {
	for _, contract := range contracts {
		t.Run(contract.String(), func(t *testing.T) {
			t.Run("stream", func(t *testing.T) { Check(t, streamTo(contract)) })
			t.Run("table", func(t *testing.T) { Check(t, tableTo(contract, sink.Update)) })
		})
	}
}
