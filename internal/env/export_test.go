package env

import (
	"os"
	"testing"
)

// Waiting is the number of activities parked on a latch.
func Waiting(l *Latch) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// UnsyncableFile returns a file whose sync fails.
func UnsyncableFile(t *testing.T) File {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return &osFile{File: w}
}
