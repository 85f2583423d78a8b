package main

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/receiver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCounts runs both APIs, each stopped and started again in between, while a sender
// goes on. Each line is in two windows, so all windows together have each word twice.
func TestCounts(t *testing.T) {
	for api, start := range apis {
		t.Run(api, func(t *testing.T) {
			sender, err := receiver.Listen(t.Context(), "localhost:0", receiver.SenderOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := sender.Close(); err != nil {
					t.Error(err)
				}
			}()
			j := job{address: sender.Address(), checkpoint: t.TempDir(), length: 400 * time.Millisecond, slide: 200 * time.Millisecond}
			lines := strings.SplitAfter(text, "sea ") // of some words each
			want := map[string]int64{}
			latest := map[windowOf]int64{}
			for range 2 {
				for _, word := range strings.Fields(text) {
					want[word] += 2
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				j.tell = func(c count) {
					latest[windowOf{c.Until.UnixNano(), c.Word}] = c.Count
					if maps.Equal(total(latest), want) {
						cancel()
					}
				}
				if err := sender.Send(ctx, lines...); err != nil {
					t.Fatal(err)
				}
				if err := start(ctx, j); err != nil {
					t.Error(err)
				}
				if got := total(latest); !maps.Equal(got, want) {
					t.Fatalf("counts %v, want %v", got, want)
				}
				cancel()
			}
		})
	}
}

// windowOf is what a count is about.
type windowOf struct {
	until int64
	word  string
}

func total(latest map[windowOf]int64) map[string]int64 {
	all := map[string]int64{}
	for w, n := range latest {
		all[w.word] += n
	}
	return all
}

func TestFlags(t *testing.T) {
	if err := run(t.Context(), "none", job{}, 0); err == nil {
		t.Error("an API that there is not: no error")
	}
	if err := run(t.Context(), "table", job{address: "localhost:1"}, 0); err == nil {
		t.Error("no checkpoint: no error")
	}
}

// TestDemonstration runs the program as it is by default, for a shorter time.
func TestDemonstration(t *testing.T) {
	told := 0
	j := job{length: 400 * time.Millisecond, slide: 200 * time.Millisecond, tell: func(count) { told++ }}
	if err := run(t.Context(), "stream", j, 3*time.Second); err != nil {
		t.Error(err)
	}
	if told == 0 {
		t.Error("nothing was counted")
	}
}
