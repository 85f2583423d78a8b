package testkit

import (
	"encoding/json/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// distinct lines: how often one was counted tells how often it was received.
var distinct = rapid.SliceOfNDistinct(rapid.StringMatching("[a-z][0-9]"), 0, 24, rapid.ID[string])

// streamSocket is a DStream from a socket to hopping counts in files: each line is in two
// windows, with the count 1.
func streamSocket(s *Sim) {
	in := SocketInput(s, "sender:7", distinct)
	out := TextOutput(s, "out", parsePair)
	s.App(func(p *Process) error {
		stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
			stream.Receive(receiver.Socket(in.Address())).ToPairs(one).
				ReduceByKeyAndWindow(func(a, b int) int { return a + b }, dstream.Window{Length: 2 * Interval, Slide: Interval}).
				SaveTo(dstream.Files("out", formatPair))
			return nil
		})
		if err != nil {
			return err
		}
		return stream.Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(lines []string) (want []rdd.Pair[string, int]) {
		for _, line := range lines {
			want = append(want, rdd.Pair[string, int]{Key: line, Value: 1}, rdd.Pair[string, int]{Key: line, Value: 1})
		}
		return want
	})
}

// querySocket is a query from a socket to counts by window of arrival, whose changes go to
// a table: each line is in one window, and changes its count once. (Files take no
// changes, and what is final lacks the last windows.)
func querySocket(s *Sim) {
	in := SocketInput(s, "unix:/run/sender", distinct)
	out := TableSink(s, "counts", IdempotentBatch, "value")
	s.App(func(p *Process) error {
		return p.Session().Stream(source.Socket(in.Address())).
			WithWatermark("timestamp", time.Second).
			GroupBy(expr.Window("timestamp", 2*time.Second), expr.Col("value")).Agg(expr.Count().As("count")).
			Select("value", "count").
			Write(out).Mode(structured.Update).Checkpoint("ckpt").Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(lines []string) (want [][]any) {
		for _, line := range lines {
			want = append(want, []any{line, 1})
		}
		return want
	})
}

// querySocketRows is a query that hands lines on, from a socket to files, with the
// default trigger: what comes wakes it.
func querySocketRows(s *Sim) {
	type row struct {
		Value string `json:"value"`
	}
	in := SocketInput(s, "sender:7", distinct)
	out := TextOutput(s, "out", func(line string) (r row, err error) { return r, json.Unmarshal([]byte(line), &r) })
	s.App(func(p *Process) error {
		return p.Session().Stream(source.Socket(in.Address())).Select("value").
			Write(sink.JSONFiles("out")).Mode(structured.Append).Checkpoint("ckpt").Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(lines []string) (want []row) {
		for _, line := range lines {
			want = append(want, row{line})
		}
		return want
	})
}

func TestSocket(t *testing.T) {
	for _, name := range []string{"stream of a socket", "table of a socket", "windows of a socket"} {
		p := programNamed(t, name)
		t.Run(name, func(t *testing.T) { Check(t, p.scenario, Faults(p.faults)) })
	}
}
