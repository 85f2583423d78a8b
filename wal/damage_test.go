package wal

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

const firstSegment = "0000000001-000000.log"

// syncedLog writes records, synced one by one, into one segment and returns its
// content and the offset of each record.
func syncedLog(t testing.TB, records ...string) (content []byte, offsets []int64) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{})
	for _, record := range records {
		offsets = append(offsets, appendAll(t, l, record)[0].Offset)
		syncLog(t, l)
	}
	content, err := os.ReadFile(dir + "/" + firstSegment)
	if err != nil {
		t.Fatal(err)
	}
	return content, offsets
}

func logOf(t testing.TB, content []byte) (dir string) {
	dir = t.TempDir()
	if err := os.WriteFile(dir+"/"+firstSegment, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A log that was cut anywhere is a log that ends there.
func TestTruncationIsATornTail(t *testing.T) {
	records := []string{"first", "", "the third one"}
	content, offsets := syncedLog(t, records...)
	for size := range len(content) {
		dir := logOf(t, content[:size])
		whole := 0
		for whole < len(records) && offsets[whole]+frameHeaderSize+int64(len(records[whole])) <= int64(size) {
			whole++
		}
		wantRecords(t, dir, records[:whole]...)
		report, err := Inspect(env.Real(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Segments) > 0 && report.Segments[0].ValidTo+report.Torn.Bytes != int64(size) {
			t.Fatalf("cut at %d: %v", size, report)
		}
		l := create(t, dir, 2, Options{})
		appendAll(t, l, "more")
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		wantRecords(t, dir, append(slices.Clone(records[:whole]), "more")...)
	}
}

// A flipped bit is found and never changes a record. In what a later frame proves to
// be durable it is corruption, in the last frame it cannot be told from a torn write.
func TestFlippedBits(t *testing.T) {
	records := []string{"first", "", "the third one"}
	content, offsets := syncedLog(t, records...)
	for i := range content {
		for bit := range 8 {
			damaged := bytes.Clone(content)
			damaged[i] ^= 1 << bit
			got, err := read(logOf(t, damaged))
			if int64(i) >= offsets[2] {
				if err != nil || !slices.Equal(got, records[:2]) {
					t.Fatalf("bit %d of byte %d, in the last frame: %q, %v", bit, i, got, err)
				}
				continue
			}
			corrupt, ok := errors.AsType[*CorruptError](err)
			if _, other := errors.AsType[*VersionError](err); other && i == len(magic) {
				continue
			}
			if !ok {
				t.Fatalf("bit %d of byte %d: %q, %v", bit, i, got, err)
			}
			if corrupt.Offset > int64(i) || corrupt.Offset+frameHeaderSize+20 < int64(i) && i >= segmentHeaderSize {
				t.Fatalf("bit %d of byte %d is reported at offset %d", bit, i, corrupt.Offset)
			}
		}
	}
}

// Of the sectors of writes that were not synced together, a later one may survive
// without an earlier one. That is a torn tail: nothing was promised.
func TestHoleInUnsyncedFramesIsATornTail(t *testing.T) {
	dir := t.TempDir()
	l := create(t, dir, 1, Options{})
	appendAll(t, l, "promised")
	syncLog(t, l)
	positions := appendAll(t, l, "a", "b", "c")
	syncLog(t, l)
	content, err := os.ReadFile(dir + "/" + firstSegment)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[positions[1].Offset:positions[2].Offset])
	wantRecords(t, logOf(t, content), "promised", "a")

	// The same hole, but a later frame was made when it was durable.
	appendAll(t, l, "after")
	syncLog(t, l)
	content, err = os.ReadFile(dir + "/" + firstSegment)
	if err != nil {
		t.Fatal(err)
	}
	clear(content[positions[1].Offset:positions[2].Offset])
	_, err = read(logOf(t, content))
	if corrupt, ok := errors.AsType[*CorruptError](err); !ok || corrupt.Offset != positions[1].Offset {
		t.Fatalf("a hole that was durable: %v", err)
	}
	t.Log(err)
}

func TestUnknownVersionIsRefused(t *testing.T) {
	content, _ := syncedLog(t, "a")
	content[len(magic)] = formatVersion + 1
	dir := logOf(t, content)
	_, err := read(dir)
	if version, ok := errors.AsType[*VersionError](err); !ok || version.Version != formatVersion+1 {
		t.Fatalf("records: %v", err)
	}
	if _, err := Create(t.Context(), env.Real(), dir, 2, Options{}); err == nil {
		t.Fatal("a writer started on a log of an unknown version")
	}
}

// FuzzRecords reads whatever may be in a segment: an error or records, no panic, and no
// more memory than the file is large.
func FuzzRecords(f *testing.F) {
	content, _ := syncedLog(f, "first", "second", "third")
	f.Add(content)
	f.Add(content[:len(content)-3])
	f.Add([]byte(magic + "\x02"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		w := sim.NewWorld(sim.Options{})
		defer w.Close()
		p := w.Start("fuzz", func(e env.Env) error { return readAndContinue(e, content) })
		if status := w.Run(sim.Limit{}); status != sim.Done {
			t.Fatal(status)
		}
		if _, err := p.Ended(); err != nil {
			t.Fatal(err)
		}
	})
}

// readAndContinue reads a log of one segment. What can be read must be there when a new
// writer has started.
func readAndContinue(e env.Env, content []byte) error {
	file, err := createFile(e.FS(), ".", segmentID{epoch: 1}, content)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	read := func() (records []string, err error) {
		for record, err := range Records(e, ".") {
			if err != nil {
				return nil, err
			}
			records = append(records, string(record.Payload))
		}
		return records, nil
	}
	before, err := read()
	if err != nil {
		return nil
	}
	l, err := Create(context.Background(), e, ".", 2, Options{})
	if err != nil {
		return fmt.Errorf("the log can be read, but no writer can start: %w", err)
	}
	if err := l.Close(); err != nil {
		return err
	}
	after, err := read()
	if err == nil && !slices.Equal(before, after) {
		err = fmt.Errorf("records %q, and %q after a new writer has started", before, after)
	}
	return err
}

var rewrite = flag.Bool("rewrite", false, "write the golden log anew, after a change of its format")

// TestGolden reads a log that an earlier build wrote.
func TestGolden(t *testing.T) {
	const dir = "testdata/golden/v1"
	if *rewrite {
		writeGolden(t, dir)
	}
	wantRecords(t, dir, numbers(3, 12)...)
	report, err := Inspect(env.Real(), dir)
	if err != nil {
		t.Fatal(err)
	}
	const want = "segment 1-1 valid to 96\nsegment 2-0 valid to 147\nsegment 2-1 valid to 141\nsegment 2-2 valid to 70\n" +
		"torn tail: 5 bytes dropped at offset 70 of testdata/golden/v1/0000000002-000002.log\n"
	if report.String() != want {
		t.Fatalf("report\n%vwant\n%v", report, want)
	}
	l := create(t, copyDir(t, dir), 3, Options{})
	if got := l.Report().Torn.Bytes; got != 5 {
		t.Fatalf("torn tail of %d bytes", got)
	}
}

// writeGolden writes a log with two writers, several segments, some of them removed,
// and a torn tail.
func writeGolden(t *testing.T, dir string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	l := create(t, dir, 1, Options{SegmentBytes: 150})
	for _, record := range numbers(0, 6) {
		appendAll(t, l, record)
		syncLog(t, l)
	}
	l.Close()
	l = create(t, dir, 2, Options{SegmentBytes: 150})
	appendAll(t, l, numbers(6, 11)...)
	syncLog(t, l)
	if err := l.RemoveBefore(t.Context(), Position{1, 1, 0}); err != nil {
		t.Fatal(err)
	}
	appendAll(t, l, numbers(11, 12)...)
	l.Close()
	names := list(t, dir)
	file, err := os.OpenFile(dir+"/"+names[len(names)-1], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("torn!"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
