// Command sql measures queries over tables in memory: by Tidewheel, by loops written
// by hand, and by what of DuckDB and Spark the Python that it is given has. All give the
// same checksums, or it fails.
//
//	go run ./bench/sql [-rows 10000000] [-python python3] [-runs 5] [-only name]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

func main() {
	rows := flag.Int("rows", 10_000_000, "rows of the large table; the one it is joined with has a tenth")
	python := flag.String("python", "", "a Python that has duckdb or pyspark, to run them too")
	runs := flag.Int("runs", 5, "how often each query is run; the fastest counts")
	only := flag.String("only", "", "part of the names of the queries to run")
	profile := flag.String("cpuprofile", "", "a file for the processor profile of all")
	flag.Parse()
	if *profile != "" {
		file, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := compare(context.Background(), *rows, *runs, *only, *python); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// answer is what a query gives: the sums of its result's columns, or of a sorted result
// its sum weighted by place.
type answer [3]int64

// engine runs queries over the tables.
type engine struct {
	name string
	run  func(ctx context.Context, q query) (answer, error)
}

// timed is the answer of an engine and the shortest time in which it gave it.
type timed struct {
	answer
	took time.Duration
}

// compare runs all queries in all engines and prints rows per second and ratios.
func compare(ctx context.Context, rows, runs int, only, python string) error {
	t := makeTables(rows)
	tide, err := newTidewheel(t)
	if err != nil {
		return err
	}
	defer tide.session.Close()
	chosen := slices.DeleteFunc(slices.Clone(queries), func(q query) bool { return !strings.Contains(q.name, only) })
	others, err := runPython(ctx, python, rows, runs, chosen)
	if err != nil {
		return err
	}
	fmt.Printf("%d rows, %d processors; millions of rows a second, the fastest of %d runs\n", rows, runtime.NumCPU(), runs)
	fmt.Printf("%-16s %10s %10s %10s", "query", "to reach", "tidewheel", "by hand")
	names := sortedNames(others)
	for _, name := range names {
		fmt.Printf(" %10s", name)
	}
	fmt.Println("   tidewheel is faster than")
	for _, q := range chosen {
		ours, err := fastest(ctx, runs, q, engine{"tidewheel", tide.run})
		if err != nil {
			return err
		}
		hand, err := fastest(ctx, runs, q, engine{"by hand", func(_ context.Context, q query) (answer, error) { return q.hand(t), nil }})
		if err != nil {
			return err
		}
		rate := func(x timed) float64 { return float64(rows) / x.took.Seconds() / 1e6 }
		fmt.Printf("%-16s %10.0f %10.1f %10.1f", q.name, q.goal, rate(ours), rate(hand))
		wrong := checkSame("by hand", q, ours, hand)
		ratios := fmt.Sprintf("   hand ×%.2f", hand.took.Seconds()/ours.took.Seconds())
		for _, name := range names {
			other := others[name][q.name]
			fmt.Printf(" %10.1f", rate(other))
			ratios += fmt.Sprintf(", %s ×%.2f", name, other.took.Seconds()/ours.took.Seconds())
			wrong = errors.Join(wrong, checkSame(name, q, ours, other))
		}
		fmt.Println(ratios)
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

func checkSame(name string, q query, ours, other timed) error {
	if ours.answer != other.answer {
		return fmt.Errorf("%s: tidewheel answers %v, %s %v", q.name, ours.answer, name, other.answer)
	}
	return nil
}

func fastest(ctx context.Context, runs int, q query, e engine) (best timed, err error) {
	for i := range runs {
		runtime.GC()
		began := time.Now()
		got, err := e.run(ctx, q)
		took := time.Since(began)
		if err != nil {
			return timed{}, fmt.Errorf("%s: %s: %w", e.name, q.name, err)
		}
		if i == 0 || took < best.took {
			best = timed{got, took}
		}
	}
	return best, nil
}
