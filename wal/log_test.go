package wal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func create(t testing.TB, dir string, epoch uint64, o Options) *Log {
	t.Helper()
	l, err := Create(t.Context(), env.Real(), dir, epoch, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func appendAll(t testing.TB, l *Log, records ...string) (positions []Position) {
	t.Helper()
	for _, record := range records {
		position, err := l.Append([]byte(record))
		if err != nil {
			t.Fatal(err)
		}
		positions = append(positions, position)
	}
	return positions
}

func syncLog(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func read(dir string) (records []string, err error) {
	for record, err := range Records(env.Real(), dir) {
		if err != nil {
			return records, err
		}
		records = append(records, string(record.Payload))
	}
	return records, nil
}

func wantRecords(t testing.TB, dir string, want ...string) {
	t.Helper()
	got, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("records %q, want %q", got, want)
	}
}

func numbers(from, to int) (records []string) {
	for i := from; i < to; i++ {
		records = append(records, fmt.Sprintf("record %03d", i))
	}
	return records
}

func TestAppendSyncRead(t *testing.T) {
	dir := t.TempDir() + "/a/log"
	wantRecords(t, dir)
	l := create(t, dir, 1, Options{})
	wantRecords(t, dir)
	appendAll(t, l, "one", "", "three")
	wantRecords(t, dir) // still in the buffer
	syncLog(t, l)
	wantRecords(t, dir, "one", "", "three")
	appendAll(t, l, "four")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	wantRecords(t, dir, "one", "", "three", "four")
	if _, err := l.Append(nil); !errors.Is(err, ErrClosed) {
		t.Fatalf("append to a closed log: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPositionsNameRecords(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{SegmentBytes: 150})
	want := numbers(0, 20)
	positions := appendAll(t, l, want...)
	syncLog(t, l)
	if last := positions[19]; last.Segment == 0 {
		t.Fatalf("no segment was rolled: %v", last)
	}
	for i, position := range positions {
		if i > 0 && positions[i-1].Compare(position) >= 0 {
			t.Fatalf("position %v is not behind %v", position, positions[i-1])
		}
		var got []string
		for record, err := range RecordsFrom(env.Real(), dir, position) {
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 && record.Position != position {
				t.Fatalf("first record from %v is at %v", position, record.Position)
			}
			got = append(got, string(record.Payload))
		}
		if !slices.Equal(got, want[i:]) {
			t.Fatalf("records from %v: %q", position, got)
		}
	}
}

func TestEveryWriterContinuesTheLog(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for epoch := range uint64(8) {
		l := create(t, dir, 2*epoch+1, Options{SegmentBytes: 200})
		wantRecords(t, dir, want...)
		more := numbers(len(want), len(want)+int(epoch)*3)
		appendAll(t, l, more...)
		want = append(want, more...)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wantRecords(t, dir, want...)
	}
}

func TestIdleWritersDoNotGrowTheLog(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{})
	appendAll(t, l, "only")
	l.Close()
	for epoch := uint64(2); epoch < 10; epoch++ {
		create(t, dir, epoch, Options{}).Close()
	}
	report, err := Inspect(env.Real(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Segments) != 1 {
		t.Fatalf("an idle log has the segments\n%v", report)
	}
	wantRecords(t, dir, "only")
}

func TestEpochMustRise(t *testing.T) {
	dir := t.TempDir()
	create(t, dir, 3, Options{}).Close()
	for _, epoch := range []uint64{1, 3} {
		_, err := Create(t.Context(), env.Real(), dir, epoch, Options{})
		if e, ok := errors.AsType[*EpochError](err); !ok || e.Found != 3 || e.Epoch != epoch {
			t.Fatalf("epoch %d: %v", epoch, err)
		}
	}
}

// A writer that was thought dead goes on after its successor has read the log.
func TestWhatLiesBehindTheMarkDoesNotExist(t *testing.T) {
	dir := t.TempDir()
	zombie := create(t, dir, 1, Options{})
	appendAll(t, zombie, "a", "b")
	syncLog(t, zombie)
	l := create(t, dir, 2, Options{})
	appendAll(t, zombie, "of the dead")
	syncLog(t, zombie)
	wantRecords(t, dir, "a", "b")
	appendAll(t, l, "c")
	syncLog(t, l)
	wantRecords(t, dir, "a", "b", "c")
	create(t, dir, 3, Options{})
	wantRecords(t, dir, "a", "b", "c")
}

func TestRemoveBefore(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{SegmentBytes: 150})
	appendAll(t, l, numbers(0, 9)...)
	l.Close()
	l = create(t, dir, 2, Options{SegmentBytes: 150})
	positions := appendAll(t, l, numbers(9, 30)...)
	syncLog(t, l)
	for _, cut := range []int{0, 7, 8, 20} {
		if err := l.RemoveBefore(t.Context(), positions[cut]); err != nil {
			t.Fatal(err)
		}
		got, err := read(dir)
		if err != nil {
			t.Fatal(err)
		}
		all := numbers(0, 30)
		if !slices.Equal(got, all[30-len(got):]) || len(got) < 21-cut || len(got) > 21-cut+4 {
			t.Fatalf("after removing before record %d: %q", 9+cut, got)
		}
		for name := range strings.SplitSeq(strings.Join(list(t, dir), " "), " ") {
			if id, _ := parseFileName(name); id.less(positions[cut].segment()) {
				t.Fatalf("%s is still there", name)
			}
		}
	}
	kept, _ := read(dir)
	l.Close()
	create(t, dir, 3, Options{}).Close()
	wantRecords(t, dir, kept...)
}

func list(t testing.TB, dir string) []string {
	t.Helper()
	names, err := env.Real().FS().List(dir)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestMissingSegmentIsCorruption(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{SegmentBytes: 150})
	appendAll(t, l, numbers(0, 12)...)
	l.Close()
	create(t, dir, 2, Options{SegmentBytes: 150}).Close()
	for _, name := range []string{"0000000001-000000.log", "0000000001-000001.log"} {
		broken := copyDir(t, dir)
		if err := os.Remove(broken + "/" + name); err != nil {
			t.Fatal(err)
		}
		_, err := read(broken)
		if e, ok := errors.AsType[*CorruptError](err); !ok || filepath.Base(e.Segment) != name {
			t.Fatalf("without %s: %v", name, err)
		}
	}
}

func copyDir(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestFenceThatIsGivenUp syncs while nobody answers, and again.
func TestFenceThatIsGivenUp(t *testing.T) {
	l := create(t, t.TempDir(), 1, Options{Fence: func(ctx context.Context) error { return ctx.Err() }})
	appendAll(t, l, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Sync(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, ErrPoisoned) {
		t.Fatalf("sync that was given up: %v", err)
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatalf("sync after one that was given up: %v", err)
	}
}

func TestFenceIsAskedAfterEachSync(t *testing.T) {
	fenced := errors.New("fenced")
	var fence error
	asked := 0
	l := create(t, t.TempDir(), 1, Options{Fence: func(context.Context) error { asked++; return fence }})
	appendAll(t, l, "a")
	syncLog(t, l)
	if asked != 2 {
		t.Fatalf("fence was asked %d times", asked)
	}
	fence = fenced
	appendAll(t, l, "b")
	if err := l.Sync(t.Context()); !errors.Is(err, fenced) || !errors.Is(err, ErrPoisoned) {
		t.Fatalf("sync of a fenced writer: %v", err)
	}
}
