package state

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// TestMemory holds what Counts says of memory against that of the process.
func TestMemory(t *testing.T) {
	const groups = 100_000
	text := types.Nullable("k", types.String)
	number := types.Nullable("n", types.Bigint)
	windows := Layout{Time: 0, Keys: []Key{{Type: types.Window(), Window: windowSize}, {Type: types.String}}}
	words := Layout{Time: -1, Keys: []Key{{Type: types.String}}}
	words.Aggregates = []bound.Aggregate{
		{Function: bound.CountRows, Of: types.Bigint},
		{Function: bound.Sum, Of: types.Bigint},
		{Function: bound.Max, Of: types.String},
	}
	windows.Aggregates = words.Aggregates
	counts := Layout{Time: -1, Keys: []Key{{Type: types.Bigint}}, Aggregates: words.Aggregates[:1]}
	sums := Layout{Time: -1, Keys: []Key{{Type: types.String}}, Merge: true, Aggregates: words.Aggregates[1:2]}
	span := types.Required("w", types.Window())

	// Each run pushes the batch that begins with group from.
	for name, begin := range map[string]func() (push func(from int) error, counts func() Counts){
		"texts and texts": func() (func(int) error, func() Counts) {
			k := newKeyed(t, words, false)
			b := vector.NewBatch(types.NewSchema(text, number))
			return func(from int) error {
				fill(t, b, from, func(i int) []any { return []any{keyOf(i), int64(i)} })
				return k.Push(columns(b, 0), append([]*vector.Column{nil}, columns(b, 1, 0)...), b.Rows, nil)
			}, k.Counts
		},
		"windows and texts": func() (func(int) error, func() Counts) {
			k := newKeyed(t, windows, true)
			k.Begin(0)
			b := vector.NewBatch(types.NewSchema(span, text, number))
			return func(from int) error {
				fill(t, b, from, func(i int) []any {
					start := int64(i%50) * windowSize
					return []any{[]any{start, start + windowSize}, keyOf(i), int64(i)}
				})
				return k.Push(columns(b, 0, 1), append([]*vector.Column{nil}, columns(b, 2, 1)...), b.Rows, nil)
			}, k.Counts
		},
		"numbers": func() (func(int) error, func() Counts) {
			k := newKeyed(t, counts, false)
			b := vector.NewBatch(types.NewSchema(number))
			return func(from int) error {
				fill(t, b, from, func(i int) []any { return []any{int64(i)} })
				return k.Push(columns(b, 0), []*vector.Column{nil}, b.Rows, nil)
			}, k.Counts
		},
		"keys that expire": func() (func(int) error, func() Counts) {
			e := NewExpiring([]types.Type{types.String})
			e.Begin(0)
			b := vector.NewBatch(types.NewSchema(text, types.Required("t", types.Timestamp)))
			return func(from int) error {
				fill(t, b, from, func(i int) []any { return []any{keyOf(i), int64(i) * 1000} })
				var first vector.Selection
				e.PushFirst(columns(b, 0), &b.Columns[1], 10, b.Rows, nil, &first)
				return nil
			}, e.Counts
		},
		"sessions": func() (func(int) error, func() Counts) {
			s, err := NewSessions(sums, 1, types.Window(), true)
			if err != nil {
				t.Fatal(err)
			}
			s.Begin(0)
			b := vector.NewBatch(types.NewSchema(text, span, number))
			return func(from int) error {
				fill(t, b, from, func(i int) []any {
					return []any{keyOf(i), []any{int64(i), int64(i + 10)}, int64(i)}
				})
				return s.Push(columns(b, 0), &b.Columns[1], columns(b, 2), b.Rows, nil)
			}, s.Counts
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			push, counts := begin()
			empty := counts()
			for from := 0; from < groups; from += vector.MaxRows {
				if err := push(from); err != nil {
					t.Fatal(err)
				}
			}
			took := heap() - before
			said := counts()
			t.Logf("%d rows: %d bytes are said, %d are taken", said.Rows, said.Memory, took)
			if empty.Memory > 100_000 || float64(said.Memory) < 0.5*float64(took) || float64(said.Memory) > 1.5*float64(took) {
				t.Errorf("of %d rows %d bytes are said, %d are taken; %d when empty", said.Rows, said.Memory, took, empty.Memory)
			}
		})
	}
}

func keyOf(i int) string { return fmt.Sprintf("the key number %d of them all", i) }

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// fill makes the batch the rows from from on.
func fill(t *testing.T, b *vector.Batch, from int, row func(int) []any) {
	b.Reset()
	for i := range vector.MaxRows {
		if err := b.AppendRow(row(from + i)...); err != nil {
			t.Fatal(err)
		}
	}
}

func columns(b *vector.Batch, at ...int) []*vector.Column {
	var list []*vector.Column
	for _, i := range at {
		list = append(list, &b.Columns[i])
	}
	return list
}
