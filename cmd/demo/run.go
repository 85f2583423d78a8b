package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"
)

// bytesPerSecond is how much text is fed: as much as both jobs take in on two
// processors, with room for what they have to catch up after a kill.
const bytesPerSecond = 150_000

// run is one run of the demo.
type run struct {
	text  []file
	seed  uint64
	feed  time.Duration
	kills int // of each job; 0: 1 to 3
	out   io.Writer
}

// grace is how long after the last file the jobs may take to end.
const grace = 2 * time.Minute

// errSlow says that they took longer.
var errSlow = fmt.Errorf("a job did not end within %s of the last file", grace)

// errDisagree says that a stream has not what the batch job has.
var errDisagree = errors.New("a word was lost or counted twice")

// do runs the demo once. The directory is kept if the counts differ, or if a job
// failed.
func (r *run) do(ctx context.Context) error {
	directory, err := os.MkdirTemp("", "tidewheel-demo-")
	if err != nil {
		return err
	}
	p := place(directory)
	err = r.in(ctx, p)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w; what it left is in %s", err, directory)
	}
	return errors.Join(err, os.RemoveAll(directory))
}

func (r *run) in(ctx context.Context, p place) error {
	for _, directory := range []string{p.in(), p.sent(), p.staging(), p.of("dstream", ""), p.of("structured", "")} {
		if err := os.MkdirAll(directory, 0o755); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(r.seed, 0))
	files := draw(random, r.text, int64(r.feed.Seconds()*bytesPerSecond))
	v := newView(r.out, len(files))
	var processes []*process
	for _, job := range jobs {
		processes = append(processes, &process{job.name, p, r.moments(random, v.start), v})
	}
	if err := r.stream(ctx, p, files, v, processes); err != nil {
		return err
	}
	all, err := results(ctx, p)
	if err != nil {
		return err
	}
	agree := printTable(r.out, all)
	printTop(r.out, all)
	fmt.Fprintln(r.out)
	if !agree {
		return errDisagree
	}
	return nil
}

// moments draws when a job is killed.
func (r *run) moments(random *rand.Rand, start time.Time) []time.Time {
	n := r.kills
	if n == 0 {
		n = 1 + random.IntN(3)
	}
	moments := make([]time.Time, n)
	for i := range moments {
		moments[i] = start.Add(time.Duration(random.Int64N(int64(r.feed))))
	}
	slices.SortFunc(moments, time.Time.Compare)
	return moments
}

// stream feeds the files to the jobs and returns when all have ended. The first error
// ends the others.
func (r *run) stream(ctx context.Context, p place, files []file, v *view, processes []*process) error {
	ctx, release := context.WithTimeoutCause(ctx, r.feed+grace, errSlow)
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	senders, err := listen(ctx, p)
	defer func() {
		for _, sender := range senders {
			_ = sender.Close() // what they have kept is of no interest any more
		}
	}()
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	start := func(work func() error) {
		all.Go(func() {
			if err := work(); err != nil {
				cancel(err)
			}
		})
	}
	start(func() error { return feed(ctx, p, senders, files, r.feed, v.file) })
	for _, process := range processes {
		start(func() error { return process.run(ctx) })
	}
	done, shown := make(chan struct{}), make(chan struct{})
	go func() {
		v.show(done)
		close(shown)
	}()
	all.Wait()
	close(done)
	<-shown
	return context.Cause(ctx)
}
