package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

// stateFrameBytes is the size at which a state frame is handed to the log and the
// next one is begun.
const stateFrameBytes = 64 << 10

// Journal is an open journal. Plan, PlanDurable, AppendState and Commit are called
// by one activity at a time, in this order for each batch; the other methods may
// be called by any activity at any time.
type Journal struct {
	env     env.Env
	dir     string
	epoch   uint64
	options Options
	lock    io.Closer
	log     *wal.Log
	syncing *env.Proc // makes a plan durable in the background; nil if none has to be

	//det:lock what the frames mean; never held across a call of the Env
	mu        sync.Mutex
	core      *core
	retaining bool
	closed    bool
	appended  int64 // bytes of frames, by this process

	// The state frame being filled, for one activity.
	changes      []byte
	changesBatch int64
	operator     string // of the last change in it
}

// Plan logs the plan of the next batch and starts to make it durable without
// waiting for it: the batch may be computed meanwhile.
func (j *Journal) Plan(ctx context.Context, p Plan) error {
	if err := j.decide(func(c *core) error { return c.mayPlan(p, 0) }); err != nil {
		return err
	}
	if err := j.appendPlan(p); err != nil {
		return err
	}
	if j.syncing != nil {
		if err := j.syncing.Wait(ctx, j.env); err != nil {
			return err
		}
	}
	j.syncing = j.env.Spawn("journal sync", func() error { return j.log.Sync(context.Background()) })
	return nil
}

func (j *Journal) appendPlan(p Plan) error {
	p.Fingerprint = j.options.Fingerprint
	return j.append(appendPlan(nil, p))
}

// PlanDurable waits until the current plan is durable and checks the fence. No
// sink may be called for the batch before it has returned nil.
func (j *Journal) PlanDurable(ctx context.Context) error {
	if j.syncing != nil { // begun by Plan; a sync of its own would be a second one
		if err := j.syncing.Wait(ctx, j.env); err != nil {
			return err
		}
		j.syncing = nil
	}
	if err := j.log.Sync(ctx); err != nil {
		return err
	}
	if err := j.CheckFence(ctx); err != nil {
		return err
	}
	return j.decide(func(c *core) error {
		if c.pending == nil {
			return errors.New("no batch is planned")
		}
		c.durable = true
		return nil
	})
}

// CheckFence returns a *FencedError if a newer writer has started. It is called
// before each call of a sink.
func (j *Journal) CheckFence(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return checkFence(j.env.FS(), j.dir, j.epoch)
}

// checkFence looks for the claim of the next epoch. There is one if there is any of a
// higher epoch: each writer claims the one behind the highest, and no claim is ever
// removed.
func checkFence(files env.FS, dir string, epoch uint64) error {
	_, err := files.Stat(epochFile(dir, epoch+1))
	switch {
	case err == nil:
		return &FencedError{Dir: dir, Epoch: epoch, Higher: epoch + 1}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return fmt.Errorf("journal %s: look for a newer writer: %w", dir, err)
}

// AppendState adds a change to those of the current batch. It is called once every
// sink has the batch, and copies the data. The changes become durable, and count,
// together with the commit of the batch. Changes of one operator are best appended
// one after the other.
func (j *Journal) AppendState(ctx context.Context, c Change) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if c.Group < 0 || c.Group > maxGroup {
		return fmt.Errorf("journal %s: change of operator %q: key group %d", j.dir, c.Operator, c.Group)
	}
	isFirst := len(j.changes) == 0
	if isFirst {
		if err := j.decide(func(core *core) error { return core.mayChange(c.Batch) }); err != nil {
			return err
		}
		j.changes = appendStateHeader(j.changes, j.epoch, c.Batch)
		j.changesBatch = c.Batch
	} else if c.Batch != j.changesBatch {
		return fmt.Errorf("journal %s: change of batch %d among those of batch %d", j.dir, c.Batch, j.changesBatch)
	}
	j.changes = appendChange(j.changes, c, j.operator, isFirst)
	j.operator = c.Operator
	if len(j.changes) < stateFrameBytes {
		return nil
	}
	return j.appendChanges()
}

// appendChanges hands the state frame being filled to the log.
func (j *Journal) appendChanges() error {
	if len(j.changes) == 0 {
		return nil
	}
	err := j.append(j.changes)
	j.changes = j.changes[:0]
	return err
}

