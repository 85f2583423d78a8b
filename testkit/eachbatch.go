package testkit

import (
	"fmt"
	"slices"
	"strings"
)

// EachBatch demands of a DStream that each batch of an output holds what want makes of
// the batches that another output of the same stream has had until then, the last one
// being that of the same interval; rows in any order. It is for what depends on how the
// input is cut into batches, which nobody knows beforehand: windows, state that times out.
// The other output has what the stream reads, such as that of stream.From(in).SaveTo(read),
// in every batch, and comes first in the program; of it [ExactlyOnce] demands that it is
// the input.
func EachBatch[In, Out any](s *Sim, read Output[In], out Output[Out], want func(batches [][]In) []Out) {
	s.oracles = append(s.oracles, eachBatch[In, Out]{read, out, want})
	s.outputs = append(s.outputs, holds(out))
}

type eachBatch[In, Out any] struct {
	in   Output[In]
	out  Output[Out]
	want func(batches [][]In) []Out
}

func (o eachBatch[In, Out]) check() (*violation, bool) {
	batches, broken := read(o.out)
	if broken != nil {
		return broken, true
	}
	given, broken := read(o.in)
	if broken != nil {
		return broken, true
	}
	rows := make([][]In, len(given))
	for i, b := range given {
		if rows[i] = b.rows; b.id != int64(i) {
			return &violation{"batch equivalence", fmt.Sprintf("%s: batch %d is its number %d; it must have every batch of the stream", o.in, b.id, i)}, true
		}
	}
	for _, b := range batches {
		if b.id >= int64(len(rows)) {
			return &violation{"batch equivalence", fmt.Sprintf("%s has batch %d before %s: it must come after that in the program", o.out, b.id, o.in)}, true
		}
		if have, want := sorted(b.rows), sorted(o.want(rows[:b.id+1])); !slices.Equal(have, want) {
			return &violation{"batch equivalence", fmt.Sprintf("%s: batch %d is [%s], want [%s] after the batches %s",
				o.out, b.id, strings.Join(have, " "), strings.Join(want, " "), render(rows[:b.id+1]))}, true
		}
	}
	if len(batches) == 0 {
		return &violation{"lost", fmt.Sprintf("%s has no batch", o.out)}, false
	}
	return nil, false
}
