package dstream

import (
	"context"
	"flag"
	"path"
	"runtime"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

var soak = flag.Duration("soak", 20*time.Minute, "how long TestSoak lets a stream run, in simulated time")

// figures are what must stay level in a stream that runs for ever.
type figures struct {
	batches    int
	heap       int64 // bytes in use, without what the simulated disk holds
	files      int   // in the checkpoint
	log, snap  int64 // bytes
	goroutines int
}

// TestSoak runs a stream with a window and two kinds of state, in batches of a second,
// for as long as -soak says, and looks at what it holds on to.
func TestSoak(t *testing.T) {
	batches := 0
	disk := sim.NewDisk(sim.Strict)
	w := sim.NewWorld(sim.Options{Disk: disk})
	defer w.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	main := w.Start("app", func(e env.Env) error {
		o := options(e)
		o.Checkpoint = "checkpoint"
		o.logging = journal.Options{SegmentBytes: 128 << 10}
		s, err := Recover(o, func(s *Session) error {
			in := s.From(Source[kv](drawn{})).ToPairs(func(p kv) (string, int) { return p.key, p.value })
			in.UpdateStateByKey(sum).Map(func(k string, v int) int { return v }).ForEachRDD(func(ctx context.Context, r rdd.RDD[int], _ time.Time) error {
				batches++
				_, err := r.Count(ctx)
				return err
			})
			in.ReduceByKeyAndWindow(add, seconds(10, 1), Inverse(sub), Keep(func(n int) bool { return n != 0 })).ForEachRDD(count[rdd.Pairs[string, int]])
			in.MapWithState(StateFunc(watchIdle).Timeout(2 * time.Second)).ForEachRDD(count[rdd.RDD[string]])
			return nil
		})
		if err != nil {
			return err
		}
		return s.Run(ctx)
	})
	var all []figures
	step := *soak / 10
	for range 10 {
		if status := w.Run(sim.Limit{Time: step}); status != sim.Limited {
			_, err := main.Ended()
			t.Fatalf("after %d batches the run is %v, %v", batches, status, err)
		}
		f := look(w.Disk(), "checkpoint")
		f.batches = batches
		all = append(all, f)
		t.Logf("%6d batches: %6.2f MB in use, %d files, log %7.1f kB, snapshots %6.1f kB, %d goroutines",
			f.batches, float64(f.heap)/1e6, f.files, float64(f.log)/1e3, float64(f.snap)/1e3, f.goroutines)
	}
	cancel(errStopped)
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Errorf("the run is %v", status)
	}
	if last, want := all[9], int(*soak/time.Second); last.batches < want-2 {
		t.Errorf("%d batches in %v", last.batches, *soak)
	}
	first, second := most(all[:5]), most(all[5:])
	if second.goroutines > first.goroutines+2 || second.files > first.files+20 {
		t.Errorf("goroutines went from %d to %d, files from %d to %d", first.goroutines, second.goroutines, first.files, second.files)
	}
	if *soak < 6*time.Hour {
		return // the first snapshot has yet to come
	}
	if second.heap > first.heap*3/2+1<<20 || second.log > first.log*3/2 || second.snap > first.snap*3/2+1000 {
		t.Errorf("memory, log and snapshots are not level: at most %+v, then %+v", first, second)
	}
}

// most is the greatest of each figure: the log grows until it is cut.
func most(all []figures) (m figures) {
	for _, f := range all {
		m.heap, m.files, m.goroutines = max(m.heap, f.heap), max(m.files, f.files), max(m.goroutines, f.goroutines)
		m.log, m.snap = max(m.log, f.log), max(m.snap, f.snap)
	}
	return m
}

// count computes a collection.
func count[C interface {
	Count(context.Context) (int64, error)
}](ctx context.Context, made C, _ time.Time) error {
	_, err := made.Count(ctx)
	return err
}

// look measures a world from outside.
func look(disk *sim.Disk, dir string) (f figures) {
	reader := sim.NewWorld(sim.Options{Disk: disk.Clone()})
	defer reader.Close()
	reader.Start("look", func(e env.Env) error {
		f.files, _ = size(e.FS(), dir)
		_, f.log = size(e.FS(), path.Join(dir, "log"))
		_, f.snap = size(e.FS(), path.Join(dir, "snap"))
		return nil
	})
	reader.Run(sim.Limit{})
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap, f.goroutines = int64(m.HeapAlloc)-disk.Memory(), runtime.NumGoroutine()
	return f
}

// size counts the files below a directory, and their bytes.
func size(files env.FS, dir string) (count int, bytes int64) {
	names, err := files.List(dir)
	if err != nil {
		return 0, 0
	}
	for _, name := range names {
		info, err := files.Stat(path.Join(dir, name))
		switch {
		case err != nil:
		case info.IsDir:
			n, b := size(files, path.Join(dir, name))
			count, bytes = count+n, bytes+b
		default:
			count, bytes = count+1, bytes+info.Size
		}
	}
	return count, bytes
}
