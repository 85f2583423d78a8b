package wordcount_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/examples/wordcount"
	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
)

// The most frequent words of the files that are there.
func ExampleRDD() {
	in, clean := files()
	defer clean()

	session, err := rdd.Open(rdd.Options{})
	must(err)
	defer session.Close()
	top, err := wordcount.RDD(session.TextFile(in)).TopBy(context.Background(), 2, rdd.Value)
	fmt.Println(top, err)
	// Output: [(to,4) (be,3)] <nil>
}

// The counts of each batch of files as they appear, in files of their own, and the
// counts of all batches for whoever wants to look. With the checkpoint the stream goes
// on after a crash, and each batch is in the files once.
func ExampleDStream() {
	in, clean := files()
	defer clean()
	ctx := context.Background()

	var top []rdd.Pair[string, int64] // of all batches until now
	options := dstream.Options{Interval: 20 * time.Millisecond, Checkpoint: in + ".checkpoint"}
	stream, err := dstream.Recover(options, func(stream *dstream.Session) error {
		batch, total := wordcount.DStream(stream.From(dstream.TextFiles(in)))
		batch.SaveTo(dstream.Files(in+".counts", wordcount.Line))
		total.ForEachRDD(func(ctx context.Context, counts rdd.Pairs[string, int64], _ time.Time) (err error) {
			top, err = counts.TopBy(ctx, 2, rdd.Value)
			return err
		})
		return nil
	})
	must(err)
	must(stream.Start(ctx))
	must(stream.Drain(ctx)) // ends with the batch that takes what is there
	fmt.Println(top)
	// Output: [(to,4) (be,3)]
}

// The same query over the files that are there and over those that appear.
func ExampleStructured() {
	in, clean := files()
	defer clean()
	ctx := context.Background()

	session, err := structured.Open(structured.Options{})
	must(err)
	defer session.Close()

	counts := wordcount.Structured(session.Read(source.TextFiles(in)))
	must(counts.OrderBy(expr.Col("count").Desc()).Limit(2).Show(ctx, 2))

	ledger, err := wordcount.OpenLedger(in + ".ledger")
	must(err)
	defer ledger.Close()
	query, err := wordcount.Structured(session.Stream(source.TextFiles(in))).
		Write(structured.ForEachBatch(func(ctx context.Context, changes structured.DataFrame, id int64) error {
			counts, err := structured.Collect[wordcount.Count](ctx, changes)
			if err != nil {
				return err
			}
			return ledger.Add(id, counts)
		})).
		Mode(structured.Update).
		Checkpoint(in + ".checkpoint").
		Start(ctx)
	must(err)
	must(query.ProcessAllAvailable(ctx))
	put(in, "c", "to\n")
	must(query.ProcessAllAvailable(ctx))
	must(query.Stop(ctx))
	batches, err := wordcount.ReadLedger(in + ".ledger")
	fmt.Println(batches[1].Counts, err)
	// Output:
	// +----+-----+
	// |word|count|
	// +----+-----+
	// |  to|    4|
	// |  be|    3|
	// +----+-----+
	// [5 to] <nil>
}

// files makes a directory with two files.
func files() (in string, clean func()) {
	directory, err := os.MkdirTemp("", "wordcount")
	must(err)
	in = filepath.Join(directory, "in")
	must(os.Mkdir(in, 0o755))
	put(in, "a", "to be or not to be\n")
	put(in, "b", "that is the question\nto be asked to do\n")
	return in, func() { must(os.RemoveAll(directory)) }
}
