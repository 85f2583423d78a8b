//go:build mutants

package structured

import (
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// TestMutantsAreCaught plants each known bug and has the crashes find it.
func TestMutantsAreCaught(t *testing.T) {
	defer mutate.Set(0)
	const (
		counts = "word count to a sink that keeps batch ids"
		files  = "windowed count to files"
		two    = "word count to two sinks, one of which is committed in two phases"
		slower = "the slower of two inputs"
	)
	for _, m := range []struct {
		number        int
		bug, pipeline string
	}{
		{1, "the commit is logged before the sink has the batch", counts},
		{2, "a file is not synced before it is relied on", files},
		{3, "a directory is not synced", files},
		{5, "a start fails at a torn end of the log", counts},
		{10, "a replay asks the source again how far it goes", counts},
		{11, "a start takes changes of a batch that is not done", files},
		{14, "the watermark is forgotten at a restart", files},
		{15, "the watermark goes by the fastest input", slower},
		{16, "a batch that comes again has another number", counts},
		{17, "an error of a sink is swallowed", files},
		{18, "what was prepared is neither resumed nor aborted", two},
		{26, "a sink whose token is logged is believed to have the batch", two},
		{27, "a pending batch runs with another number of partitions", counts},
	} {
		t.Run(fmt.Sprint(m.number), func(t *testing.T) {
			mutate.Set(m.number)
			violation := explore(t, pipelines[m.pipeline])
			if violation == "" {
				t.Errorf("not found: %s", m.bug)
			}
			t.Logf("%s: %s", m.bug, violation)
		})
	}
	mutate.Set(28)
	violation := idle()
	if violation == "" {
		t.Error("not found: an idle query holds its commit")
	}
	t.Log(violation)
}
