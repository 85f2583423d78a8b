//go:build mutants

package structured

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// TestMutantsAreCaught plants each known bug and has the crashes find it.
func TestMutantsAreCaught(t *testing.T) {
	defer mutate.Set(0)
	for number, name := range map[int]string{
		1:  "the commit is logged before the sink has the batch",
		2:  "a file is not synced before it is relied on",
		3:  "a directory is not synced",
		10: "a replay asks the source again how far it goes",
		14: "the watermark is forgotten at a restart",
		11: "a start takes changes of a batch that is not done",
		16: "a batch that comes again has another number",
		15: "the watermark goes by the fastest input",
		17: "an error of a sink is swallowed",
		18: "what was prepared is neither resumed nor aborted",
		26: "a sink whose token is logged is believed to have the batch",
		28: "an idle query holds its commit",
		27: "a pending batch runs with another number of partitions",
	} {
		t.Run(name, func(t *testing.T) {
			mutate.Set(number)
			found := 0
			if violation := idle(); violation != "" {
				found++
				t.Logf("an idle query: %s", violation)
			}
			for pipelineName, p := range pipelines {
				if violation := explore(t, p); violation != "" {
					found++
					t.Logf("%s: %s", pipelineName, violation)
				}
			}
			if found == 0 {
				t.Error("not found")
			}
		})
	}
}
