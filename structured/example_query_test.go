package structured_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

// A word count of the files in a directory: once over what is there, and as a query
// that goes on where it was each time it is started.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in")
	session, err := structured.Open(structured.Options{Partitions: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()

	count := func(lines structured.DataFrame) structured.DataFrame {
		return lines.Select(expr.Explode(expr.Split("value", " ")).As("word")).
			GroupBy("word").Agg(expr.Count().As("count")).OrderBy("word")
	}
	totals := sink.Memory("totals")
	run := func(name, text string) error {
		if err := os.MkdirAll(in, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(in, name), []byte(text), 0o644); err != nil {
			return err
		}
		return count(session.Stream(source.TextFiles(in))).Write(totals).Mode(structured.Complete).
			Trigger(structured.AvailableNow()).Checkpoint(filepath.Join(dir, "state")).Run(ctx)
	}
	for i, text := range []string{"to be or not to be\n", "to do\n"} {
		if err := run(fmt.Sprint(i), text); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(totals.Rows())
	}
	if err := count(session.Read(source.TextFiles(in))).Show(ctx, 20); err != nil {
		fmt.Println(err)
	}
	// Output:
	// [[be 2] [not 1] [or 1] [to 2]]
	// [[be 2] [do 1] [not 1] [or 1] [to 3]]
	// +----+-----+
	// |word|count|
	// +----+-----+
	// |  be|    2|
	// |  do|    1|
	// | not|    1|
	// |  or|    1|
	// |  to|    3|
	// +----+-----+
}
