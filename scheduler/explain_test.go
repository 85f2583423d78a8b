package scheduler

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestExplain draws the last node of each graph in testdata/explain.txt.
func TestExplain(t *testing.T) {
	datadriven.RunTest(t, "testdata/explain.txt", func(t *testing.T, d *datadriven.TestData) string {
		var g testGraph
		for line := range strings.Lines(d.Input) {
			if err := g.add(strings.Fields(line)); err != nil {
				d.Fatalf(t, "%v", err)
			}
		}
		return Explain(g.order[len(g.order)-1])
	})
}