// Prepared logs that every sink has the current batch, or has prepared it so that it can
// be committed after a crash, with the changes that were appended for it and the
// tokens that the sinks gave, and waits until that is durable. From then on the batch
// is not run again, unless it is revoked: the sinks that have it prepared commit it, now
// or after the next start, and Commit follows. Streams without such sinks have no use for
// it.
func (j *Journal) Prepared(ctx context.Context, d Done) error {
	if err := j.decide(func(c *core) error { return c.mayChange(d.Batch) }); err != nil {
		return err
	}
	if err := j.appendChanges(); err != nil {
		return err
	}
	if err := j.append(appendDone(nil, framePrepared, j.epoch, d)); err != nil {
		return err
	}
	return j.log.Sync(ctx)
}

// Revoke logs that a sink has lost the batch that an earlier writer has prepared, and
// waits until that is durable. The batch is pending then, and runs again, as if it had not
// been prepared. The error is a *FingerprintError if another program has planned it.
func (j *Journal) Revoke(ctx context.Context, batch int64) error {
	var planned Plan
	err := j.decide(func(c *core) error {
		err := c.mayRevoke(batch)
		if err == nil {
			planned = *c.pending
		}
		return err
	})
	if err == nil {
		err = j.sameProgram(&planned)
	}
	if err != nil {
		return err
	}
	if err := j.append(appendRevoked(nil, batch)); err != nil {
		return err
	}
	return j.log.Sync(ctx)
}

// Commit logs that the current batch is done, with the changes that were appended
// for it, and waits until that is durable. If the plan of the next batch is known
// already it is logged with it, and becomes the current one: Plan is not called
// for it then.
func (j *Journal) Commit(ctx context.Context, d Done, next *Plan) error {
	err := j.decide(func(c *core) error {
		if err := c.mayCommit(d.Batch); err != nil || next == nil {
			return err
		}
		return c.mayPlan(*next, 1)
	})
	if err != nil {
		return err
	}
	if err := j.appendChanges(); err != nil {
		return err
	}
	if err := j.append(appendDone(nil, frameDone, j.epoch, d)); err != nil {
		return err
	}
	if next != nil {
		if err := j.appendPlan(*next); err != nil {
			return err
		}
	}
	if err := j.log.Sync(ctx); err != nil || next == nil {
		return err
	}
	return j.decide(func(c *core) error {
		c.durable = true
		return nil
	})
}

// Snapshots logs snapshots that are durable, file and directory, and waits until the
// log of them is. What they make superfluous is removed by a later Retain. A program
// that no longer has an operator logs a snapshot of all its groups, of the last batch
// that is done, without a file: else the operator's changes are kept for ever.
func (j *Journal) Snapshots(ctx context.Context, snapshots ...Snapshot) error {
	for _, s := range snapshots {
		if err := j.decide(func(c *core) error { return c.maySnapshot(s) }); err != nil {
			return err
		}
		if err := j.append(appendSnapshot(nil, s)); err != nil {
			return err
		}
	}
	return j.log.Sync(ctx)
}

// Retain removes the segments of the log that recovery does not need any more:
// those that lie before the last Options.Retain batches and hold no change that is
// newer than the snapshot of its group. It is cheap when there is nothing to
// remove, and is called now and then between batches.
func (j *Journal) Retain(ctx context.Context) error {
	j.mu.Lock()
	position, through, due := j.core.cut(j.core.next()-1, j.options.Retain)
	if !due || j.retaining {
		j.mu.Unlock()
		return nil
	}
	j.retaining = true
	frame := appendRetained(nil, retained{through, j.core.newestSnapshots()})
	j.mu.Unlock()

	err := j.append(frame)
	if err == nil {
		err = j.log.RemoveBefore(ctx, position)
	}

	j.mu.Lock()
	defer j.mu.Unlock()
	j.retaining = false
	if err == nil {
		j.core.drop(position)
	}
	return err
}

// decide runs a decision of the core. After a failed write the core may be ahead of the
// log, and decides nothing any more.
func (j *Journal) decide(f func(*core) error) error {
	if err := j.log.Err(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := f(j.core); err != nil {
		return fmt.Errorf("journal %s: %w", j.dir, err)
	}
	return nil
}

// append hands a frame to the log and tells the core.
func (j *Journal) append(frame []byte) error {
	position, err := j.log.Append(frame)
	if err != nil {
		return err
	}
	return j.decide(func(c *core) error {
		j.appended += int64(len(frame))
		return c.apply(position, frame)
	})
}

// Appended returns how many bytes this process has appended, state, plans and all.
func (j *Journal) Appended() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.appended
}

// Close ends the journal and gives up the lock. A batch that is not committed is
// pending for the next start. Calls after the first return nil.
func (j *Journal) Close() error {
	j.mu.Lock()
	closed := j.closed
	j.closed = true
	j.mu.Unlock()
	if closed {
		return nil
	}
	var err error
	if j.syncing != nil {
		err = j.syncing.Wait(context.Background(), j.env)
	}
	return errors.Join(err, j.log.Close(), j.lock.Close())
}
