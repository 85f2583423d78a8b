package filelog

import (
	"testing"
	"time"
)

func FuzzSeenEntry(f *testing.F) {
	entry, err := encodeEntry([]File{{"in/a", 3, time.UnixMicro(1_700_000_000_000_000)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(entry)
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, record []byte) {
		files, err := decodeEntry(record)
		if err != nil {
			return
		}
		again, err := encodeEntry(files)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decodeEntry(again); err != nil || len(back) != len(files) {
			t.Fatalf("%v comes back as %v, %v", files, back, err)
		}
	})
}
