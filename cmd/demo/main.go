// Command demo counts the words of live files twice, as a DStream and as a structured
// query, kills both with SIGKILL while they run, and shows that each ends with exactly
// the counts of a batch job.
//
//	go run ./cmd/demo [-runs n] [-seed n] [-feed duration] [-kills n]
//
// The text is that of Go's own source tree. A feeder hands out files for as long as
// -feed says: 45 seconds, or 10 if there are several runs. Half of them it puts into a
// directory; the lines of the others it sends through sockets, by a protocol in which
// each job acknowledges what it has made durable. The two jobs are processes of their
// own, each with a checkpoint, that read both inputs side by side.
// The seed, which is printed, draws the files and the moments at which each job is
// killed: 1 to 3, or -kills, spread evenly over the time of feeding. A job that was
// killed is started again at once, with nothing but its checkpoint. When all files are
// there, both take in what is left and end.
//
// Then the words are counted once more, by a batch job over all files. If a word is
// lost or counted twice, the exit status is 1 and the directory of the run is kept. A
// seed repeats what is drawn from it, not what else a machine does meanwhile: that
// differs from run to run, which is why there may be many (-runs).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	if isJob(os.Args) {
		os.Exit(jobMain(os.Args))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := demo(ctx, os.Args[1:])
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, context.Canceled):
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func demo(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	runs := flags.Int("runs", 1, "how many runs, one after the other")
	seed := flags.Uint64("seed", 0, "seed of the first run, one more for each later run; 0: drawn from the clock")
	feed := flags.Duration("feed", 0, "how long files keep coming; 0: 45s, or 10s with several runs")
	kills := flags.Int("kills", 0, "how often each job is killed; 0: 1 to 3 times")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	if *feed == 0 {
		*feed = 45 * time.Second
		if *runs > 1 {
			*feed = 10 * time.Second
		}
	}
	text, err := goSource(ctx)
	if err != nil {
		return err
	}
	for i := range *runs {
		r := run{text: text, seed: *seed + uint64(i), feed: *feed, kills: *kills, out: os.Stdout}
		fmt.Printf("run %d of %d, seed %d\n", i+1, *runs, r.seed)
		if err := r.do(ctx); err != nil {
			return fmt.Errorf("run %d of %d failed, seed %d (again: -seed %d -feed %s -kills %d): %w", i+1, *runs, r.seed, r.seed, *feed, *kills, err)
		}
	}
	if *runs > 1 {
		fmt.Printf("%d of %d runs agree\n", *runs, *runs)
	}
	return nil
}
