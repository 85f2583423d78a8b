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
	} {
		t.Run(name, func(t *testing.T) {
			mutate.Set(number)
			for pipelineName, p := range pipelines {
				if violation := explore(t, p); violation != "" {
					t.Logf("%s: %s", pipelineName, violation)
				} else {
					t.Errorf("%s: not found", pipelineName)
				}
			}
		})
	}
}
