package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/rdd"
)

// result is what one way of counting has in the end.
type result struct {
	name     string
	counts   map[string]int64
	repeated int64 // rows that were delivered again
}

// results returns that of the batch job, and then those of the streams.
func results(ctx context.Context, p place) ([]result, error) {
	var all []result
	for _, read := range []struct {
		name string
		read func(ctx context.Context, p place) (counts map[string]int64, repeated int64, err error)
	}{
		{"batch job", countBatch},
		{"DStream, sum of its batches", readBatches},
		{"DStream, its state", readTotal},
		{"structured, changes", readLedger},
	} {
		counts, repeated, err := read.read(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", read.name, err)
		}
		all = append(all, result{read.name, counts, repeated})
	}
	return all, nil
}

func countBatch(ctx context.Context, p place) (counts map[string]int64, _ int64, err error) {
	session, err := rdd.Open(rdd.Options{})
	if err != nil {
		return nil, 0, err
	}
	counts, err = wordcount.RDD(session.TextFile(p.in()).Union(session.TextFile(p.sent()))).CollectMap(ctx)
	return counts, 0, errors.Join(err, session.Close())
}

func readBatches(_ context.Context, p place) (map[string]int64, int64, error) {
	batches, err := dstream.ReadFiles(p.of("dstream", "counts"))
	if err != nil {
		return nil, 0, err
	}
	counts := map[string]int64{}
	for _, batch := range batches {
		if err := addLines(counts, batch.Lines); err != nil {
			return nil, 0, err
		}
	}
	return counts, 0, nil
}

func readTotal(_ context.Context, p place) (map[string]int64, int64, error) {
	text, err := os.ReadFile(p.of("dstream", "total"))
	if err != nil {
		return nil, 0, err
	}
	counts := map[string]int64{}
	return counts, 0, addLines(counts, strings.Split(string(text), "\n"))
}

func addLines(counts map[string]int64, lines []string) error {
	for _, line := range lines {
		count, err := wordcount.ParseCount(line)
		if err != nil {
			return err
		}
		counts[count.Word] += count.Count
	}
	return nil
}

// readLedger takes the last count of each word. A count grows with each change, so one
// that does not was delivered twice.
func readLedger(_ context.Context, p place) (counts map[string]int64, repeated int64, err error) {
	batches, err := wordcount.ReadLedger(p.of("structured", "ledger"))
	counts = map[string]int64{}
	for _, batch := range batches {
		for _, change := range batch.Counts {
			if change.Count <= counts[change.Word] {
				repeated++
			}
			counts[change.Word] = change.Count
		}
	}
	return counts, repeated, err
}

// differences are the words that a stream has not counted, and those that it, or its
// sink, has more than once.
func (r result) differences(batch result) (lost, doubled int64) {
	for word, count := range batch.counts {
		lost += max(0, count-r.counts[word])
	}
	for word, count := range r.counts {
		doubled += max(0, count-batch.counts[word])
	}
	return lost, doubled + r.repeated
}

func (r result) words() (n int64) {
	for _, count := range r.counts {
		n += count
	}
	return n
}

// printTable prints what each way has counted and says whether they agree.
func printTable(out io.Writer, all []result) (agree bool) {
	agree = true
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\twords\tdistinct\tlost\tdoubled\t")
	for _, r := range all {
		lost, doubled := r.differences(all[0])
		agree = agree && lost == 0 && doubled == 0
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t\n", r.name, r.words(), len(r.counts), lost, doubled)
	}
	_ = table.Flush()
	return agree
}

func printTop(out io.Writer, all []result) {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\ntop ten\tbatch\tDStream\tits state\tstructured\t")
	for _, word := range top(all[0].counts, 10) {
		fmt.Fprintf(table, "%s\t", word)
		for _, r := range all {
			fmt.Fprintf(table, "%d\t", r.counts[word])
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}

func top(counts map[string]int64, n int) []string {
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return words[:min(n, len(words))]
}
