package sink

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
)

// JSONFiles writes JSON lines into a directory, a file for each partition of a
// batch that has rows, and delivers exactly once: a file counts when the manifest
// of its batch, made in one step, lists it. source.JSONFiles reads such a directory
// by its manifests. Other programs see files that crashes have left as well; those
// of batches that are done are removed when the query starts again.
//
// A directory belongs to one query for ever; another one is refused. Members whose
// value is null are left out; timestamps are ISO 8601 in UTC; NaN and the
// infinities are text. Only mode Append is possible.
func JSONFiles(dir string) Sink { return jsonFiles{dir: path.Clean(dir)} }

type jsonFiles struct{ dir string }

func (s jsonFiles) String() string { return "json[" + s.dir + "]" }

// Modes implements Sink.
func (s jsonFiles) Modes() []Mode { return []Mode{Append} }

// Open implements Sink.
func (s jsonFiles) Open(_ context.Context, query Query) (Writer, error) {
	w := &fileWriter{sink: s, query: query, fs: query.Env.FS()}
	if err := w.open(); err != nil {
		return nil, fmt.Errorf("open %s: %w", s, err)
	}
	return w, nil
}

// fileWriter writes data files under names of their own and commits them by a
// manifest. What the steps leave behind at a crash:
//
//	data files of batch N      nobody lists them; removed once N is committed
//	half a manifest of N       fails its checksum; replaced by whoever runs N again
//	the manifest of N, whole   the batch is committed: LastCommitted says so
type fileWriter struct {
	sink  jsonFiles
	query Query
	fs    env.FS

	prepared  *manifest.Manifest // not known to be committed
	attempted bool               // whether it may be committed all the same
	buffer    []byte
}

func (w *fileWriter) open() error {
	if err := CheckMode(w.sink, w.query.Mode); err != nil {
		return err
	}
	if err := manifest.Prepare(w.fs, w.sink.dir); err != nil {
		return err
	}
	if err := manifest.Own(w.fs, w.sink.dir, w.query.ID); err != nil {
		return err
	}
	return manifest.Sweep(w.fs, w.sink.dir, batchOf)
}

// LastCommitted implements Writer.
func (w *fileWriter) LastCommitted(context.Context) (int64, bool, error) {
	last, ok, err := manifest.Last(w.fs, w.sink.dir)
	if err != nil {
		return 0, false, fmt.Errorf("%s: %w", w.sink, err)
	}
	return last.Batch, ok, nil
}

// Prepare implements Writer: the data files are durable when it returns. A batch
// without rows needs neither files nor a manifest: run again, it has none either.
func (w *fileWriter) Prepare(_ context.Context, batch Batch) (Token, error) {
	m := &manifest.Manifest{Query: w.query.ID, Batch: batch.ID, Epoch: w.query.Epoch}
	for i, partition := range batch.Partitions {
		file, err := w.write(fileName(batch.ID, w.query.Epoch, i), partition)
		if err != nil {
			return nil, fmt.Errorf("%s: write partition %d of batch %d: %w", w.sink, i, batch.ID, err)
		}
		if file.Rows > 0 {
			m.Files = append(m.Files, file)
		}
	}
	if len(m.Files) > 0 {
		if err := w.fs.SyncDir(w.sink.dir); err != nil {
			return nil, fmt.Errorf("%s: write batch %d: %w", w.sink, batch.ID, err)
		}
	}
	w.prepared, w.attempted = m, false
	return fmt.Appendf(nil, "%d %d", m.Batch, len(m.Files)), nil
}

// write makes a data file of a partition, or none if it has no rows.
func (w *fileWriter) write(name string, partition Partition) (file manifest.File, err error) {
	file.Name = name
	w.buffer = w.buffer[:0]
	for _, records := range partition {
		row, err := jsonRow(records)
		if err != nil {
			return file, err
		}
		for i := range int(records.NumRows()) {
			if w.buffer, err = row(w.buffer, i); err != nil {
				return file, err
			}
			w.buffer = append(w.buffer, '\n')
		}
		file.Rows += records.NumRows()
	}
	file.Size = int64(len(w.buffer))
	if file.Rows == 0 {
		return file, nil
	}
	f, err := w.fs.Create(path.Join(w.sink.dir, name))
	if err != nil {
		return file, err
	}
	if _, err = f.Write(w.buffer); err == nil {
		err = f.Sync()
	}
	return file, errors.Join(err, f.Close())
}

// Commit implements Writer.
func (w *fileWriter) Commit(_ context.Context, token Token) error {
	m := w.prepared
	if m == nil || len(m.Files) == 0 {
		return nil
	}
	w.attempted = true
	if err := manifest.Create(w.fs, w.sink.dir, *m); err != nil && !errors.Is(err, manifest.ErrCommitted) {
		return fmt.Errorf("%s: %w", w.sink, err)
	}
	w.prepared = nil
	return nil
}

// Abort implements Writer. After a Commit that failed the manifest may be there, so
// the files stay.
func (w *fileWriter) Abort(context.Context, Token) error {
	if w.prepared == nil || w.attempted {
		return nil
	}
	err := manifest.Discard(w.fs, w.sink.dir, *w.prepared)
	w.prepared = nil
	return err
}

// Close implements Writer.
func (w *fileWriter) Close() error { return nil }

// fileName is unique: a run writes a batch once.
func fileName(batch int64, epoch uint64, partition int) string {
	return fmt.Sprintf("part-%010d-%d-%05d.json", batch, epoch, partition)
}

// batchOf is the batch of a data file's name.
func batchOf(name string) (batch int64, ok bool) {
	if !strings.HasPrefix(name, "part-") || !strings.HasSuffix(name, ".json") {
		return 0, false
	}
	var epoch uint64
	var partition int
	_, err := fmt.Sscanf(name, "part-%d-%d-%d.json", &batch, &epoch, &partition)
	return batch, err == nil
}
