package checkpoint

import (
	"context"
	"io"
	"testing"
)

// Saving and loading 16 MiB. Saving ends on the disk.
func BenchmarkSnapshot(b *testing.B) {
	data := content(1, 16<<20)
	ctx := context.Background()
	b.Run("save", func(b *testing.B) {
		s := open(b, b.TempDir(), Options{Retain: 1})
		b.SetBytes(int64(len(data)))
		version := int64(0)
		for b.Loop() {
			version++
			if err := s.Save(ctx, "a", version, writes(data, 32<<10)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		s := open(b, b.TempDir(), Options{})
		save(b, s, "a", 1, data)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			snapshot, _, err := s.Load(ctx, "a")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, snapshot); err != nil {
				b.Fatal(err)
			}
			if err := snapshot.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
