package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/filelog"
)

// fileReader reads the files of one place for one query. Offsets count the entries
// of the seen log: each is the list of files that one call of Latest took.
type fileReader struct {
	source *files
	fs     env.FS
	place  filelog.Place
	seen   *filelog.Log

	query   Query
	frozen  bool
	waiting []filelog.File // if frozen: what was there and is not taken yet

	rows, values, skipped atomic.Int64
}

// Initial implements Reader.
func (r *fileReader) Initial(context.Context) (Offset, error) { return formatOffset(-1), nil }

// Latest implements Reader. An entry that was logged for a batch that never came is
// the next range as it stands.
func (r *fileReader) Latest(ctx context.Context, start Offset, limit Limit) (Offset, error) {
	from, err := r.parse(start)
	if err != nil {
		return "", err
	}
	if last := r.seen.Last(); last > from {
		return formatOffset(last), nil
	}
	fresh := r.waiting
	if !r.frozen {
		if fresh, err = r.fresh(); err != nil {
			return "", err
		}
	}
	taken := r.source.options.take(fresh, limit)
	if len(taken) == 0 {
		return start, nil
	}
	if r.frozen {
		r.waiting = r.waiting[len(taken):]
	}
	if err := r.seen.Append(ctx, taken); err != nil {
		return "", fmt.Errorf("%s: log the files of the next batch: %w", r.source, err)
	}
	return formatOffset(r.seen.Last()), nil
}

// fresh are the files that are new, in the order in which they are taken.
func (r *fileReader) fresh() ([]filelog.File, error) {
	fresh, err := r.seen.Fresh(r.fs, r.place)
	if r.source.options.latestFirst {
		slices.Reverse(fresh)
	}
	return fresh, err
}

// take returns as many of the files, from the front, as fit into one batch.
func (o *fileOptions) take(fresh []filelog.File, limit Limit) []filelog.File {
	switch {
	case limit.All || len(fresh) == 0:
		return fresh
	case o.maxFiles > 0:
		return fresh[:min(o.maxFiles, len(fresh))]
	case o.maxBytes > 0:
		n, sum := 1, fresh[0].Size
		for n < len(fresh) && sum+fresh[n].Size <= o.maxBytes {
			sum += fresh[n].Size
			n++
		}
		return fresh[:n]
	}
	return fresh
}

// Freeze implements Bounded.
func (r *fileReader) Freeze(context.Context) error {
	fresh, err := r.fresh()
	r.frozen, r.waiting = err == nil, fresh
	return err
}

// Plan implements Reader.
func (r *fileReader) Plan(_ context.Context, start, end Offset, partitions int) ([]Partition, error) {
	from, err := r.parse(start)
	if err != nil {
		return nil, err
	}
	to, err := r.parse(end)
	if err != nil {
		return nil, err
	}
	list, err := r.seen.Between(from, to)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.source, err)
	}
	var plan []Partition
	for _, segments := range filelog.Split(list, partitions) {
		plan = append(plan, &filePartition{reader: r, segments: segments})
	}
	return plan, nil
}

// Commit implements Reader: it forgets what the entries were, and removes their files
// if that is asked for.
func (r *fileReader) Commit(ctx context.Context, end Offset) error {
	through, err := r.parse(end)
	if err != nil {
		return err
	}
	read, err := r.seen.Forget(ctx, through)
	if err != nil {
		return fmt.Errorf("%s: shorten the log of files: %w", r.source, err)
	}
	if !r.source.options.clean {
		return nil
	}
	for _, file := range read {
		if err := r.remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) && r.query.Logger != nil {
			r.query.Logger.Warn("a file that was read can't be removed", "source", r.source.String(), "file", file.Path, "error", err)
		}
	}
	return nil
}

// remove deletes or archives a file. Neither needs to be durable: a file that is back
// after a crash is known, and stays.
func (r *fileReader) remove(file filelog.File) error {
	info, err := r.fs.Stat(file.Path)
	if err != nil || !info.ModTime.Truncate(time.Microsecond).Equal(file.ModTime.Truncate(time.Microsecond)) {
		return err // another file has the name by now
	}
	archive := r.source.options.archive
	if archive == "" {
		return r.fs.Remove(file.Path)
	}
	to := path.Join(archive, file.Path)
	if err := r.fs.MkdirAll(path.Dir(to)); err != nil {
		return err
	}
	return r.fs.Rename(file.Path, to)
}

// Close implements Reader.
func (r *fileReader) Close() error { return r.seen.Close() }

// Counts implements Counted.
func (r *fileReader) Counts() Counts {
	return Counts{Rows: r.rows.Load(), Values: r.values.Load(), Skipped: r.skipped.Load()}
}
