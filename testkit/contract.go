package testkit

import "fmt"

// Contract says what a simulated sink promises to those who write to it, and so how
// its calls can fail.
type Contract int

const (
	// AtLeastOnce is a sink that takes rows and remembers nothing about batches, such
	// as a queue. A write can fail before it has any effect, after all of it, or in
	// the middle. Rows may come twice, but only those of batches whose write was not
	// known to have succeeded; none may be missing.
	AtLeastOnce Contract = iota

	// IdempotentBatch is a sink that takes a whole batch under its number, and keeps
	// the number together with the rows in one durable step. A batch that it has
	// already it takes again without further effect. A write can fail before it had
	// its effect, or after.
	IdempotentBatch

	// Upsert is a sink that takes each row under its key and replaces the one before,
	// such as a table with a primary key. It knows no batches. A write can fail
	// before, after and in the middle. A row must not be replaced by one of an
	// earlier batch.
	Upsert

	// Transactional is a sink with two phases: rows are written and prepared under a
	// handle, and the handle is committed, by the process that prepared it or by a
	// later one. What is prepared survives a crash and is invisible; what is not
	// prepared when its process ends is gone. A writer with a lower epoch than another
	// that has opened the sink is refused. Each call can fail before and after. The sink
	// can abort what is prepared as something that took too long, and its commit fails with
	// sink.ErrAborted. In the end, nothing may be left prepared.
	Transactional

	// FileManifest is a directory of the simulated disk, with data files and a
	// manifest for each batch. It fails as files do.
	FileManifest
)

var contractNames = []string{"at-least-once", "idempotent-batch", "upsert", "transactional", "file-manifest"}

func (c Contract) String() string {
	if c < 0 || int(c) >= len(contractNames) {
		return fmt.Sprintf("contract %d", int(c))
	}
	return contractNames[c]
}
