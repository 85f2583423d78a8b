//go:build mutants

package testkit

import (
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// kafkaMutants are the planted bugs that concern a source or a sink in a cluster.
// That of a transactional id which fences nobody, number 19, is caught in package
// receiver/kafka.
var kafkaMutants = []struct {
	number int
	bug    string
	not    []string // programs that are not affected
}{
	// A stream of counts writes all of them in each batch.
	{1, "a batch is committed before the sink has it", []string{"stream counts"}},
	{10, "a planned batch that runs again asks for new offsets", nil},
	{16, "a batch that runs again has another number", []string{"stream counts", "stream words"}},
	{17, "an error of the sink is swallowed", []string{"stream counts", "stream words"}},
	{23, "a fetch that had to be repeated does not drop the records that were there before", nil},
	{26, "the token is committed before the batch", []string{"stream counts"}},
}

func TestMutantsOfKafka(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range kafkaMutants {
		t.Logf("mutant %d: %s", m.number, m.bug)
		mutate.Set(m.number)
		for _, program := range kafkaPrograms {
			if slices.Contains(m.not, program.name) {
				continue
			}
			began := time.Now()
			x := newExplorer(program.scenario)
			x.all(typical(program.scenario, newOptions(nil)), 1)
			took := time.Since(began)
			if x.failed == nil {
				t.Errorf("    %s: escaped", program.name)
				continue
			}
			_, small := shrink(program.scenario, *x.failed)
			t.Logf("    %s: %s after %d runs, %.1f ms: %v", program.name, small.why.class, x.worlds, took.Seconds()*1e3, small.plan)
			if len(small.plan.faults) > maxFaults || small.plan.rows() > maxRows || took > maxTime {
				t.Errorf("    %s: shrunk to %v, in %v", program.name, small.plan, took)
			}
		}
	}
}
