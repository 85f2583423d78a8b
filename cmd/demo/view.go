package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// view shows how a run goes: on a terminal a few lines that are written over and over,
// else a line for each job every two seconds.
type view struct {
	out      io.Writer
	terminal bool
	start    time.Time
	files    int

	mu    sync.Mutex // guards what follows
	fed   int
	bytes int64
	jobs  []*jobView
	drawn int // lines on the terminal
}

type jobView struct {
	name  string
	last  progress
	kills int

	// Of the batches that had rows: sums in which a batch counts a tenth less with each
	// that comes after it.
	batches, rows, seconds float64
}

func newView(out io.Writer, files int) *view {
	v := &view{out: out, terminal: isTerminal(out), start: time.Now(), files: files}
	for _, job := range jobs {
		v.jobs = append(v.jobs, &jobView{name: job.name})
	}
	return v
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (v *view) file(f file) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fed++
	v.bytes += f.size
}

func (v *view) progress(job string, now progress) {
	v.mu.Lock()
	defer v.mu.Unlock()
	j := v.job(job)
	j.last = now
	if now.Rows > 0 {
		j.batches, j.rows, j.seconds = j.batches*0.9+1, j.rows*0.9+float64(now.Rows), j.seconds*0.9+now.Took.Seconds()
	}
}

func (v *view) killed(job string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	j := v.job(job)
	j.kills++
	if !v.terminal {
		fmt.Fprintf(v.out, "%5.1fs  %-10s  SIGKILL, %d so far; started again\n", time.Since(v.start).Seconds(), job, j.kills)
	}
}

func (v *view) job(name string) *jobView {
	for _, j := range v.jobs {
		if j.name == name {
			return j
		}
	}
	panic("no job " + name)
}

// show draws until done is closed.
func (v *view) show(done <-chan struct{}) {
	every := 2 * time.Second
	if v.terminal {
		every = 100 * time.Millisecond
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			v.draw()
		case <-done:
			v.draw()
			return
		}
	}
}

func (v *view) draw() {
	v.mu.Lock()
	defer v.mu.Unlock()
	var text strings.Builder
	if v.terminal && v.drawn > 0 {
		fmt.Fprintf(&text, "\x1b[%dA\x1b[J", v.drawn) // up, and clear what is below
	}
	fmt.Fprintf(&text, "%5.1fs  %-10s  %d of %d files, %.1f MB\n", time.Since(v.start).Seconds(), "feeder", v.fed, v.files, float64(v.bytes)/1e6)
	for _, j := range v.jobs {
		var rate, latency float64
		if j.seconds > 0 {
			rate, latency = j.rows/j.seconds, 1000*j.seconds/j.batches
		}
		fmt.Fprintf(&text, "%7s %-10s  batch %-5d %8.0f rows/s  latency %6.1f ms  state %7d keys  killed %d\n",
			"", j.name, j.last.Batch, rate, latency, j.last.State, j.kills)
	}
	v.drawn = 1 + len(v.jobs)
	_, _ = io.WriteString(v.out, text.String())
}
