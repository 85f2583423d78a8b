package structured

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
)

var soak = flag.Duration("soak", time.Hour, "the simulated time, some minutes at least, for which a query with batches of a second runs")

// used is what a query holds in some stretch of time: the most files and bytes in its
// checkpoint, and its memory and goroutines at the end.
type used struct {
	until                        time.Duration
	files, bytes, heap, routines int64
}

func (u used) String() string {
	return fmt.Sprintf("until %8s: at most %d files of %d KiB in the checkpoint; heap of %d KiB, %d goroutines",
		u.until, u.files, u.bytes>>10, u.heap>>10, u.routines)
}

// A query with state, a watermark and a batch each second holds no more after hours than
// after the first of them: files and bytes of its checkpoint, memory, goroutines.
// With -soak 24h it runs a day.
func TestADayOfBatches(t *testing.T) {
	w := sim.NewWorld(sim.Options{Disk: sim.NewDisk(sim.Strict)})
	defer w.Close()
	var seen []used
	var last Progress
	p := w.Start("query", func(e env.Env) error {
		ctx := context.Background()
		s, err := Open(Options{Env: e, Partitions: 2})
		if err != nil {
			return err
		}
		q, err := s.Stream(source.Rate(50)).WithWatermark("timestamp", 5*time.Second).
			DropDuplicatesWithinWatermark("value").
			GroupBy(expr.Window("timestamp", time.Minute, 20*time.Second), expr.Col("value").Mod(7).As("key")).
			Agg(expr.Count().As("n"), expr.Max("value").As("most")).
			Write(ForEachBatch(func(context.Context, DataFrame, int64) error { return nil })).
			Trigger(Every(time.Second)).Checkpoint("/state").Start(ctx)
		if err != nil {
			return err
		}
		for step := range 12 {
			var u used
			for range 60 {
				if err := env.Sleep(ctx, e, *soak/12/60); err != nil {
					return err
				}
				var now used
				if err := tree(e.FS(), "/state", &now); err != nil {
					return err
				}
				u.files, u.bytes = max(u.files, now.files), max(u.bytes, now.bytes)
			}
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			u.until, u.routines = time.Duration(step+1)**soak/12, int64(runtime.NumGoroutine())
			u.heap = int64(memory.HeapAlloc) - w.Disk().Memory() // which is the disk's, not the query's
			seen = append(seen, u)
		}
		if progress := q.Progress(); len(progress) > 0 {
			last = progress[len(progress)-1]
		}
		return errors.Join(q.Stop(ctx), q.Err(), s.Close())
	})
	began := time.Now()
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatal(status, w.Parked())
	}
	if _, err := p.Ended(); err != nil {
		t.Fatal(err)
	}
	for _, u := range seen {
		t.Log(u)
	}
	t.Logf("%d batches in %s", last.BatchID, time.Since(began).Round(time.Millisecond))
	if want := int64(*soak/time.Second) - 2; last.BatchID < want {
		t.Errorf("the last batch is %d, want at least %d", last.BatchID, want)
	}
	if most := int64(24 << 20); seen[11].bytes > most { // two segments of the log, and snapshots
		t.Errorf("there are %d bytes in the checkpoint, want at most %d", seen[11].bytes, most)
	}
	for _, what := range []struct {
		name string
		of   func(used) int64
		more int64 // than in the middle of the time, at its end
	}{
		{"files", func(u used) int64 { return u.files }, 4},
		{"bytes", func(u used) int64 { return u.bytes }, 8 << 20}, // a segment of the log
		{"heap", func(u used) int64 { return u.heap }, 4 << 20},
		{"goroutines", func(u used) int64 { return u.routines }, 4},
	} {
		most := func(part []used) (most int64) {
			for _, u := range part {
				most = max(most, what.of(u))
			}
			return most
		}
		if before, after := most(seen[4:8]), most(seen[8:]); after > before+what.more {
			t.Errorf("%s grow: at most %d in the second third of the time, %d in the last", what.name, before, after)
		}
	}
}

// tree counts the files below a directory and their bytes.
func tree(files env.FS, dir string, u *used) error {
	names, err := files.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := files.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // dropped in between
			continue
		case err != nil:
			return err
		case info.IsDir:
			if err := tree(files, name, u); err != nil {
				return err
			}
		default:
			u.files++
			u.bytes += info.Size
		}
	}
	return nil
}
