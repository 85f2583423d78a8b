package microbatch

import (
	"context"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/run"
)

// snapshotBytes is how many bytes of changes are redone at a start rather than written
// as a snapshot.
const snapshotBytes = 64 << 20

// snapshotIfDue writes the whole state, as of a batch that is done, once the changes
// since the last snapshot would take long to redo: when they are more than
// snapshotBytes and more than a quarter of the state.
func (e *engine) snapshotIfDue(ctx context.Context, batch int64) error {
	if e.store == nil || e.tail == 0 {
		return nil
	}
	if e.tail <= max(snapshotBytes, e.snapshot/4) && !e.Env.Buggify("microbatch: early snapshot") {
		return nil
	}
	e.Observer.Status("Writing a snapshot of the state", false)
	e.snapshot = 0
	var logged []journal.Snapshot
	for _, operator := range e.program.Operators() {
		err := e.store.Save(ctx, operator.Name, batch, func(w io.Writer) error {
			counting := &countingWriter{to: w}
			err := operator.Snapshot(counting)
			e.snapshot += counting.bytes
			return err
		})
		if err != nil {
			return fmt.Errorf("snapshot of %s after batch %d: %w", operator.Name, batch, err)
		}
		logged = append(logged, journal.Snapshot{Operator: operator.Name, From: 0, To: keyed.Groups, Version: batch})
	}
	e.tail = 0
	return e.Log.Snapshots(ctx, logged...)
}

// load restores an operator from a snapshot.
func (e *engine) load(ctx context.Context, operator *run.Operator, version int64) error {
	s, err := e.store.LoadVersion(ctx, operator.Name, version)
	if err != nil {
		return fmt.Errorf("restore the state of %s: %w", operator.Name, err)
	}
	e.snapshot += s.Size()
	err = operator.Restore(s)
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("restore the state of %s as of batch %d: %w", operator.Name, version, err)
	}
	return nil
}

type countingWriter struct {
	to    io.Writer
	bytes int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.bytes += int64(n)
	return n, err
}
