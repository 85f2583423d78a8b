package dstream

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/filelog"
	"github.com/tidewheel/tidewheel/rdd"
)

// TextFiles is a source of the lines of files that appear in a directory, or whose
// paths match a pattern. Each file is read once, in the first batch after it
// appeared, oldest first; a file that changes later is not read again. Files must
// appear whole: write them under a name that begins with "." or "_", or in another
// directory, and rename them. The directory must exist when the stream starts.
//
// With a checkpoint, the files of each batch are logged, so that the batch can be
// run again.
func TextFiles(path string) Source[string] { return textFiles{path} }

type textFiles struct{ path string }

func (t textFiles) String() string { return "text[" + t.path + "]" }

// Files older than the newest one by more than this are not looked at any more, so
// that the memory of files is bounded.
const maxFileAge = 7 * 24 * time.Hour

func (t textFiles) Open(ctx context.Context, stream Stream) (Reader[string], error) {
	place, err := filelog.Find(stream.Env.FS(), t.path)
	if err != nil {
		return nil, err
	}
	log, err := filelog.Open(ctx, stream.Env, stream.State, stream.Epoch, filelog.Options{MaxAge: maxFileAge})
	if err != nil {
		return nil, err
	}
	return &textReader{fs: stream.Env.FS(), place: place, log: log}, nil
}

// textReader reads files; an offset is the number of log entries before it.
type textReader struct {
	fs    env.FS
	place filelog.Place
	log   *filelog.Log
}

func (r *textReader) Initial(ctx context.Context) (Offset, error) { return "0", nil }

// Latest logs the files that are new. An entry that was logged before a crash, for
// a batch that was never planned, is the next range as it stands.
func (r *textReader) Latest(ctx context.Context, start Offset) (Offset, error) {
	from, err := parsePosition(start)
	if err != nil {
		return "", err
	}
	// Files may be logged for a batch that a crash kept from being planned. Others have
	// come since, and are part of all that has arrived until now.
	fresh, err := r.log.Fresh(r.fs, r.place)
	if err != nil {
		return "", err
	}
	if len(fresh) > 0 {
		if err := r.log.Append(ctx, fresh); err != nil {
			return "", fmt.Errorf("log the files of the next batch: %w", err)
		}
	}
	if end := r.log.Last() + 1; end > from {
		return formatPosition(end), nil
	}
	return start, nil
}

func (r *textReader) RDD(session *rdd.Session, start, end Offset) (rdd.RDD[string], error) {
	from, err := parsePosition(start)
	if err != nil {
		return rdd.RDD[string]{}, err
	}
	to, err := parsePosition(end)
	if err != nil {
		return rdd.RDD[string]{}, err
	}
	if from == to {
		return session.TextSegments(nil), nil
	}
	files, err := r.log.Between(from-1, to-1)
	if err != nil {
		return rdd.RDD[string]{}, err
	}
	var partitions [][]rdd.TextSegment
	for _, piece := range filelog.Split(files, session.Parallelism()) {
		var segments []rdd.TextSegment
		for _, s := range piece {
			segments = append(segments, rdd.TextSegment{File: s.File.Path, From: s.From, To: s.To})
		}
		partitions = append(partitions, segments)
	}
	return session.TextSegments(partitions), nil
}

// Commit forgets the files' lists; the files stay.
func (r *textReader) Commit(ctx context.Context, end Offset) error {
	position, err := parsePosition(end)
	if err == nil {
		_, err = r.log.Forget(ctx, position-1)
	}
	return err
}

func (r *textReader) Close() error { return r.log.Close() }

func parsePosition(offset Offset) (int64, error) {
	position, err := strconv.ParseInt(string(offset), 10, 64)
	if err != nil || position < 0 {
		return 0, fmt.Errorf("%q is not an offset of this source, a count of 0 or more", offset)
	}
	return position, nil
}

func formatPosition(position int64) Offset { return Offset(strconv.FormatInt(position, 10)) }
