package wordcount_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
)

// rounds of files: between two rounds both streams end and start again. White space
// is of all kinds, and a line or a file may have no words.
var rounds = [][]string{
	{"to be or not to be\nthat is the question\n", "\n"},
	{"to  be\tasked \r\n \n", "", "no end of line"},
	{"to\u00a0be\u2003or\u0085not\vto\fbe\n", "be \xff\xfe be\n"},
}

func TestThreeWaysOneAnswer(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	expected := map[string]int64{}
	for round, texts := range rounds {
		for i, text := range texts {
			put(in, fmt.Sprintf("%d-%d", round, i), text)
			for _, word := range strings.Fields(text) {
				expected[word]++
			}
		}
		compare(t, "rdd", countRDD(t, in), expected)
		compare(t, "structured, bounded", countTable(t, in), expected)

		total := runDStream(t, in, out)
		compare(t, "dstream, total", total, expected)
		batches, err := dstream.ReadFiles(filepath.Join(out, "counts"))
		must(err)
		added := map[string]int64{}
		for _, batch := range batches {
			for _, line := range batch.Lines {
				count, err := wordcount.ParseCount(line)
				must(err)
				added[count.Word] += count.Count
			}
		}
		compare(t, "dstream, batches", added, expected)

		runStructured(t, in, out)
		ledger, err := wordcount.ReadLedger(filepath.Join(out, "ledger"))
		must(err)
		latest := map[string]int64{}
		for _, batch := range ledger {
			for _, count := range batch.Counts {
				latest[count.Word] = count.Count
			}
		}
		compare(t, "structured, stream", latest, expected)
	}
}

func compare(t *testing.T, what string, got, want map[string]int64) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func countRDD(t *testing.T, in string) map[string]int64 {
	session, err := rdd.Open(rdd.Options{Parallelism: 3})
	must(err)
	defer session.Close()
	counts, err := wordcount.RDD(session.TextFile(in)).CollectMap(t.Context())
	must(err)
	return counts
}

func countTable(t *testing.T, in string) map[string]int64 {
	session, err := structured.Open(structured.Options{Partitions: 3})
	must(err)
	defer session.Close()
	rows, err := structured.Collect[wordcount.Count](t.Context(), wordcount.Structured(session.Read(source.TextFiles(in))))
	must(err)
	counts := map[string]int64{}
	for _, row := range rows {
		counts[row.Word] = row.Count
	}
	return counts
}

// runDStream runs the stream until it has taken all files and returns the totals.
func runDStream(t *testing.T, in, out string) map[string]int64 {
	var total atomic.Pointer[map[string]int64]
	options := dstream.Options{Interval: 20 * time.Millisecond, Checkpoint: filepath.Join(out, "dstream"), Parallelism: 2}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		batch, all := wordcount.DStream(stream.From(dstream.TextFiles(in)))
		batch.SaveTo(dstream.Files(filepath.Join(out, "counts"), wordcount.Line))
		all.ForEachRDD(func(ctx context.Context, counts rdd.Pairs[string, int64], _ time.Time) error {
			m, err := counts.CollectMap(ctx)
			total.Store(&m)
			return err
		})
		return nil
	})
	must(err)
	must(stream.Start(t.Context()))
	must(stream.Drain(t.Context()))
	must(stream.Wait(t.Context()))
	return *total.Load()
}

func runStructured(t *testing.T, in, out string) {
	session, err := structured.Open(structured.Options{Partitions: 2})
	must(err)
	defer session.Close()
	ledger, err := wordcount.OpenLedger(filepath.Join(out, "ledger"))
	must(err)
	defer ledger.Close()
	query, err := wordcount.Structured(session.Stream(source.TextFiles(in))).
		Write(structured.ForEachBatch(func(ctx context.Context, changes structured.DataFrame, id int64) error {
			counts, err := structured.Collect[wordcount.Count](ctx, changes)
			must(err)
			return ledger.Add(id, counts)
		})).
		Mode(structured.Update).Checkpoint(filepath.Join(out, "structured")).Start(t.Context())
	must(err)
	must(query.ProcessAllAvailable(t.Context()))
	must(query.Stop(t.Context()))
}

func TestLedgerTakesABatchOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ledger")
	for range 2 { // the second time as after a crash
		ledger, err := wordcount.OpenLedger(name)
		must(err)
		for id := range int64(3) {
			must(ledger.Add(id, []wordcount.Count{{Word: "batch", Count: id + 1}}))
		}
		must(ledger.Close())
		must(ledger.Close())
	}
	batches, err := wordcount.ReadLedger(name)
	if got := fmt.Sprint(batches, err); got != "[{0 [1 batch]} {1 [2 batch]} {2 [3 batch]}] <nil>" {
		t.Error(got)
	}
}

// A crash can leave any part of the last batch: it does not count, and comes again.
func TestLedgerCutsATornBatch(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ledger")
	add := func(id int64) {
		ledger, err := wordcount.OpenLedger(name)
		must(err)
		must(ledger.Add(id, []wordcount.Count{{Word: "a", Count: id}, {Word: "b", Count: id}}))
		must(ledger.Close())
	}
	add(0)
	one, err := os.ReadFile(name)
	must(err)
	add(1)
	two, err := os.ReadFile(name)
	must(err)
	for cut := len(one); cut < len(two); cut++ {
		must(os.WriteFile(name, two[:cut], 0o644))
		if batches, err := wordcount.ReadLedger(name); err != nil || len(batches) != 1 {
			t.Fatalf("cut at %d: %v, %v", cut, batches, err)
		}
		add(1)
		if again, err := os.ReadFile(name); err != nil || string(again) != string(two) {
			t.Fatalf("cut at %d: %q, %v", cut, again, err)
		}
	}
	zeroed := append(append(one, make([]byte, 4)...), two[len(one)+4:]...) // data that came later than its end
	must(os.WriteFile(name, zeroed, 0o644))
	add(1)
	if again, err := os.ReadFile(name); err != nil || string(again) != string(two) {
		t.Fatalf("%q, %v", again, err)
	}
}

func TestLedgerRefusesDamage(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ledger")
	must(os.WriteFile(name, []byte("1 a\nbatch 0 00000000\n1 b\n"), 0o644))
	if _, err := wordcount.OpenLedger(name); err == nil || !strings.Contains(err.Error(), "the batch at byte 0 ends with") {
		t.Error(err)
	}
}
