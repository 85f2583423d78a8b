package checkpoint

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(env.Real(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// content is what snapshots of a version hold in tests: size bytes drawn from the
// version.
func content(version int64, size int) []byte {
	r := rand.New(rand.NewPCG(uint64(version), 7))
	b := make([]byte, 0, size+8)
	for len(b) < size {
		b = binary.LittleEndian.AppendUint64(b, r.Uint64())
	}
	return b[:size]
}

// writes is a function for Save that writes content in pieces.
func writes(content []byte, piece int) func(io.Writer) error {
	return func(w io.Writer) error {
		for len(content) > 0 {
			n := min(piece, len(content))
			if _, err := w.Write(content[:n]); err != nil {
				return err
			}
			content = content[n:]
		}
		return nil
	}
}

func save(t testing.TB, s *Store, name string, version int64, content []byte) {
	t.Helper()
	if err := s.Save(context.Background(), name, version, writes(content, 1000)); err != nil {
		t.Fatal(err)
	}
}

// load loads a snapshot and checks its version and content.
func load(t testing.TB, s *Store, name string, version int64, content []byte) Report {
	t.Helper()
	snapshot, report, err := s.Load(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	checkSnapshot(t, snapshot, name, version, content)
	return report
}

// checkSnapshot checks a snapshot and closes it.
func checkSnapshot(t testing.TB, snapshot *Snapshot, name string, version int64, content []byte) {
	t.Helper()
	got, err := io.ReadAll(snapshot)
	if err != nil {
		t.Errorf("read %s version %d: %v", name, version, err)
	}
	if !bytes.Equal(got, content) || snapshot.Size() != int64(len(content)) {
		t.Errorf("%s version %d holds %d bytes that are not the %d saved", name, version, len(got), len(content))
	}
	if snapshot.Name() != name || snapshot.Version() != version {
		t.Errorf("snapshot is %s version %d, want %s version %d", snapshot.Name(), snapshot.Version(), name, version)
	}
	for range 2 { // the second does nothing
		if err := snapshot.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}
