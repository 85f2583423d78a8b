package filelog

import (
	"slices"
	"testing"
	"time"
)

// FuzzSeenEntry reads records; of one that can be read, what it says comes back.
func FuzzSeenEntry(f *testing.F) {
	file := []File{{"in/a", 3, time.UnixMicro(1_700_000_000_000_000)}}
	for format, record := range map[byte]any{
		entryFormat:   listOf(file),
		compactFormat: compacted{First: 7, Newest: 1_700_000_000_000_000, Known: listOf(file), Entries: [][]seenFile{listOf(file)}},
	} {
		text, err := encode(format, record)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte{3})
	f.Fuzz(func(t *testing.T, record []byte) {
		s := &Log{known: map[string]seen{}, options: Options{MaxAge: time.Hour}}
		if err := s.read(record); err != nil {
			return
		}
		for i, entry := range s.entries {
			text, err := encode(entryFormat, listOf(entry))
			if err != nil {
				t.Fatal(err)
			}
			back := &Log{known: map[string]seen{}, options: s.options}
			if err := back.read(text); err != nil || len(back.entries) != 1 || !slices.Equal(back.entries[0], entry) {
				t.Fatalf("entry %d, %v, comes back as %v, %v", i, entry, back.entries, err)
			}
		}
	})
}
