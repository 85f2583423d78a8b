package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/failpoint"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
)

// A job is this test binary again. Its directory has what it reads in in/, its progress
// in checkpoint/, and its results in out/ and total/, or in ledger. It ends when the file
// fed is there and all is counted, or when its standard input ends.

const (
	jobCommand = "run-job"
	pointsFile = "E2E_POINTS" // environment variable: write the points that were reached to this file
	exitFull   = 3            // of a job that found the disk full
)

var jobs = map[string]func(context.Context, env.Env, string) error{
	"dstream":    runDStream,
	"structured": runStructured,
}

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == jobCommand {
		os.Exit(jobMain(os.Args[2], os.Args[3]))
	}
	goleak.VerifyTestMain(m)
}

func jobMain(name, root string) (status int) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	err := runJob(name, root)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		status = exitFull
	case err != nil:
		status = 1
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return status
}

func runJob(name, root string) error {
	e, err := failpoint.FromEnvironment(env.Real(), root)
	if err != nil {
		return err
	}
	file := os.Getenv(pointsFile)
	if file == "" {
		return jobs[name](context.Background(), e, root)
	}
	var mu sync.Mutex
	var reached []string
	e = failpoint.New(e, root, func(p failpoint.Point) {
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, p.String())
	})
	if err := jobs[name](context.Background(), e, root); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Join(reached, "\n")), 0o644)
}

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
	if err := untilFed(ctx, root, query.Wait); err != nil {
		return err
	}
	return errors.Join(query.ProcessAllAvailable(ctx), query.Stop(ctx))
}

// untilFed returns when the file fed is there, or with the job's error if it ends before.
func untilFed(ctx context.Context, root string, wait func(context.Context) error) error {
	running, end := context.WithCancelCause(ctx)
	go func() { end(fmt.Errorf("ended too early: %w", wait(ctx))) }()
	for {
		if _, err := os.Stat(filepath.Join(root, "fed")); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-running.Done():
			return context.Cause(running)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// names lists the jobs in order.
func names() []string {
	all := make([]string, 0, len(jobs))
	for name := range jobs {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
