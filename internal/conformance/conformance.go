package conformance

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
)

// Result is how one case went.
type Result struct {
	File string
	Kind string
	Area string
	Err  error // why it failed; nil if it passed. A *Difference shows both answers.
}

// Difference is an answer that is not the recorded one.
type Difference struct {
	Where    string
	Expected string
	Actual   string
}

func (d *Difference) Error() string {
	return fmt.Sprintf("%s\n  expected: %s\n  actual:   %s", d.Where, d.Expected, d.Actual)
}

// kinds run a case, given the bytes of its file.
var kinds = map[string]func(data []byte) error{
	"batch":     runBatch,
	"streaming": runStreaming,
	"dstream":   runDStream,
}

// Run runs all cases below a folder. A case's kind is the name of the folder that
// holds it.
func Run(root string) ([]Result, error) {
	var results []Result
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		directory, err := filepath.Abs(filepath.Dir(name))
		if err != nil {
			return err
		}
		kind := filepath.Base(directory)
		run, ok := kinds[kind]
		if !ok {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		area, _, _ := strings.Cut(strings.TrimSuffix(entry.Name(), ".json"), "-")
		results = append(results, Result{File: name, Kind: kind, Area: area, Err: safely(run, data)})
		return nil
	})
	if err == nil && len(results) == 0 {
		err = fmt.Errorf("no cases below %s: they lie in folders named batch, streaming or dstream", root)
	}
	return results, err
}

// safely runs a case; a panic fails it.
func safely(run func([]byte) error, data []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return run(data)
}

// Report writes each failure with both answers, a table by kind and area, and last
// the sums. It returns the number of failures.
func Report(w io.Writer, results []Result) (failed int) {
	type area struct{ kind, name string }
	passes, fails := map[area]int{}, map[area]int{}
	var areas []area
	for _, r := range results {
		a := area{r.Kind, r.Area}
		if !slices.Contains(areas, a) {
			areas = append(areas, a)
		}
		if r.Err == nil {
			passes[a]++
			continue
		}
		fails[a]++
		failed++
		fmt.Fprintf(w, "FAIL %s: %v\n", r.File, r.Err)
	}
	slices.SortFunc(areas, func(a, b area) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) })
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "kind\tarea\tpassed\tfailed\t")
	for _, a := range areas {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t\n", a.kind, a.name, passes[a], fails[a])
	}
	table.Flush()
	fmt.Fprintf(w, "%d passed, %d failed\n", len(results)-failed, failed)
	return failed
}
