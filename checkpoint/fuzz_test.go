package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// memory is a file in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

var _ env.Reader = memory{}

// Whatever is in a file, verifying it ends with a typed error or with a snapshot that
// can be read to its end.
func FuzzRead(f *testing.F) {
	i := id{"counts.0", 41}
	golden, err := os.ReadFile(filepath.Join(goldenDir, i.fileName()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(golden[:100])
	f.Add(append(bytes.Clone(golden), golden...))
	f.Fuzz(func(t *testing.T, file []byte) {
		snapshot, err := verify(context.Background(), memory{bytes.NewReader(file)}, "file", i)
		if err != nil {
			var damaged *DamagedError
			var format *FormatError
			if !errors.As(err, &damaged) && !errors.As(err, &format) {
				t.Fatalf("error is %v", err)
			}
			return
		}
		content, err := io.ReadAll(snapshot)
		if err != nil || int64(len(content)) != snapshot.Size() {
			t.Fatalf("a verified file has %d bytes of %d: %v", len(content), snapshot.Size(), err)
		}
	})
}
