package journal

import (
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/wal"
)

const goldenDir = "testdata/golden/v1"

// goldenTime is the time of the batches in the golden journal.
var goldenTime = time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)

// TestGolden opens a journal that an earlier build wrote. With -rewrite it is written
// anew, after a change of its format.
func TestGolden(t *testing.T) {
	if flag.Lookup("rewrite").Value.String() == "true" {
		writeGolden(t)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(goldenDir)); err != nil {
		t.Fatal(err)
	}
	j, r, err := Open(t.Context(), env.Real(), dir, Options{Kind: "dstream", Fingerprint: 77})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if len(r.ID) != 36 || r.Epoch != 3 || r.Fresh || r.Next() != 2 {
		t.Errorf("id %q, epoch %d, fresh %v, next %d", r.ID, r.Epoch, r.Fresh, r.Next())
	}
	last := Plan{Batch: 1, Time: goldenTime.Add(time.Second), Partitions: 5, Fingerprint: 77, Ranges: []byte("second"), Watermarks: []byte("w1")}
	if !equalPlans(r.Last.Plan, last) || string(r.Last.Done.Answers) != "answer 1" {
		t.Errorf("last batch %+v", r.Last)
	}
	pending := Plan{Batch: 2, Time: goldenTime.Add(2 * time.Second), Partitions: 6, Fingerprint: 77, Ranges: []byte("third"), Watermarks: []byte{}}
	if r.Pending == nil || !equalPlans(*r.Pending, pending) {
		t.Errorf("pending plan %+v", r.Pending)
	}
	if want := []Snapshot{{"count", 0, 512, 0}}; !slices.Equal(r.Snapshots, want) {
		t.Errorf("snapshots %v", r.Snapshots)
	}
	var changes []string
	for c, err := range j.Replay(func(string, int) int64 { return -1 }) {
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, c.Operator+":"+string(c.Data))
	}
	if want := []string{"count:one", "count:two", "dedup:seen", "count:three"}; !slices.Equal(changes, want) {
		t.Errorf("changes %q", changes)
	}
}

func equalPlans(a, b Plan) bool {
	return a.Batch == b.Batch && a.Time.Equal(b.Time) && a.Partitions == b.Partitions && a.Fingerprint == b.Fingerprint &&
		string(a.Ranges) == string(b.Ranges) && string(a.Watermarks) == string(b.Watermarks)
}

func writeGolden(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.RemoveAll(goldenDir))
	plan := func(batch int64, ranges, watermarks string) *Plan {
		at := goldenTime.Add(time.Duration(batch) * time.Second)
		return &Plan{Batch: batch, Time: at, Partitions: 4 + int(batch), Ranges: []byte(ranges), Watermarks: []byte(watermarks)}
	}
	ctx := t.Context()
	open := func() *Journal {
		j, _, err := Open(ctx, env.Real(), goldenDir, Options{Kind: "dstream", Fingerprint: 77})
		check(err)
		return j
	}
	j := open()
	check(j.Plan(ctx, *plan(0, "first", "w0")))
	check(j.PlanDurable(ctx))
	check(j.AppendState(ctx, Change{0, "count", 3, []byte("one")}))
	check(j.AppendState(ctx, Change{0, "count", 700, []byte("two")}))
	check(j.AppendState(ctx, Change{0, "dedup", 3, []byte("seen")}))
	check(j.Commit(ctx, Done{0, []byte("answer 0")}, plan(1, "second", "w1")))
	check(j.Snapshots(ctx, Snapshot{"count", 0, 512, 0}))
	check(j.Close())
	j = open()
	check(j.PlanDurable(ctx))
	check(j.AppendState(ctx, Change{1, "count", 3, []byte("three")}))
	check(j.Commit(ctx, Done{1, []byte("answer 1")}, plan(2, "third", "")))
	check(j.Close())
	check(os.Remove(goldenDir + "/lock"))
}

func TestNewerFormatIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(goldenDir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/format", []byte("tidewheel dstream 2 what ever comes then\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := Open(t.Context(), env.Real(), dir, Options{Kind: "dstream"})
	if _, ok := errors.AsType[*FormatError](err); !ok {
		t.Fatal(err)
	}
}

// The second start beside a living first one is refused, with the owner's name.
func TestSecondOpenIsRefused(t *testing.T) {
	dir := t.TempDir() + "/new/checkpoint"
	o := Options{Kind: "dstream"}
	j, first, err := Open(t.Context(), env.Real(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = Open(t.Context(), env.Real(), dir, o)
	if locked, ok := errors.AsType[*env.LockedError](err); !ok || locked.Owner == "" {
		t.Fatalf("second open: %v", err)
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	j, second, err := Open(t.Context(), env.Real(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if first.ID != second.ID || !second.Fresh {
		t.Fatalf("first %+v, second %+v", first, second)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{}, {Kind: "two words"}, {Kind: "x", Retain: -1}, {Kind: "x", SegmentBytes: -1}} {
		if _, _, err := Open(t.Context(), env.Real(), t.TempDir(), o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// FuzzFrames applies any bytes as a frame: an error or not, but no panic.
func FuzzFrames(f *testing.F) {
	f.Add(appendPlan(nil, Plan{Batch: 0, Time: goldenTime, Ranges: []byte("r")}))
	f.Add(appendDone(nil, frameDone, 1, Done{0, []byte("a")}))
	f.Add(appendChange(appendStateHeader(nil, 1, 0), Change{Operator: "o", Group: 3, Data: []byte("d")}, "", true))
	f.Add(appendSnapshot(nil, Snapshot{"o", 0, 9, 4}))
	f.Add(appendRetained(nil, retained{3, []Snapshot{{"o", 0, 9, 4}}}))
	f.Fuzz(func(t *testing.T, frame []byte) {
		c := newCore(1)
		if err := c.apply(wal.Position{Epoch: 1, Offset: 44}, frame); err == nil && len(frame) > 0 && describeFrame(frame) == "" {
			t.Fatal("a frame that prints as nothing")
		}
	})
}
