package testkit

import (
	"encoding/json/v2"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/rdd"
)

// oracle says whether a promise is kept. It looks at what is visible outside, after
// each interval.
type oracle interface {
	// check returns nil if the output is that of the whole input; a violation if
	// it is not. A violation that is final cannot be mended by what is yet to come.
	check() (v *violation, final bool)
}

// read returns the visible batches of an output, which must lie at even steps.
func read[T any](out Output[T]) ([]written[T], *violation) {
	batches, err := out.committed()
	if err != nil {
		return nil, &violation{"unreadable output", fmt.Sprintf("%s: %v", out, err)}
	}
	for i := 2; i < len(batches); i++ {
		if a, b, c := batches[i-2].id, batches[i-1].id, batches[i].id; c-b != b-a {
			return nil, &violation{"sink history", fmt.Sprintf("%s: of the batches %d, %d and %d the steps are uneven: one is missing", out, a, b, c)}
		}
	}
	return batches, nil
}

// ExactlyOnce demands that the rows of all batches together are those that want
// makes of the whole input, each as often, in any order. If each row of the
// output tells which row of the input it comes from, a failure names the rows lost
// and doubled.
func ExactlyOnce[In, Out any](s *Sim, in Rows[In], out Output[Out], want func([]In) []Out) {
	s.oracles = append(s.oracles, &exactlyOnce[In, Out]{in, out, func(rows []In) ([]Out, error) { return want(rows), nil }})
	s.outputs = append(s.outputs, holds(out))
}

type exactlyOnce[In, Out any] struct {
	in   Rows[In]
	out  Output[Out]
	want func([]In) ([]Out, error)
}

func (o *exactlyOnce[In, Out]) check() (*violation, bool) {
	batches, broken := read(o.out)
	if broken != nil {
		return broken, true
	}
	rows, err := remember(o.in, "rows of "+o.out.String(), "", func() ([]Out, error) { return o.want(o.in.All()) })
	if err != nil {
		return noAnswer(o.out, err), true
	}
	wanted := map[string]int{}
	for _, row := range rows {
		wanted[render(row)]++
	}
	seen := map[string][]int64{} // batches with the row
	for _, b := range batches {
		for _, row := range b.rows {
			text := render(row)
			seen[text] = append(seen[text], b.id)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(seen)) {
		if n := len(seen[row]); n > wanted[row] {
			return &violation{"doubled", fmt.Sprintf("%s: %s is there %d times instead of %d, in batches %d", o.out, row, n, wanted[row], seen[row])}, true
		}
	}
	for _, row := range slices.Sorted(maps.Keys(wanted)) {
		if n := len(seen[row]); n < wanted[row] {
			return &violation{"lost", fmt.Sprintf("%s: %s is there %d times instead of %d", o.out, row, n, wanted[row])}, false
		}
	}
	return nil, false
}

// LastByKey demands that the last pair of each key is what want makes of the whole
// input. Batch by batch, the last pairs so far must be what want makes of a part of
// the input that the program has read, and these parts only grow. It is for outputs
// that repeat or update results, such as that of UpdateStateByKey; keys that vanish
// from such an output it does not see.
func LastByKey[In any, K comparable, V any](s *Sim, in Rows[In], out Output[rdd.Pair[K, V]], want func([]In) map[K]V) {
	s.outputs = append(s.outputs, holds(out))
	s.oracles = append(s.oracles, &lastByKey[In, rdd.Pair[K, V]]{
		in: in, out: out,
		fold: func(table map[string]string, rows []rdd.Pair[K, V]) {
			for _, row := range rows {
				table[render(row.Key)] = render(row.Value)
			}
		},
		want: func(rows []In) (map[string]string, error) {
			table := map[string]string{}
			for key, value := range want(rows) {
				table[render(key)] = render(value)
			}
			return table, nil
		},
	})
}

// lastByKey compares tables that grow with those of prefixes.
type lastByKey[In, Out any] struct {
	in   Rows[In]
	out  Output[Out]
	fold func(table map[string]string, batch []Out)
	want func([]In) (map[string]string, error)
}

func (o *lastByKey[In, Out]) check() (*violation, bool) {
	batches, broken := read(o.out)
	if broken != nil {
		return broken, true
	}
	prefixes, at := o.in.prefixes(), 0
	have := map[string]string{}
	for _, b := range batches {
		o.fold(have, b.rows)
		from := at
		var nearest map[string]string
		for ; at < len(prefixes); at++ {
			var err error
			if nearest, err = o.wanted(prefixes[at].name, prefixes[at].rows); err != nil {
				return noAnswer(o.out, err), true
			}
			if maps.Equal(have, nearest) {
				break
			}
		}
		if at == len(prefixes) {
			return &violation{"batch equivalence", fmt.Sprintf("%s: after batch %d the output is that of no part of the input that was read since %s: %s",
				o.out, b.id, prefixes[from].name, difference(have, nearest))}, true
		}
	}
	all, err := o.wanted("", o.in.All)
	if err != nil {
		return noAnswer(o.out, err), true
	}
	if !maps.Equal(have, all) {
		return &violation{"lost", fmt.Sprintf("%s: %s", o.out, difference(have, all))}, false
	}
	return nil, false
}

func (o *lastByKey[In, Out]) wanted(name string, rows func() []In) (map[string]string, error) {
	return remember(o.in, o.out.String(), name, func() (map[string]string, error) { return o.want(rows()) })
}

// noAnswer is the violation where there is nothing to compare with.
func noAnswer(out fmt.Stringer, err error) *violation {
	return &violation{"no answer", fmt.Sprintf("%s: the batch that the output is compared with: %v", out, err)}
}

// remember computes an answer about a prefix of an input once.
func remember[T, A any](in Rows[T], output, prefix string, compute func() (A, error)) (A, error) {
	answers := in.answers()
	key := output + " " + prefix
	if known, ok := answers[key]; ok {
		return known.(A), nil
	}
	answer, err := compute()
	if err == nil {
		answers[key] = answer
	}
	return answer, err
}

// difference tells how a table differs from what was wanted.
func difference(have, want map[string]string) string {
	var text []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if value, ok := have[key]; !ok {
			text = append(text, fmt.Sprintf("%s is missing, want %s", key, want[key]))
		} else if value != want[key] {
			text = append(text, fmt.Sprintf("%s is %s, want %s", key, value, want[key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[key]; !ok {
			text = append(text, fmt.Sprintf("%s is %s, want none", key, have[key]))
		}
	}
	return strings.Join(text, "; ")
}

// render is a value as text, for comparison and for people.
func render(value any) string {
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		return fmt.Sprintf("%+v", value)
	}
	return string(text)
}
