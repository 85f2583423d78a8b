package source

import (
	"context"
	"fmt"
	"iter"
	"math"
	"path"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/filelog"
	"github.com/tidewheel/tidewheel/structured/types"
)

// FileOption changes how a stream reads files. A bounded query reads all files and
// ignores them.
type FileOption func(*fileOptions)

type fileOptions struct {
	maxFiles int           // of one batch; 0: no limit
	maxBytes int64         // of one batch; 0: no limit
	maxAge   time.Duration // behind the newest file

	latestFirst bool
	byName      bool
	clean       bool   // whether files are removed once they were read
	archive     string // where they go; empty: nowhere

	malformed MalformedMode
}

const defaultMaxAge = 7 * 24 * time.Hour

// MaxFiles takes at most n files, 1 or more, into one batch. Default: all.
func MaxFiles(n int) FileOption {
	return func(o *fileOptions) { o.maxFiles = n }
}

// MaxBytes takes files into one batch as long as their sizes add up to at most n
// bytes, but always at least one file. Default: all. It can't be joined with
// MaxFiles.
func MaxBytes(n int64) FileOption {
	return func(o *fileOptions) { o.maxBytes = n }
}

// MaxAge ignores a file that appears with a modification time more than age before
// that of the newest file seen so far, and lets the stream forget files that are
// older. It does not apply to the first files of a query. Default: 7 days.
func MaxAge(age time.Duration) FileOption {
	return func(o *fileOptions) { o.maxAge = age }
}

// LatestFirst takes the youngest files first. With MaxFiles or MaxBytes, MaxAge does not
// count then: what is left behind grows old.
func LatestFirst() FileOption { return func(o *fileOptions) { o.latestFirst = true } }

// ByName takes a file for one that was read if that had the same name in another
// directory. Two that are found at once are both read.
func ByName() FileOption { return func(o *fileOptions) { o.byName = true } }

// DeleteRead removes files once no batch will read them again, which is known when the
// batch after theirs is planned. A file that can't be removed is logged, and stays.
func DeleteRead() FileOption { return func(o *fileOptions) { o.clean, o.archive = true, "" } }

// ArchiveRead is DeleteRead but for that files are moved: to their path below a
// directory on the same file system, which must lie outside of what is read.
func ArchiveRead(directory string) FileOption {
	return func(o *fileOptions) { o.clean, o.archive = true, path.Clean(directory) }
}

// seen are the options of the log of files.
func (o *fileOptions) seen() filelog.Options {
	options := filelog.Options{MaxAge: o.maxAge, ByName: o.byName}
	if o.latestFirst && (o.maxFiles > 0 || o.maxBytes > 0) {
		options.MaxAge = math.MaxInt64
	}
	return options
}

func (o *fileOptions) validate() error {
	switch {
	case o.maxFiles < 0:
		return fmt.Errorf("MaxFiles(%d): must be at least 1", o.maxFiles)
	case o.maxBytes < 0:
		return fmt.Errorf("MaxBytes(%d): must be at least 1", o.maxBytes)
	case o.maxFiles > 0 && o.maxBytes > 0:
		return fmt.Errorf("MaxFiles and MaxBytes exclude each other")
	case o.maxAge <= 0:
		return fmt.Errorf("MaxAge(%s): must be more than 0", o.maxAge)
	}
	return nil
}

// format is how the lines of a file become rows.
type format interface {
	name() string
	schema() types.Schema

	// read returns the rows of some segments.
	read(ctx context.Context, part *filePartition, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error]
}

// files is a source of files of one format.
type files struct {
	path    string // a file, a directory or a pattern
	format  format
	options fileOptions
	err     error // a mistake in the options
}

func newFiles(path string, format format, options []FileOption) Source {
	f := &files{path: path, format: format, options: fileOptions{maxAge: defaultMaxAge}}
	for _, option := range options {
		option(&f.options)
	}
	if err := f.options.validate(); err != nil {
		f.err = fmt.Errorf("%s: %w", f, err)
	}
	return f
}

func (f *files) String() string { return f.format.name() + "[" + f.path + "]" }

// Schema implements Source.
func (f *files) Schema(context.Context) (types.Schema, error) { return f.format.schema(), f.err }

// Size implements Sized: the sizes of all files.
func (f *files) Size(fs env.FS) (total int64, err error) {
	place, err := filelog.Find(fs, f.path)
	if err != nil {
		return 0, err
	}
	list, err := place.List(fs, func(string) bool { return false })
	for _, file := range list {
		total += file.Size
	}
	return total, err
}

// Open implements Source.
func (f *files) Open(ctx context.Context, query Query) (Reader, error) {
	if f.err != nil {
		return nil, f.err
	}
	place, err := filelog.Find(query.Env.FS(), f.path)
	if err == nil && f.options.clean {
		err = place.CheckClean(f.options.archive)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f, err)
	}
	seen, err := filelog.Open(ctx, query.Env, query.State, query.Epoch, f.options.seen())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f, err)
	}
	return &fileReader{source: f, fs: query.Env.FS(), place: place, seen: seen, query: query}, nil
}
