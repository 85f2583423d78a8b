package dstream

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
	"github.com/tidewheel/tidewheel/rdd"
)

// Files is a sink that writes each batch as lines of text into files of a
// directory, one for each partition that has elements. The files of a batch count
// when its manifest, made in one step, lists them: ReadFiles goes by the manifests
// and sees each batch once and whole, whatever crashed. Other programs see files
// that crashes have left as well; those of batches that are done are removed when
// the stream starts again.
//
// A directory belongs to one stream for ever; another one is refused.
func Files[T any](directory string, line func(T) string) Sink[T] {
	return files[T]{path.Clean(directory), line}
}

type files[T any] struct {
	directory string
	line      func(T) string
}

func (s files[T]) String() string { return "files[" + s.directory + "]" }

func (s files[T]) Open(ctx context.Context, stream Stream) (Writer[T], error) {
	if s.line == nil {
		return nil, errors.New("the function that makes lines is nil")
	}
	w := &fileWriter[T]{sink: s, fs: stream.Env.FS(), owner: stream.ID + "/" + stream.Name, epoch: stream.Epoch}
	if stream.ID == "" {
		w.owner = "stream without a checkpoint"
	}
	if err := manifest.Prepare(w.fs, s.directory); err != nil {
		return nil, err
	}
	if err := manifest.Own(w.fs, s.directory, w.owner); err != nil {
		return nil, err
	}
	return w, manifest.Sweep(w.fs, s.directory, batchOf)
}

// fileWriter writes data files under names of their own and commits them by a
// manifest. The batch of a manifest is the batch's time in milliseconds.
type fileWriter[T any] struct {
	sink  files[T]
	fs    env.FS
	owner string
	epoch uint64

	prepared  *manifest.Manifest // not known to be committed
	attempted bool               // whether it may be committed all the same
}

// batchOf is the batch of a data file's name.
func batchOf(name string) (batch int64, ok bool) {
	var epoch uint64
	var partition, attempt int
	n, _ := fmt.Sscanf(name, "part-%d-%d-%d-%d.txt", &batch, &epoch, &partition, &attempt)
	return batch, n == 4
}

func (w *fileWriter[T]) LastCommitted(ctx context.Context) (time.Time, bool, error) {
	last, ok, err := manifest.Last(w.fs, w.sink.directory)
	return time.UnixMilli(last.Batch).UTC(), ok, err
}

// Prepare writes the data files; they are durable when it returns.
func (w *fileWriter[T]) Prepare(ctx context.Context, batch Batch[T]) (Token, error) {
	m := &manifest.Manifest{Query: w.owner, Batch: batch.Time.UnixMilli(), Epoch: w.epoch}
	written, err := rdd.RunPartitions(ctx, batch.RDD, "save", func(task rdd.Task, in rdd.Chunks[T]) (manifest.File, error) {
		return w.write(fmt.Sprintf("part-%d-%d-%05d-%d.txt", m.Batch, w.epoch, task.Partition(), task.Attempt()), in)
	})
	if err != nil {
		return nil, err
	}
	for _, file := range written {
		if file.Rows > 0 {
			m.Files = append(m.Files, file)
		}
	}
	if len(m.Files) > 0 {
		if err := w.fs.SyncDir(w.sink.directory); err != nil {
			return nil, err
		}
	}
	w.prepared, w.attempted = m, false
	return fmt.Appendf(nil, "%d %d", m.Batch, len(m.Files)), nil
}

// write makes a data file of a partition, or none if it has no elements.
func (w *fileWriter[T]) write(name string, in rdd.Chunks[T]) (written manifest.File, err error) {
	var text []byte
	written.Name = name
	for chunk, err := range in {
		if err != nil {
			return written, err
		}
		for _, element := range chunk {
			text = append(append(text, w.sink.line(element)...), '\n')
		}
		written.Rows += int64(len(chunk))
	}
	written.Size = int64(len(text))
	if written.Rows == 0 {
		return written, nil
	}
	f, err := w.fs.Create(path.Join(w.sink.directory, name))
	if err != nil {
		return written, err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	return written, errors.Join(err, f.Close())
}

func (w *fileWriter[T]) Commit(ctx context.Context, token Token) error {
	m := w.prepared
	if m == nil {
		return nil
	}
	w.attempted = true
	if err := manifest.Create(w.fs, w.sink.directory, *m); err != nil && !errors.Is(err, manifest.ErrCommitted) {
		return err
	}
	w.prepared = nil
	return nil
}

func (w *fileWriter[T]) Abort(ctx context.Context, token Token) error {
	if w.prepared == nil || w.attempted { // after a Commit that failed the manifest may be there
		return nil
	}
	err := manifest.Discard(w.fs, w.sink.directory, *w.prepared)
	w.prepared = nil
	return err
}

func (w *fileWriter[T]) Close() error { return nil }

// FileBatch is one committed batch of a directory that Files has written.
type FileBatch struct {
	Time  time.Time
	Lines []string // in the order of partitions
}

// ReadFiles returns the committed batches of a directory that Files writes, oldest
// first. It may be called while the stream runs.
func ReadFiles(directory string) ([]FileBatch, error) {
	return readFiles(env.Real().FS(), path.Clean(directory))
}

func readFiles(files env.FS, directory string) ([]FileBatch, error) {
	all, err := manifest.All(files, directory)
	if err != nil {
		return nil, err
	}
	batches := make([]FileBatch, 0, len(all))
	for _, m := range all {
		b := FileBatch{Time: time.UnixMilli(m.Batch).UTC()}
		for _, f := range m.Files {
			text, err := readText(files, path.Join(directory, f.Name), f.Size)
			if err != nil {
				return nil, fmt.Errorf("batch %s: %w", b.Time.Format(time.RFC3339Nano), err)
			}
			b.Lines = append(b.Lines, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
		}
		batches = append(batches, b)
	}
	return batches, nil
}

func readText(files env.FS, name string, size int64) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	if f.Size() < size {
		return "", errors.Join(fmt.Errorf("%s has %d bytes, but its manifest says %d", name, f.Size(), size), f.Close())
	}
	text := make([]byte, size)
	if size > 0 {
		_, err = f.ReadAt(text, 0)
	}
	return string(text), errors.Join(err, f.Close())
}
