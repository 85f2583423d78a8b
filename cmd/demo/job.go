package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// A job is this program again, started with a hidden command line. It tells its
// progress on standard output, a line for each batch, and ends when its standard input
// does, so that it does not outlive who started it.

const jobCommand = "run-job"

var jobs = []struct {
	name string
	run  func(ctx context.Context, p place) error
}{
	{"dstream", runDStream},
	{"structured", runStructured},
}

// blockInterval is how often the lines of a socket become durable and are acknowledged.
const blockInterval = 20 * time.Millisecond

// progress is what a batch did.
type progress struct {
	Batch int64
	Rows  int64
	Took  time.Duration
	State int64 // keys
}

func jobArguments(name string, p place) []string { return []string{jobCommand, name, string(p)} }

func isJob(args []string) bool { return len(args) == 4 && args[1] == jobCommand }

func jobMain(args []string) (status int) {
	signal.Ignore(os.Interrupt) // who started it ends it
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	for _, job := range jobs {
		if job.name == args[2] {
			if err := job.run(context.Background(), place(args[3])); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			return 0
		}
	}
	fmt.Fprintf(os.Stderr, "there is no job %q\n", args[2])
	return 2
}

func report(p progress) { fmt.Println(p.Batch, p.Rows, int64(p.Took), p.State) }

func parseProgress(line string) (p progress, err error) {
	_, err = fmt.Sscanln(line, &p.Batch, &p.Rows, (*int64)(&p.Took), &p.State)
	return p, err
}

// replaceFile writes a file so that it is there whole or not at all.
func replaceFile(name, text string) error {
	file, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
