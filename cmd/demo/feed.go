package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// place is the directory of a run.
type place string

func (p place) in() string      { return filepath.Join(string(p), "in") }
func (p place) staging() string { return filepath.Join(string(p), "staging") }
func (p place) fed() string     { return filepath.Join(string(p), "fed") }

// of is a path of one job.
func (p place) of(job, name string) string { return filepath.Join(string(p), job, name) }

// feed puts the files into the live directory, spread evenly over a time. Each is
// copied elsewhere and appears by its renaming, whole. At the end a mark says that no
// more come.
func feed(ctx context.Context, p place, files []file, during time.Duration, fed func(file)) error {
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
		if err := os.WriteFile(filepath.Join(p.staging(), name), text, 0o644); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(p.staging(), name), filepath.Join(p.in(), name)); err != nil {
			return err
		}
		fed(f)
	}
	if err := sleep(ctx, during-time.Since(start)); err != nil {
		return err
	}
	return os.WriteFile(p.fed(), nil, 0o644)
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
