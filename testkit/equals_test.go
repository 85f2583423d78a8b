package testkit

import (
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// TestABatchThatFailsIsNoAnswer: the error of the batch is told, not taken for an output
// without rows.
func TestABatchThatFailsIsNoAnswer(t *testing.T) {
	for _, mode := range []sink.Mode{sink.Append, sink.Update} {
		found := check(func(s *Sim) {
			in := Input(s, "words", 2, words)
			out := TableSink(s, "out", IdempotentBatch, "word")
			s.App(func(p *Process) error {
				query := p.Session().Stream(in.Table()).Select(expr.Col("value").As("word"))
				return query.Write(out).Mode(mode).Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
			})
			EqualsBatch(s, in, out, func(lines structured.DataFrame) structured.DataFrame { return lines.Select("absent") })
		}, 10, 1, nil)
		if found == nil || found.why.class != "no answer" || !strings.Contains(found.why.text, "absent") {
			t.Errorf("mode %s: got %v, want the error of the batch", mode, found)
		}
	}
}
