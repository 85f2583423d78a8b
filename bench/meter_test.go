package bench

import (
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// countingEnv is the real world, with its syncs counted.
type countingEnv struct {
	env.Env
	syncs *atomic.Int64
}

func newCountingEnv() countingEnv { return countingEnv{env.Real(), new(atomic.Int64)} }

func (e countingEnv) FS() env.FS { return countingFS{e.Env.FS(), e.syncs} }

type countingFS struct {
	env.FS
	syncs *atomic.Int64
}

func (f countingFS) Create(name string) (env.File, error) { return f.counted(f.FS.Create(name)) }

func (f countingFS) OpenAppend(name string) (env.File, error) {
	return f.counted(f.FS.OpenAppend(name))
}

func (f countingFS) SyncDir(dir string) error {
	f.syncs.Add(1)
	return f.FS.SyncDir(dir)
}

func (f countingFS) counted(file env.File, err error) (env.File, error) {
	if err != nil {
		return nil, err
	}
	return countingFile{file, f.syncs}, nil
}

type countingFile struct {
	env.File
	syncs *atomic.Int64
}

func (f countingFile) Sync() error {
	f.syncs.Add(1)
	return f.File.Sync()
}

// meter measures batches of a stream.
type meter struct {
	env    countingEnv
	rows   int // of a batch
	cpu    time.Duration
	syncs  int64
	took   []time.Duration
	warmed time.Time
}

// warm is how many batches are left out: tables grow and files are made in them.
const warm = 10

func newMeter(rows int) *meter { return &meter{env: newCountingEnv(), rows: rows} }

// batch takes the time from a batch's start to its commit.
func (m *meter) batch(took time.Duration) {
	m.took = append(m.took, took)
	if len(m.took) == warm {
		m.cpu, m.syncs, m.warmed = cpuTime(), m.env.syncs.Load(), time.Now()
	}
}

// report is called when the last batch has ended.
func (m *meter) report(b *testing.B) {
	took := m.took[warm:]
	rows := float64(m.rows * len(took))
	b.ReportMetric(rows/time.Since(m.warmed).Seconds(), "rows/s")
	b.ReportMetric(float64((cpuTime()-m.cpu).Nanoseconds())/rows, "cpu-ns/row")
	b.ReportMetric(float64(m.env.syncs.Load()-m.syncs)/float64(len(took)), "syncs/batch")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(0, "ns/op") // says nothing: an operation is a batch, and some are left out
}

// cpuTime is what the process has used of all processors.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
