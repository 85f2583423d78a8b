package wal

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// BenchmarkAppendSync appends one record and syncs, beside a plain file that gets the same
// bytes and the same syncs. Compare the two lines of one size.
func BenchmarkAppendSync(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10, 1 << 20} {
		record := make([]byte, size)
		b.Run(fmt.Sprintf("log/%d", size), func(b *testing.B) {
			l := create(b, b.TempDir(), 1, Options{SegmentBytes: 1 << 40})
			b.SetBytes(int64(size))
			for b.Loop() {
				appendRecord(b, l, record)
				syncLog(b, l)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "syncs/s")
		})
		b.Run(fmt.Sprintf("disk/%d", size), func(b *testing.B) {
			file := plainFile(b)
			frame := make([]byte, size+frameHeaderSize)
			b.SetBytes(int64(size))
			for b.Loop() {
				writeAndSync(b, file, frame)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "syncs/s")
		})
	}
}

// BenchmarkThroughput appends records of 1 KiB and syncs every 16 MiB, beside a plain file
// written in pieces of 1 MiB.
func BenchmarkThroughput(b *testing.B) {
	const batch = 16 << 20
	b.Run("log", func(b *testing.B) {
		l := create(b, b.TempDir(), 1, Options{})
		record := make([]byte, 1<<10-frameHeaderSize)
		b.SetBytes(batch)
		for b.Loop() {
			for range batch >> 10 {
				appendRecord(b, l, record)
			}
			syncLog(b, l)
		}
	})
	b.Run("disk", func(b *testing.B) {
		file := plainFile(b)
		piece := make([]byte, 1<<20)
		b.SetBytes(batch)
		for b.Loop() {
			for range batch>>20 - 1 {
				if _, err := file.Write(piece); err != nil {
					b.Fatal(err)
				}
			}
			writeAndSync(b, file, piece)
		}
	})
}

// BenchmarkGroupCommit has 16 activities that each append a record of 100 bytes and sync.
func BenchmarkGroupCommit(b *testing.B) {
	l := create(b, b.TempDir(), 1, Options{})
	e := env.Real()
	const activities = 16
	record := make([]byte, 100)
	var procs []*env.Proc
	b.ResetTimer()
	for a := range activities {
		procs = append(procs, e.Spawn("writer", func() error {
			for range (b.N + a) / activities {
				if _, err := l.Append(record); err != nil {
					return err
				}
				if err := l.Sync(context.Background()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for _, p := range procs {
		if err := p.Wait(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

// BenchmarkRecords reads a log of records of 1 KiB.
func BenchmarkRecords(b *testing.B) {
	const size = 32 << 20
	dir := b.TempDir()
	l := create(b, dir, 1, Options{SegmentBytes: 8 << 20})
	record := make([]byte, 1<<10-frameHeaderSize)
	for range size >> 10 {
		appendRecord(b, l, record)
	}
	syncLog(b, l)
	b.SetBytes(size)
	for b.Loop() {
		records := 0
		for _, err := range Records(env.Real(), dir) {
			if err != nil {
				b.Fatal(err)
			}
			records++
		}
		if records != size>>10 {
			b.Fatalf("%d records", records)
		}
	}
}

func appendRecord(b *testing.B, l *Log, record []byte) {
	if _, err := l.Append(record); err != nil {
		b.Fatal(err)
	}
}

func plainFile(b *testing.B) env.File {
	name := b.TempDir() + "/file"
	file, err := env.Real().FS().Create(name)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close(); os.Remove(name) })
	return file
}

func writeAndSync(b *testing.B, file env.File, p []byte) {
	if _, err := file.Write(p); err != nil {
		b.Fatal(err)
	}
	if err := file.Sync(); err != nil {
		b.Fatal(err)
	}
}
