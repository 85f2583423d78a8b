package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/manifest"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
)

// openDStream builds the stream. Its counts of each batch and of all go to files that
// take each batch once.
func openDStream(e env.Env, root string) (*dstream.Session, error) {
	options := dstream.Options{Env: e, Interval: 10 * time.Millisecond, Checkpoint: filepath.Join(root, "checkpoint")}
	return dstream.Recover(options, func(stream *dstream.Session) error {
		batch, total := wordcount.DStream(stream.From(dstream.TextFiles(filepath.Join(root, "in"))))
		batch.SaveTo(dstream.Files(filepath.Join(root, "out"), wordcount.Line))
		total.SaveTo(dstream.Files(filepath.Join(root, "total"), wordcount.Line))
		return nil
	})
}

func runDStream(ctx context.Context, e env.Env, root string) error {
	stream, err := openDStream(e, root)
	if err != nil {
		return err
	}
	return runStream(ctx, stream, root)
}

// runStream runs a stream until all is counted.
func runStream(ctx context.Context, stream *dstream.Session, root string) error {
	if err := stream.Start(ctx); err != nil {
		return errors.Join(err, stream.Close())
	}
	if err := untilFed(ctx, root, stream.Wait); err != nil {
		return errors.Join(err, stream.Close())
	}
	return errors.Join(stream.Drain(ctx), stream.Wait(ctx))
}

// runStructured appends what each batch has changed to a ledger, which knows batches by
// their numbers.
func runStructured(ctx context.Context, e env.Env, root string) error {
	session, err := structured.Open(structured.Options{Env: e})
	if err != nil {
		return err
	}
	ledger, err := wordcount.OpenLedger(filepath.Join(root, "ledger"))
	if err != nil {
		return errors.Join(err, session.Close())
	}
	err = runQuery(ctx, session, ledger, root)
	return errors.Join(err, session.Close(), ledger.Close())
}

func runQuery(ctx context.Context, session *structured.Session, ledger *wordcount.Ledger, root string) error {
	query, err := wordcount.Structured(session.Stream(source.TextFiles(filepath.Join(root, "in")))).
		Write(structured.ForEachBatch(func(ctx context.Context, changes structured.DataFrame, id int64) error {
			counts, err := structured.Collect[wordcount.Count](ctx, changes)
			if err != nil {
				return err
			}
			return ledger.Add(id, counts)
		})).
		Mode(structured.Update).
		Trigger(structured.Every(10 * time.Millisecond)).
		Checkpoint(filepath.Join(root, "checkpoint")).
		Start(ctx)
	if err != nil {
		return err
	}
	return finishQuery(ctx, query, root)
}

// finishQuery runs a query until all is counted.
func finishQuery(ctx context.Context, query *structured.Query, root string) error {
	if err := untilFed(ctx, root, query.Wait); err != nil {
		return err
	}
	return errors.Join(query.ProcessAllAvailable(ctx), query.Stop(ctx))
}

// fileDirectory is the place of the jobs that read the files of in/. The stream writes to
// out/ and total/, the query to ledger.
type fileDirectory struct {
	root   string
	ledger bool
}

func streamFiles(t *testing.T, _, root string) place { return fileDirectory{makeInput(t, root), false} }

func tableFiles(t *testing.T, _, root string) place { return fileDirectory{makeInput(t, root), true} }

func makeInput(t *testing.T, root string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// feed puts a file into the directory of a job: it appears whole.
func (d fileDirectory) feed(t *testing.T, name, content string) {
	t.Helper()
	hidden := filepath.Join(d.root, "in", "."+name)
	if err := os.WriteFile(hidden, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(hidden, filepath.Join(d.root, "in", name)); err != nil {
		t.Fatal(err)
	}
}

func (d fileDirectory) check(counts map[string]int64) error {
	if d.ledger {
		return checkLedger(d.root, counts)
	}
	return checkFiles(env.Real().FS(), d.root, counts)
}

func checkFiles(files env.FS, root string, counts map[string]int64) error {
	batches, err := readBatches(files, root+"/out")
	if err != nil {
		return err
	}
	sum := make(map[string]int64)
	for _, batch := range batches {
		for word, count := range batch {
			sum[word] += count
		}
	}
	if !maps.Equal(sum, counts) {
		return fmt.Errorf("the sum of %d batches: %s", len(batches), difference(sum, counts))
	}
	totals, err := readBatches(files, root+"/total")
	if err != nil {
		return err
	}
	if last := totals[len(totals)-1]; !maps.Equal(last, counts) {
		return fmt.Errorf("the state: %s", difference(last, counts))
	}
	return nil
}

// checkLedger takes the last count of each word. A count grows with each change, so one
// that does not was delivered twice.
func checkLedger(root string, counts map[string]int64) error {
	batches, err := wordcount.ReadLedger(filepath.Join(root, "ledger"))
	if err != nil {
		return err
	}
	last := make(map[string]int64)
	for _, batch := range batches {
		for _, change := range batch.Counts {
			if change.Count <= last[change.Word] {
				return fmt.Errorf("batch %d: %v comes after %d", batch.ID, change, last[change.Word])
			}
			last[change.Word] = change.Count
		}
	}
	if !maps.Equal(last, counts) {
		return fmt.Errorf("the ledger: %s", difference(last, counts))
	}
	return nil
}

// readBatches returns the counts of each committed batch of a directory, oldest first.
func readBatches(files env.FS, directory string) ([]map[string]int64, error) {
	all, err := manifest.All(files, directory)
	if err != nil {
		return nil, err
	}
	var batches []map[string]int64
	for _, m := range all {
		batch := make(map[string]int64)
		for _, f := range m.Files {
			content, err := readFile(files, directory+"/"+f.Name)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(content[:f.Size]) {
				count, err := wordcount.ParseCount(strings.TrimSuffix(line, "\n"))
				if err != nil {
					return nil, err
				}
				batch[count.Word] += count.Count
			}
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

func readFile(files env.FS, name string) (string, error) {
	r, err := files.Open(name)
	if err != nil {
		return "", err
	}
	content := make([]byte, r.Size())
	if n, err := r.ReadAt(content, 0); n < len(content) {
		return "", err
	}
	return string(content), r.Close()
}
