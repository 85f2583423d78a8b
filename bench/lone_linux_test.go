package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// BenchmarkLoneBatch is the latency of 100 rows that come when the query is idle: a
// running count by word, kept as state in a checkpoint, in update mode into memory.
// Another process says when, over a Unix socket. Latency is counted from when that was
// to be, and from when it was, to the batch's commit. An operation is a batch. The
// longer the pause between them, the colder the processor and the disk.
func BenchmarkLoneBatch(b *testing.B) {
	for _, pause := range []time.Duration{2 * time.Millisecond, 10 * time.Millisecond} {
		b.Run("every "+pause.String(), func(b *testing.B) { runAlone(b, pause) })
	}
}

func runAlone(b *testing.B, pause time.Duration) {
	t := newTicks(b, warm+b.N, pause)
	t.list = newConstant(someWords(100, 6_000), 0)
	session, err := structured.Open(structured.Options{Partitions: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer session.Close()
	query, err := session.Stream(t).GroupBy("word").Count().
		Write(sink.Memory("counts")).Mode(structured.Update).
		Checkpoint(filepath.Join(b.TempDir(), "checkpoint")).Start(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := t.wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := query.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
	t.report(b)
}

// tick is when a batch was to be made, was made and was committed.
type tick struct{ scheduled, created, committed time.Time }

// ticks is a source with the same rows in each batch, one a tick of another process.
type ticks struct {
	list    constant
	process *exec.Cmd
	arrived env.Mailbox[struct{}]
	all     chan error // told of the last commit, or of what went wrong

	mu     sync.Mutex
	came   []tick
	done   int // how many are committed
	within int // how many the batch that runs has
	want   int
}

// newTicks starts a process that ticks n times.
func newTicks(b *testing.B, n int, pause time.Duration) *ticks {
	address := filepath.Join(b.TempDir(), "ticks")
	listener, err := net.Listen("unix", address)
	if err != nil {
		b.Fatal(err)
	}
	t := &ticks{want: n, all: make(chan error, 1), process: exec.Command(os.Args[0])}
	t.process.Env = append(os.Environ(), ticking+"="+fmt.Sprintf("%d %d %s", n, pause, address))
	t.process.Stderr = os.Stderr
	if err := t.process.Start(); err != nil {
		b.Fatal(err)
	}
	go func() {
		if err := t.read(listener); err != nil {
			t.all <- err
		}
	}()
	return t
}

// read takes the ticks as they come.
func (t *ticks) read(listener net.Listener) error {
	conn, err := listener.Accept()
	if err == nil {
		err = listener.Close()
	}
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		var scheduled, created int64
		if _, err := fmt.Sscan(lines.Text(), &scheduled, &created); err != nil {
			return err
		}
		t.mu.Lock()
		t.came = append(t.came, tick{scheduled: time.Unix(0, scheduled), created: time.Unix(0, created)})
		t.mu.Unlock()
		t.arrived.Put(struct{}{})
	}
	return errors.Join(lines.Err(), conn.Close())
}

// wait returns when the last tick is committed.
func (t *ticks) wait(ctx context.Context) error {
	select {
	case err := <-t.all:
		return errors.Join(err, t.process.Wait())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report prints percentiles: from the scheduled and from the actual time, and how late
// the other process was.
func (t *ticks) report(b *testing.B) {
	for name, took := range map[string]func(tick) time.Duration{
		"":         func(t tick) time.Duration { return t.committed.Sub(t.scheduled) },
		"created-": func(t tick) time.Duration { return t.committed.Sub(t.created) },
		"late-":    func(t tick) time.Duration { return t.created.Sub(t.scheduled) },
	} {
		var list []time.Duration
		for _, tick := range t.came[warm:] {
			list = append(list, took(tick))
		}
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)/2].Microseconds()), name+"p50-µs")
		b.ReportMetric(float64(list[len(list)*99/100].Microseconds()), name+"p99-µs")
	}
	b.ReportMetric(0, "ns/op") // says nothing: it is the pause
}

func (t *ticks) String() string                                            { return "ticks" }
func (t *ticks) Schema(context.Context) (types.Schema, error)              { return t.list.schema, nil }
func (t *ticks) Open(context.Context, source.Query) (source.Reader, error) { return t, nil }
func (t *ticks) Initial(context.Context) (source.Offset, error)            { return "0", nil }
func (t *ticks) Commit(context.Context, source.Offset) error               { return nil }
func (t *ticks) Close() error                                              { return nil }
func (t *ticks) Arrival() env.Waitable                                     { return &t.arrived }

func (t *ticks) Latest(context.Context, source.Offset, source.Limit) (source.Offset, error) {
	for ok := true; ok; _, ok = t.arrived.Poll() {
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return source.Offset(strconv.Itoa(len(t.came))), nil
}

func (t *ticks) Plan(_ context.Context, start, end source.Offset, _ int) ([]source.Partition, error) {
	from, err := strconv.Atoi(string(start))
	if err != nil {
		return nil, err
	}
	to, err := strconv.Atoi(string(end))
	t.within = to - from
	return []source.Partition{repeated{records{t.list.records[0]}, t.within}, repeated{records{t.list.records[1]}, t.within}}, err
}

// Completed is told that a batch is committed.
func (t *ticks) Completed(ended time.Time, _ time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for range t.within {
		t.came[t.done].committed = ended
		t.done++
	}
	if t.within = 0; t.done == t.want {
		t.all <- nil
	}
}

// repeated is a partition with its rows several times over.
type repeated struct {
	records
	times int
}

func (r repeated) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		for range r.times {
			for batch, err := range r.records.Read(ctx, columns) {
				if !yield(batch, err) {
					return
				}
			}
		}
	}
}

// ticking is the variable of the environment that makes the test's process one that ticks.
const ticking = "TIDEWHEEL_BENCH_TICKS"

func TestMain(m *testing.M) {
	if order := os.Getenv(ticking); order != "" {
		if err := sendTicks(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// sendTicks writes a line at each tick: when it was to be, and when it is. The thread
// sleeps in the kernel, for timers of the language are late by up to a millisecond.
func sendTicks(order string) error {
	var n int
	var pause time.Duration
	var address string
	if _, err := fmt.Sscan(order, &n, &pause, &address); err != nil {
		return err
	}
	conn, err := net.Dial("unix", address)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	at := time.Now().Add(100 * time.Millisecond)
	for range n {
		for left := time.Until(at); left > 0; left = time.Until(at) {
			rest := syscall.NsecToTimespec(left.Nanoseconds())
			if err := syscall.Nanosleep(&rest, nil); err != nil && !errors.Is(err, syscall.EINTR) {
				return err
			}
		}
		if _, err := fmt.Fprintln(conn, at.UnixNano(), time.Now().UnixNano()); err != nil {
			return err
		}
		at = at.Add(pause)
	}
	return conn.Close()
}
