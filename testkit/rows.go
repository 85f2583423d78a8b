package testkit

import (
	"encoding/json/v2"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// Interval is the time between two batches of Process.Options. An input's rows
// arrive in waves, one an interval, in the middle between two batches.
const Interval = time.Second

// Rows is an input of a scenario: a [Topic], or a [Directory] of files.
type Rows[T any] interface {
	fmt.Stringer

	// All returns the rows, those that have yet to arrive included. They are not to be
	// changed.
	All() []T

	// prefixes returns, from few to many, the parts of the rows that a batch can have
	// ended with, under names that tell them apart.
	prefixes() []prefix[T]

	// answers keeps what is computed from prefixes for later runs with the same rows.
	answers() map[string]any
}

type prefix[T any] struct {
	name string
	rows func() []T
}

// drawn is the rows of an input under the run's plan.
type drawn[T any] struct {
	sim  *Sim
	in   *input
	rows []T
}

// draw returns the rows that the plan has for an input. If it has none yet they are
// drawn, from the plan's seed.
func draw[T any](s *Sim, name string, rows *rapid.Generator[[]T]) drawn[T] {
	if name == "" || strings.ContainsAny(name, ";:=' ") {
		s.wrong("input %q: a name is not empty and holds none of the signs that separate a plan's fields", name)
	}
	in := s.plan.input(name)
	if in == nil {
		in = &input{name: name}
		if rows == nil && s.script == nil {
			s.wrong("input %s: the generator of its rows is nil; only a script, which adds rows, does without", name)
		}
		if rows == nil || s.script != nil {
			rows = rapid.Just([]T(nil))
		}
		for _, row := range example(rows, s.plan.seed+uint64(len(s.plan.inputs))) {
			text, err := json.Marshal(row, json.Deterministic(true))
			if err != nil {
				s.wrong("input %s: the rows of a plan are kept as JSON: %v", name, err)
				break
			}
			in.rows = append(in.rows, text)
		}
		s.plan.inputs = append(s.plan.inputs, in)
	}
	if in.typed == nil {
		typed := make([]T, len(in.rows))
		for i, row := range in.rows {
			if err := json.Unmarshal(row, &typed[i]); err != nil {
				s.wrong("input %s: row %s: %v", name, row, err)
			}
		}
		in.typed, in.memo = typed, map[string]any{}
	}
	typed, ok := in.typed.([]T)
	if !ok {
		s.wrong("input %s is declared twice", name)
	}
	return drawn[T]{s, in, typed}
}

// All implements Rows.
func (d *drawn[T]) All() []T { return d.rows }

func (d *drawn[T]) answers() map[string]any { return d.in.memo }

// arrival is when the i-th row arrives, since the world began.
func (d *drawn[T]) arrival(i int) time.Duration {
	return Interval/2 + time.Duration(i/d.sim.plan.shape.wave)*Interval
}

// last is when all rows have arrived.
func (d *drawn[T]) last() time.Duration {
	if len(d.rows) == 0 {
		return 0
	}
	return d.arrival(len(d.rows) - 1)
}

// example draws rows from a seed. As generators like short slices best, every other
// time it takes the longest of a few.
func example[T any](rows *rapid.Generator[[]T], seed uint64) []T {
	longest := rows.Example(int(seed & 0x7fffffff))
	for i := range 4 * (seed % 2) {
		if other := rows.Example(int((seed + i*0x9e3779b9) & 0x7fffffff)); len(other) > len(longest) {
			longest = other
		}
	}
	return longest
}
