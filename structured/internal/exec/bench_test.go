package exec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// numbers is a table for benchmarks: a bigint that repeats and one that does not.
var numbers = types.NewSchema(types.Required("key", types.Bigint), types.Required("value", types.Bigint))

func call(function bound.Function, of types.Type, args ...bound.Expr) bound.Expr {
	return bound.Call{Function: function, Args: args, Of: of}
}

func bigint(value int64) bound.Expr { return bound.Literal{Value: value, Of: types.Bigint} }

func discard(*vector.Batch) error { return nil }

// random is a fixed sequence of numbers that look random.
type random uint64

func (r *random) next(n int) int64 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int64(uint64(*r) >> 33 % uint64(n))
}

// numberBatches returns batches of random keys out of n.
func numberBatches(tb testing.TB, count, n int) []*vector.Batch {
	tb.Helper()
	var r random
	list := make([]*vector.Batch, count)
	for i := range list {
		list[i] = vector.NewBatch(numbers)
		for j := range vector.MaxRows {
			if err := list[i].AppendRow(r.next(n), int64(j)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return list
}

// filterProject is SELECT value + 1, key * 3 WHERE key < n / 2.
func filterProject(tb testing.TB, n int64) Machine {
	filter := &physical.Filter{Input: input(numbers), Predicate: call(bound.Less, types.Boolean, column(numbers, 0), bigint(n/2))}
	project := &physical.Project{Input: filter, Names: []string{"a", "b"}, Exprs: []bound.Expr{
		call(bound.Add, types.Bigint, column(numbers, 1), bigint(1)),
		call(bound.Multiply, types.Bigint, column(numbers, 0), bigint(3)),
	}}
	return Chain(machine(tb, filter), machine(tb, project))
}

// countAndSum groups by the first column of a table and sums up the second.
func countAndSum(schema types.Schema) *physical.PartialAggregate {
	return &physical.PartialAggregate{
		Input: input(schema), Keys: []physical.Key{{Field: schema.Fields[0]}}, KeyExprs: []bound.Expr{column(schema, 0)},
		Aggregates: []bound.Aggregate{
			{Function: bound.CountRows, Of: types.Bigint},
			{Function: bound.Sum, Arg: column(schema, 1), Of: types.Bigint},
		},
	}
}

// windowCount counts by window of 10 s and key.
func windowCount(tb testing.TB, schema types.Schema) Machine {
	grid := tumbling(10)
	window := &physical.Window{Input: input(schema), Time: column(schema, 0), Grid: grid, Name: "window"}
	partial := &physical.PartialAggregate{
		Input: window,
		Keys: []physical.Key{
			{Field: types.Required("window", types.Window()), Window: &grid}, {Field: schema.Fields[1]},
		},
		KeyExprs:   []bound.Expr{column(window.Schema(), 2), column(schema, 1)},
		Aggregates: []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}},
	}
	return Chain(machine(tb, window), machine(tb, partial))
}

var keyedEvents = types.NewSchema(types.Required("t", types.Timestamp), types.Required("key", types.Bigint))

// eventBatches returns events of random keys out of n, 10,000 a window, the last
// second's out of order.
func eventBatches(tb testing.TB, count, n int) []*vector.Batch {
	tb.Helper()
	var r random
	list := make([]*vector.Batch, count)
	for i := range list {
		list[i] = vector.NewBatch(keyedEvents)
		for j := range vector.MaxRows {
			at := int64(i*vector.MaxRows+j)*1000 - r.next(second)
			if err := list[i].AppendRow(at, r.next(n)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return list
}

// words is a table of lines for exploding.
var words = types.NewSchema(types.Required("line", types.String))

func lineBatch(tb testing.TB, n int) *vector.Batch {
	tb.Helper()
	var r random
	b := vector.NewBatch(words)
	for range n {
		line := make([]string, 10)
		for i := range line {
			line[i] = fmt.Sprint("word", r.next(1000))
		}
		if err := b.AppendRow(strings.Join(line, " ")); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

func splitWords(tb testing.TB) Machine {
	return machine(tb, &physical.Explode{
		Input: input(words), Name: "word",
		List: call(bound.Split, types.Array(types.String), column(words, 0), bound.Literal{Value: " ", Of: types.String}),
	})
}

// statefulCount is a count and a sum by key, kept from epoch to epoch.
func statefulCount(tb testing.TB, mode physical.Mode) Stateful {
	partial := countAndSum(numbers)
	return machine(tb, &physical.StatefulAggregate{
		Input: partial, Name: "count", Keys: partial.Keys, Aggregates: partial.Aggregates,
		Names: []string{"count", "sum"}, EventTime: -1, Mode: mode,
	}).(Stateful)
}

// bufferBatches are partial results of random keys out of n, for statefulCount.
func bufferBatches(tb testing.TB, count, n int) []*vector.Batch {
	list := numberBatches(tb, count, n)
	for _, b := range list {
		b.Columns = append(b.Columns, b.Columns[1])
	}
	return list
}

// Once its memory has grown, a machine allocates next to nothing for a batch.
func TestAllocations(t *testing.T) {
	const most = 16
	measure := func(name string, f func()) {
		t.Helper()
		f() // grow
		f()
		if n := testing.AllocsPerRun(20, f); n > most {
			t.Errorf("%s: %.0f allocations a batch, want at most %d", name, n, most)
		} else {
			t.Logf("%s: %.0f allocations a batch", name, n)
		}
	}
	pushing := func(m Machine, b *vector.Batch, marker bool) func() {
		return func() {
			push(t, m, b, discard)
			if marker {
				mark(t, m, Marker{}, discard)
			}
		}
	}
	batch := numberBatches(t, 1, 1000)[0]
	measure("filter, project", pushing(filterProject(t, 1000), batch, false))
	measure("explode a split string", pushing(splitWords(t), lineBatch(t, vector.MaxRows), false))
	measure("partial aggregate", pushing(machine(t, countAndSum(numbers)), batch, true))
	measure("window, partial aggregate", pushing(windowCount(t, keyedEvents), eventBatches(t, 1, 1000)[0], true))

	stateful, buffers := statefulCount(t, physical.Update), bufferBatches(t, 1, 100_000)[0]
	epoch := int64(0)
	measure("stateful update", func() {
		stateful.Begin(epoch, 0)
		push(t, stateful, buffers, discard)
		mark(t, stateful, Marker{Epoch: epoch}, discard)
		if err := stateful.Changes(func(int, []byte) error { return nil }); err != nil {
			t.Fatal(err)
		}
		epoch++
	})
}

// Operators that keep entries by key allocate as little as those that keep groups.
func TestAllocationsOfEntries(t *testing.T) {
	const most = 40
	for _, o := range operators() {
		m := machine(t, o.node).(Stateful)
		below := make([]Machine, len(o.below))
		for i, node := range o.below {
			below[i] = machine(t, node)
		}
		feeds := Chain(below...)
		b := vector.NewBatch(visits)
		for i := range vector.MaxRows {
			if err := b.AppendRow(int64(i/4)*second, fmt.Sprint("key ", i%100), int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		epoch := int64(0)
		feed := func(b *vector.Batch) error { return m.Push(0, b, discard) }
		run := func() {
			m.Begin(epoch, 0)
			push(t, feeds, b, feed)
			mark(t, feeds, Marker{Epoch: epoch}, feed)
			mark(t, m, Marker{Epoch: epoch}, discard)
			if err := m.Changes(func(int, []byte) error { return nil }); err != nil {
				t.Fatal(err)
			}
			epoch++
		}
		for range 20 { // grow
			run()
		}
		n := testing.AllocsPerRun(20, run)
		t.Logf("%s: %.0f allocations a batch of %d rows", o.name, n, vector.MaxRows)
		if n > most {
			t.Errorf("%s: %.0f allocations a batch, want at most %d", o.name, n, most)
		}
	}
}

// run pushes batches in turn until b.N rows are through.
func run(b *testing.B, m Machine, batches []*vector.Batch, rows int) {
	b.Helper()
	b.ReportAllocs()
	i := 0
	for n := 0; n < b.N; n += rows {
		push(b, m, batches[i], discard)
		if i++; i == len(batches) {
			i = 0
			mark(b, m, Marker{}, discard)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkFilterProject(b *testing.B) {
	run(b, filterProject(b, 1000), numberBatches(b, 8, 1000), vector.MaxRows)
}

func BenchmarkGroupBy(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("bigint keys %d", n), func(b *testing.B) {
			run(b, machine(b, countAndSum(numbers)), numberBatches(b, 64, n), vector.MaxRows)
		})
	}
	b.Run("string keys 1000", func(b *testing.B) {
		schema := types.NewSchema(types.Required("key", types.String), types.Required("value", types.Bigint))
		batches := numberBatches(b, 64, 1000)
		for _, batch := range batches {
			keys := vector.NewColumn(types.String)
			for _, key := range batch.Columns[0].Longs {
				keys.AppendString(fmt.Append(nil, "key ", key))
			}
			batch.Columns[0] = keys
		}
		run(b, machine(b, countAndSum(schema)), batches, vector.MaxRows)
	})
}

func BenchmarkWindowCount(b *testing.B) {
	run(b, windowCount(b, keyedEvents), eventBatches(b, 64, 6000), vector.MaxRows)
}

func BenchmarkWordCount(b *testing.B) {
	schema := types.NewSchema(types.Nullable("word", types.String))
	count := &physical.PartialAggregate{
		Input: input(schema), Keys: []physical.Key{{Field: schema.Fields[0]}}, KeyExprs: []bound.Expr{column(schema, 0)},
		Aggregates: []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}},
	}
	run(b, Chain(splitWords(b), machine(b, count)), []*vector.Batch{lineBatch(b, 1024)}, 10*1024)
}

// A time a row: one update of a group among a million, an epoch every 8 batches,
// with before-images.
func BenchmarkStatefulUpdate(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("keys %d", n), func(b *testing.B) {
			m := statefulCount(b, physical.Append) // no output but of what closes: nothing
			batches := bufferBatches(b, 512, n)
			m.Begin(0, 0)
			for _, batch := range batches {
				push(b, m, batch, discard)
			}
			b.ReportAllocs()
			b.ResetTimer()
			i := 0
			for done := 0; done < b.N; done += vector.MaxRows {
				if i%8 == 0 {
					m.Begin(int64(i), 0)
				}
				push(b, m, batches[i%len(batches)], discard)
				i++
			}
			b.ReportMetric(float64(int(m.Counts().Rows)), "groups")
		})
	}
}
