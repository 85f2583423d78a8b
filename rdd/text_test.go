package rdd

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// splitLines is what TextFile should give: lines without \n or \r\n.
func splitLines(text string) []string {
	lines := []string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		lines = append(lines, strings.TrimSuffix(line, "\r"))
	}
	return lines
}

func TestTextFileSplitAnywhere(t *testing.T) {
	s, ctx, dir := open(t, Options{Parallelism: 2}), context.Background(), t.TempDir()
	for _, text := range []string{"", "a", "a\n", "\n", "\n\n", "a\nb", "ab\r\ncd\r\n", "\r\n\r\nx", "one\n\n\nfour\n", strings.Repeat("long ", 50) + "\nshort"} {
		name := filepath.Join(dir, "text")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for partitions := 1; partitions <= len(text)+2; partitions++ {
			got := get[[]string](t)(s.TextFile(name, Partitions(partitions)).Collect(ctx))
			if want := splitLines(text); strings.Join(got, "|") != strings.Join(want, "|") || len(got) != len(want) {
				t.Errorf("%q in %d partitions: got %q, want %q", text, partitions, got, want)
			}
		}
	}
}

// Texts longer than what is read at a time, with lines shorter and longer than it.
func TestTextFileProperty(t *testing.T) {
	s, ctx, dir := open(t, Options{Parallelism: 2}), context.Background(), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for _, length := range rapid.SliceOfN(rapid.IntRange(0, 3*readLength/2), 0, 8).Draw(t, "lines") {
			text.WriteString(strings.Repeat("x", length))
			text.WriteString(rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end"))
		}
		text.WriteString(rapid.SampledFrom([]string{"", "last"}).Draw(t, "last"))
		name := filepath.Join(dir, "text")
		if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := s.TextFile(name, Partitions(rapid.IntRange(1, 9).Draw(t, "partitions"))).Collect(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if want := splitLines(text.String()); strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) != len(want) {
			t.Fatalf("got %d lines, want %d", len(got), len(want))
		}
	})
}

func TestTextFileNames(t *testing.T) {
	s, ctx, dir := open(t, Options{Parallelism: 2}), context.Background(), t.TempDir()
	for name, text := range map[string]string{"b.txt": "b", "a.txt": "a", "c.log": "c", "_SUCCESS": "no", ".hidden": "no"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	equal(t, get[[]string](t)(s.TextFile(dir).Collect(ctx)), []string{"a", "b", "c"})
	equal(t, get[[]string](t)(s.TextFile(filepath.Join(dir, "*.txt")).Collect(ctx)), []string{"a", "b"})
	equal(t, get[[]string](t)(s.TextFile(filepath.Join(dir, "*.none")).Collect(ctx)), []string{})
	_, err := s.TextFile(filepath.Join(dir, "absent")).Count(ctx)
	wantError(t, err, "absent")
	_, err = s.TextFile(filepath.Join(dir, "*", "x")).Count(ctx)
	wantError(t, err, "only the last element")
}
