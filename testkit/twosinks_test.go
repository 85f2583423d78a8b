package testkit

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured"
)

// twoSinks counts words into two tables by one query.
func twoSinks(s *Sim) {
	in := Input(s, "words", 2, words)
	first := TableSink(s, "first", IdempotentBatch, "word")
	second := TableSink(s, "second", IdempotentBatch, "word")
	s.App(func(p *Process) error {
		return countValues(p.Session().Stream(in.Table())).Write(first, second).Mode(structured.Update).
			Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	EqualsBatch(s, in, first, countValues)
	EqualsBatch(s, in, second, countValues)
}

// Each sink has every batch once, though one may have it and the other not when a
// crash comes.
func TestTwoSinks(t *testing.T) {
	Exhaust(t, twoSinks, Depth(1))
}
