package dstream

import (
	"context"
	"fmt"
	"io"
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

// printed is how many elements Print shows.
const printed = 10

// Print writes the first ten elements of each batch to Options.Output, below a line
// with the batch's time, and "..." if there are more.
func (d DStream[T]) Print() {
	w := d.node.session.options.Output
	d.ForEachRDD(func(ctx context.Context, r rdd.RDD[T], batch time.Time) error {
		elements, err := r.Take(ctx, printed+1)
		if err != nil {
			return err
		}
		return printBatch(w, batch, elements)
	})
}

// Print writes the first ten pairs of each batch; see DStream.Print.
func (p Pairs[K, V]) Print() {
	w := p.node.session.options.Output
	p.ForEachRDD(func(ctx context.Context, r rdd.Pairs[K, V], batch time.Time) error {
		pairs, err := r.Take(ctx, printed+1)
		if err != nil {
			return err
		}
		return printBatch(w, batch, pairs)
	})
}

const rule = "-------------------------------------------\n"

func printBatch[T any](w io.Writer, batch time.Time, elements []T) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%sTime: %d ms\n%s", rule, batch.UnixMilli(), rule)
	for i, element := range elements {
		if i == printed {
			text.WriteString("...\n")
			break
		}
		fmt.Fprintln(&text, element)
	}
	text.WriteByte('\n')
	_, err := io.WriteString(w, text.String())
	return err
}
