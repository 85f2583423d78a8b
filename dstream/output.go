package dstream

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/rdd"
)

// forEach adds an output that is a function of the user, called in the session's
// loop.
func forEach[A any](n *node, name string, f func(ctx context.Context, made A, batch time.Time) error) {
	s := n.session
	s.addOutput(&output{
		name: name,
		from: n,
		open: func(context.Context, Stream) error { return nil },
		run: func(ctx context.Context, tick int64, again bool) ([]byte, error) {
			made, ok, err := n.at(tick)
			if err != nil || !ok {
				return nil, err
			}
			return nil, env.Protect(func() error { return f(ctx, made.(A), s.generator.time(tick)) })
		},
		close: func() error { return nil },
	})
}

// batchPath is the path of what a batch writes.
func batchPath(prefix, suffix string, batch time.Time) string {
	name := strconv.FormatInt(batch.UnixMilli(), 10)
	if prefix != "" {
		name = prefix + "-" + name
	}
	if suffix != "" {
		name += "." + suffix
	}
	return name
}

// printed is how many elements Print shows.
const printed = 10

// Print writes the first ten elements of each batch to Options.Output, below a line
// with the batch's time, and "..." if there are more.
func (d DStream[T]) Print() { d.PrintFirst(printed) }

// PrintFirst is Print with another number of elements. Only the partitions that it
// needs are computed.
func (d DStream[T]) PrintFirst(n int) {
	printTo(d.node, n, func(ctx context.Context, r rdd.RDD[T], n int) ([]T, error) { return r.Take(ctx, n) })
}

// Print writes the first ten pairs of each batch; see DStream.Print.
func (p Pairs[K, V]) Print() { p.PrintFirst(printed) }

// PrintFirst is Print with another number of pairs.
func (p Pairs[K, V]) PrintFirst(n int) {
	printTo(p.node, n, func(ctx context.Context, r rdd.Pairs[K, V], n int) ([]rdd.Pair[K, V], error) { return r.Take(ctx, n) })
}

// printTo adds the output that prints the first n of what take gives.
func printTo[A, T any](from *node, n int, take func(context.Context, A, int) ([]T, error)) {
	w := from.session.options.Output
	if n < 0 {
		from.session.mistake("PrintFirst", "%d elements; it must be 0 or more", n)
	}
	forEach(from, "print", func(ctx context.Context, made A, batch time.Time) error {
		elements, err := take(ctx, made, n+1)
		if err != nil {
			return err
		}
		return printBatch(w, batch, n, elements)
	})
}

const rule = "-------------------------------------------\n"

func printBatch[T any](w io.Writer, batch time.Time, n int, elements []T) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%sTime: %d ms\n%s", rule, batch.UnixMilli(), rule)
	for i, element := range elements {
		if i == n {
			text.WriteString("...\n")
			break
		}
		fmt.Fprintln(&text, element)
	}
	text.WriteByte('\n')
	_, err := io.WriteString(w, text.String())
	return err
}
