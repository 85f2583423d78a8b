// Command windowed counts the words of a live stream of lines in hopping windows: how
// often each word came within the last ten seconds, every two seconds.
//
//	go run ./examples/windowed                       with a sender in this process, for a while
//	go run ./examples/windowed -api stream           with the DStream API
//	go run ./examples/windowed -from unix:/run/lines -checkpoint DIR
//
// With -from the lines come from a sender of the acknowledged line protocol, which
// receiver.Socket describes and receiver.Sender is; the program runs until it is
// interrupted. Killed at any moment and started again with its checkpoint it goes on: the
// sender repeats what was not acknowledged, and no line is lost or counted twice. Both
// APIs tell each count that has changed, by window and word; a count that is told again
// after a crash is the same, so whoever takes them keeps the last.
//
// The two differ in what a window is. That of the DStream API is a number of batches: a
// line belongs to the batch that takes it. That of the structured API is a stretch of
// time, by the timestamp of the line: here, when it was received.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
)

// job is what the program does, in both APIs.
type job struct {
	address    string // of the sender
	checkpoint string // directory
	length     time.Duration
	slide      time.Duration
	tell       func(count) // called by one goroutine
}

// count is how often a word came in a window.
type count struct {
	Until time.Time // the end of the window
	Word  string
	Count int64
}

var apis = map[string]func(context.Context, job) error{"stream": runStream, "table": runTable}

func main() {
	api := flag.String("api", "table", "stream or table")
	from := flag.String("from", "", "address of a sender: HOST:PORT, or unix:PATH; empty has one in this process")
	checkpoint := flag.String("checkpoint", "", "directory of the progress; required with -from")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	j := job{address: *from, checkpoint: *checkpoint, length: 10 * time.Second, slide: 2 * time.Second, tell: func(c count) {
		fmt.Printf("until %s %6d %s\n", c.Until.Local().Format(time.TimeOnly), c.Count, c.Word)
	}}
	if err := run(ctx, *api, j, 15*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, api string, j job, demonstration time.Duration) error {
	start, ok := apis[api]
	switch {
	case !ok:
		return fmt.Errorf("-api %s: there are stream and table", api)
	case j.address == "":
		return demonstrate(ctx, start, j, demonstration)
	case j.checkpoint == "":
		return errors.New("-checkpoint is required: without it a line that was acknowledged is lost in a crash")
	}
	return start(ctx, j)
}

const text = "the sea rises the sea falls the wheel turns"

// demonstrate sends a few lines a second and prints what is counted.
func demonstrate(ctx context.Context, start func(context.Context, job) error, j job, during time.Duration) (err error) {
	if j.checkpoint, err = os.MkdirTemp("", "windowed"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(j.checkpoint)) }()
	ctx, cancel := context.WithTimeout(ctx, during)
	defer cancel()
	sender, err := receiver.Listen(ctx, "localhost:0", receiver.SenderOptions{})
	if err != nil {
		return err
	}
	j.address = sender.Address()
	fed := make(chan error, 1)
	go func() { fed <- feed(ctx, sender) }()
	return errors.Join(start(ctx, j), <-fed, sender.Close())
}

// feed sends a word each fifth of a second.
func feed(ctx context.Context, sender *receiver.Sender) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	words := strings.Fields(text)
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := sender.Send(ctx, words[i%len(words)]); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}
