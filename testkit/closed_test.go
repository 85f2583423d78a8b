package testkit

import (
	"encoding/json/v2"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// querySocketFiles is a query from a socket to counts by window of arrival, in files:
// those of windows that are over. No line comes twice, so each is counted in one window,
// as one; when its window is over depends on what comes after it.
func querySocketFiles(s *Sim) {
	type row struct {
		Value string `json:"value"`
		Count int    `json:"count"`
	}
	in := SocketInput(s, "sender:7", distinct)
	out := TextOutput(s, "out", func(line string) (r row, err error) { return r, json.Unmarshal([]byte(line), &r) })
	s.App(func(p *Process) error {
		return p.Session().Stream(source.Socket(in.Address())).
			WithWatermark("timestamp", 0).
			GroupBy(expr.Window("timestamp", time.Second), expr.Col("value")).Agg(expr.Count().As("count")).
			Select("value", "count").
			Write(sink.JSONFiles("out")).Mode(structured.Append).Checkpoint("ckpt").Run(p.Context())
	})
	written := 0
	s.Eventually("each line of a window that is over is counted once", func() error {
		batches, err := out.committed()
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, b := range batches {
			for _, r := range b.rows {
				if seen[r.Value] || r.Count != 1 || !slices.Contains(in.All(), r.Value) {
					return Final(fmt.Errorf("batch %d has %+v", b.id, r))
				}
				seen[r.Value] = true
			}
		}
		written = len(seen)
		return nil
	})
	s.Sometimes("windows that are over are in files", func() bool { return written > 0 })
	s.outputs = append(s.outputs, holds(out))
}

func TestQuerySocketFiles(t *testing.T) { Exhaust(t, querySocketFiles, Faults(AllFaults&^ClockJump)) }
