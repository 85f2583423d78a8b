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
	last  progress // rows and time are those of the last batch that had rows
	rows  int64
	kills int
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
	j.rows += now.Rows
	if now.Rows == 0 {
		now.Rows, now.Took = j.last.Rows, j.last.Took
	}
	j.last = now
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
		rate := 0.0
		if j.last.Took > 0 {
			rate = float64(j.last.Rows) / j.last.Took.Seconds()
		}
		fmt.Fprintf(&text, "%7s %-10s  batch %-5d %8.0f rows/s  latency %4d ms  state %7d keys  killed %d\n",
			"", j.name, j.last.Batch, rate, j.last.Took.Milliseconds(), j.last.State, j.kills)
	}
	v.drawn = 1 + len(v.jobs)
	_, _ = io.WriteString(v.out, text.String())
}
