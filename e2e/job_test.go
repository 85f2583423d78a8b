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

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/failpoint"
)

// job is a program that counts words. It runs as a process of its own, which is this
// test binary again. Its directory has its progress in checkpoint/. It ends when the file
// fed is there and all is counted, or when its standard input ends.
type job struct {
	run func(ctx context.Context, e env.Env, root string) error

	// What is around it.
	prepare func(t *testing.T, name, root string) place

	// pace is how often something happens to it: about the time of a start.
	pace time.Duration
}

// place is where a job reads and writes.
type place interface {
	// feed adds lines of words, under a name that grows.
	feed(t *testing.T, name, content string)

	// check compares what the job has counted, when it has ended, with what there was
	// to count.
	check(counts map[string]int64) error
}

const (
	jobCommand = "run-job"
	pointsFile = "E2E_POINTS" // environment variable: write the points that were reached to this file
	exitFull   = 3            // of a job that found the disk full
)

var jobs = map[string]job{
	"dstream":          {runDStream, streamFiles, 40 * time.Millisecond},
	"structured":       {runStructured, tableFiles, 40 * time.Millisecond},
	"kafka-dstream":    {runKafkaDStream, streamTopics, 150 * time.Millisecond},
	"kafka-structured": {runKafkaStructured, tableTopics, 150 * time.Millisecond},
}

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == jobCommand {
		os.Exit(jobMain(os.Args[2], os.Args[3]))
	}
	// sarama's library of metrics starts a goroutine for the whole process, once.
	goleak.VerifyTestMain(suite{m}, goleak.IgnoreAnyFunction("github.com/rcrowley/go-metrics.(*meterArbiter).tick"))
}

// suite is all tests, after which the broker ends that some of them have started.
type suite struct{ *testing.M }

func (s suite) Run() int {
	defer stopBroker()
	return s.M.Run()
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
		return jobs[name].run(context.Background(), e, root)
	}
	var mu sync.Mutex
	var reached []string
	e = failpoint.New(e, root, func(p failpoint.Point) {
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, p.String())
	})
	if err := jobs[name].run(context.Background(), e, root); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Join(reached, "\n")), 0o644)
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
