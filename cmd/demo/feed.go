package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
)

// place is the directory of a run.
type place string

func (p place) in() string      { return filepath.Join(string(p), "in") }
func (p place) sent() string    { return filepath.Join(string(p), "sent") }
func (p place) staging() string { return filepath.Join(string(p), "staging") }
func (p place) fed() string     { return filepath.Join(string(p), "fed") }

// of is a path of one job.
func (p place) of(job, name string) string { return filepath.Join(string(p), job, name) }

// socket is the address at which a job finds its sender of lines.
func (p place) socket(job string) string { return "unix:" + p.of(job, "lines") }

// listen makes the senders of lines, one for each job.
func listen(ctx context.Context, p place) (senders []*receiver.Sender, err error) {
	for _, job := range jobs {
		sender, err := receiver.Listen(ctx, p.socket(job.name), receiver.SenderOptions{})
		if err != nil {
			return senders, err
		}
		senders = append(senders, sender)
	}
	return senders, nil
}

// feed hands out the files, spread evenly over a time: the one half is put into the live
// directory, where each file appears by its renaming, whole; the lines of the other half
// are sent to each job through its socket, and kept for the batch job. When all lines are
// acknowledged, a mark says that no more come.
func feed(ctx context.Context, p place, senders []*receiver.Sender, files []file, during time.Duration, fed func(file)) error {
	start := time.Now()
	for i, f := range files {
		due := during * time.Duration(i) / time.Duration(len(files))
		if err := sleep(ctx, due-time.Since(start)); err != nil {
			return err
		}
		text, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%05d-%s", i, filepath.Base(f.path))
		if i%2 == 0 {
			err = put(p, name, text)
		} else {
			err = send(ctx, p, senders, name, string(text))
		}
		if err != nil {
			return err
		}
		fed(f)
	}
	if err := sleep(ctx, during-time.Since(start)); err != nil {
		return err
	}
	for _, sender := range senders {
		if err := sender.Flush(ctx); err != nil {
			return err
		}
	}
	return os.WriteFile(p.fed(), nil, 0o644)
}

func put(p place, name string, text []byte) error {
	if err := os.WriteFile(filepath.Join(p.staging(), name), text, 0o644); err != nil {
		return err
	}
	return os.Rename(filepath.Join(p.staging(), name), filepath.Join(p.in(), name))
}

func send(ctx context.Context, p place, senders []*receiver.Sender, name, text string) error {
	if err := os.WriteFile(filepath.Join(p.sent(), name), []byte(text), 0o644); err != nil {
		return err
	}
	lines := strings.Split(text, "\n")
	for _, sender := range senders {
		if err := sender.Send(ctx, lines...); err != nil {
			return err
		}
	}
	return nil
}

// untilFed returns when the feeder has put its mark, or with an error if the job ends
// before, which wait tells.
func untilFed(ctx context.Context, p place, wait func(context.Context) error) error {
	running, end := context.WithCancelCause(ctx)
	go func() { end(fmt.Errorf("ended too early: %w", wait(ctx))) }()
	for {
		if _, err := os.Stat(p.fed()); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := sleep(running, 50*time.Millisecond); err != nil {
			return context.Cause(running)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
