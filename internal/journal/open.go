package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

// Open takes the directory's lock, claims the next writer epoch and reads what
// earlier writers left. A missing directory is made, durably.
//
// Errors: *env.LockedError if another writer is alive here, *FormatError if the
// directory is of another kind or version or its format file is damaged,
// *FingerprintError if a pending batch was planned by another program,
// *wal.CorruptError if the log is damaged, *FencedError if a newer writer started
// meanwhile.
func Open(ctx context.Context, e env.Env, dir string, o Options) (*Journal, *Recovered, error) {
	if err := o.validate(); err != nil {
		return nil, nil, err
	}
	if err := env.MkdirAllSync(e.FS(), dir); err != nil {
		return nil, nil, fmt.Errorf("journal %s: %w", dir, err)
	}
	lock, err := e.FS().Lock(dir + "/lock")
	if err != nil {
		return nil, nil, fmt.Errorf("journal %s: %w", dir, err)
	}
	j := &Journal{env: e, dir: dir, options: o, lock: lock}
	recovered, err := j.open(ctx)
	if err != nil {
		if j.log != nil {
			err = errors.Join(err, j.log.Close())
		}
		return nil, nil, errors.Join(err, lock.Close())
	}
	return j, recovered, nil
}

// open is the part of Open that is done under the lock. An epoch is claimed before
// anything that an earlier writer might still change is read.
func (j *Journal) open(ctx context.Context) (*Recovered, error) {
	id, err := openFormat(j.env, j.dir, j.options.Kind)
	if err != nil {
		return nil, err
	}
	if j.epoch, err = claimEpoch(j.env.FS(), j.dir); err != nil {
		return nil, fmt.Errorf("journal %s: claim a writer epoch: %w", j.dir, err)
	}
	j.log, err = wal.Create(ctx, j.env, j.logDir(), j.epoch, wal.Options{
		SegmentBytes: j.options.SegmentBytes,
		Fence:        func(context.Context) error { return checkFence(j.env.FS(), j.dir, j.epoch) },
	})
	if err != nil {
		return nil, err
	}
	if j.core, err = j.readLog(); err != nil {
		return nil, err
	}
	c := j.core
	if p := c.pending; p != nil {
		c.durable = true
		if c.prepared == nil {
			if err := j.sameProgram(p); err != nil {
				return nil, err
			}
		}
	}
	return &Recovered{
		Fresh:     !c.begun,
		ID:        id,
		Epoch:     j.epoch,
		Last:      c.last,
		Pending:   c.pending,
		Prepared:  c.prepared,
		Snapshots: c.newestSnapshots(),
		Operators: c.operators(),
	}, nil
}

// sameProgram refuses a batch that another program has planned.
func (j *Journal) sameProgram(p *Plan) error {
	if p.Fingerprint == j.options.Fingerprint || j.options.AcceptFingerprint {
		return nil
	}
	return &FingerprintError{Dir: j.dir, Batch: p.Batch, Logged: p.Fingerprint, Current: j.options.Fingerprint}
}

func (j *Journal) logDir() string { return j.dir + "/log" }

// readLog folds the log into a core.
func (j *Journal) readLog() (*core, error) {
	c := newCore(j.epoch)
	var at wal.Position
	for record, err := range wal.Records(j.env, j.logDir()) {
		if err != nil {
			return nil, err
		}
		at = record.Position
		if err := c.apply(at, record.Payload); err != nil {
			return nil, j.corrupt(at, err)
		}
	}
	if err := c.whole(); err != nil {
		return nil, j.corrupt(c.segments[0].position, err)
	}
	return c, nil
}

// corrupt returns the error for a frame that is intact but cannot stand where it
// does.
func (j *Journal) corrupt(at wal.Position, err error) error {
	segment := fmt.Sprintf("%s/%010d-%06d.log", j.logDir(), at.Epoch, at.Segment)
	return &wal.CorruptError{Segment: segment, Offset: at.Offset, Reason: err.Error()}
}

func epochFile(dir string, epoch uint64) string { return fmt.Sprintf("%s/epoch/%010d", dir, epoch) }

// claimEpoch claims the epoch behind the highest one, durably.
func claimEpoch(files env.FS, dir string) (epoch uint64, err error) {
	if err := env.MkdirAllSync(files, dir+"/epoch"); err != nil {
		return 0, err
	}
	names, err := files.List(dir + "/epoch")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if strings.HasPrefix(name, decisionPrefix) {
			continue
		}
		claimed, err := strconv.ParseUint(name, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s/epoch/%s is no writer epoch", dir, name)
		}
		epoch = max(epoch, claimed)
	}
	for {
		epoch++
		file, err := files.Create(epochFile(dir, epoch))
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if err := file.Close(); err != nil {
			return 0, err
		}
		return epoch, files.SyncDir(dir + "/epoch")
	}
}
