package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tidewheel/tidewheel/rdd"
)

// BenchmarkWordCount counts the words of a file of 256 MiB: 20,000 distinct words, the
// frequent ones more frequent, ten to a line. Beside it is a loop by hand, with two
// goroutines, each with a map of its own for half of the file.
func BenchmarkWordCount(b *testing.B) {
	name := filepath.Join(b.TempDir(), "text")
	words := writeText(b, name, 256<<20)
	for _, c := range []struct {
		name  string
		count func(ctx context.Context, name string) (map[string]int64, error)
	}{{"rdd", countRDD}, {"by hand", countByHand}} {
		b.Run(c.name, func(b *testing.B) {
			var counts map[string]int64
			for b.Loop() {
				var err error
				if counts, err = c.count(b.Context(), name); err != nil {
					b.Fatal(err)
				}
			}
			total := int64(0)
			for _, count := range counts {
				total += count
			}
			if total != words {
				b.Fatalf("counted %d words of %d", total, words)
			}
			b.ReportMetric(float64(words)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mwords/s")
		})
	}
}

func writeText(b *testing.B, name string, size int) (words int64) {
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 8, 19_999)
	text := make([]byte, 0, size+100)
	for len(text) < size {
		for range 10 {
			text = fmt.Appendf(text, "w%dx ", zipf.Uint64())
			words++
		}
		text[len(text)-1] = '\n'
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		b.Fatal(err)
	}
	return words
}

func countRDD(ctx context.Context, name string) (map[string]int64, error) {
	session, err := rdd.Open(rdd.Options{Parallelism: 2})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.TextFile(name).
		FlatMapSeq(strings.FieldsSeq).
		ToPairs(func(word string) (string, int64) { return word, 1 }).
		ReduceByKey(add).
		CollectMap(ctx)
}

func countByHand(_ context.Context, name string) (map[string]int64, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	middle := len(text)/2 + bytes.IndexByte(text[len(text)/2:], '\n') + 1
	var counts [2]map[string]int64
	var all sync.WaitGroup
	for i, half := range [][]byte{text[:middle], text[middle:]} {
		all.Go(func() {
			counts[i] = map[string]int64{}
			for word := range bytes.FieldsSeq(half) {
				counts[i][string(word)]++
			}
		})
	}
	all.Wait()
	for word, count := range counts[1] {
		counts[0][word] += count
	}
	return counts[0], nil
}
