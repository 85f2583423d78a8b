package exec

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

var (
	nan          = math.NaN()
	negativeZero = math.Copysign(0, -1)
	measures     = types.NewSchema(types.Nullable("k", types.String), types.Nullable("x", types.Double), types.Nullable("n", types.Bigint))
)

// all pushes rows, ends the input and returns what came out.
func all(t testing.TB, m Machine, batches ...*vector.Batch) string {
	t.Helper()
	var out collector
	for _, b := range batches {
		push(t, m, b, out.emit)
	}
	mark(t, m, Marker{End: true}, out.emit)
	return out.take()
}

func TestFilterKeepsOnlyTrue(t *testing.T) {
	predicate := call(bound.Greater, types.Boolean, column(measures, 2), bigint(1))
	b := batch(t, measures, row{"a", nil, int64(1)}, row{"b", nil, int64(2)}, row{"c", nil, nil}, row{"d", nil, int64(4)})
	m := machine(t, &physical.Filter{Input: input(measures), Predicate: predicate})
	equal(t, "null is not true", all(t, m, b), text("b <nil> 2", "d <nil> 4"))
	b.Selection = vector.Selection{0, 3}
	equal(t, "of a selection", all(t, m, b), text("d <nil> 4"))

	scan := input(measures).(*physical.Scan)
	equal(t, "a scan without a predicate", all(t, machine(t, scan), b), text("a <nil> 1", "d <nil> 4"))
	scan.Predicate = predicate
	equal(t, "a scan with one", all(t, machine(t, scan), b), text("d <nil> 4"))
}

func TestErrorsOfDataNameTheirCondition(t *testing.T) {
	m := filterProject(t, 10)
	err := m.Push(0, batch(t, numbers, row{int64(1), int64(math.MaxInt64)}), discard)
	if condition(err) != "ARITHMETIC_OVERFLOW" || !strings.Contains(err.Error(), "(value + 1)") {
		t.Errorf("got %v", err)
	}
}

func TestErrorOfEmitEndsPush(t *testing.T) {
	full := errors.New("full")
	m := filterProject(t, 10)
	if err := m.Push(0, batch(t, numbers, row{int64(1), int64(1)}), func(*vector.Batch) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

var lists = types.NewSchema(types.Nullable("id", types.Bigint), types.Nullable("list", types.Array(types.Bigint)))

// Trap 113, first half: null and empty lists give no row.
func TestExplode(t *testing.T) {
	node := &physical.Explode{Input: input(lists), List: column(lists, 1), Keep: []int{0}, Name: "element"}
	b := batch(t, lists,
		row{int64(1), []any{int64(10), nil}}, row{int64(2), nil}, row{int64(3), []any{}},
		row{int64(4), []any{int64(40)}}, row{nil, []any{int64(50)}})
	equal(t, "all", all(t, machine(t, node), b), text("1 10", "1 <nil>", "4 40", "<nil> 50"))
	b.Selection = vector.Selection{0, 4}
	equal(t, "of a selection", all(t, machine(t, node), b), text("1 10", "1 <nil>", "<nil> 50"))
}

// Long lists come out in batches of bounded size, each element beside its row.
func TestExplodeCutsLongLists(t *testing.T) {
	node := &physical.Explode{Input: input(lists), List: column(lists, 1), Keep: []int{0}, Name: "element"}
	b := vector.NewBatch(lists)
	next := int64(0)
	var want []row
	for id, n := range []int{5, 3*vector.MaxRows + 7, 0, vector.MaxRows} {
		var list []any
		for range n {
			list = append(list, next)
			want = append(want, row{int64(id), next})
			next++
		}
		if err := b.AppendRow(int64(id), list); err != nil {
			t.Fatal(err)
		}
	}
	var out collector
	push(t, machine(t, node), b, func(b *vector.Batch) error {
		if b.Len() > vector.MaxRows {
			return fmt.Errorf("a batch of %d rows", b.Len())
		}
		return out.emit(b)
	})
	if out.take() != lines(want) {
		t.Error("elements are lost, doubled or beside another row")
	}
}

// Traps 19, 20 and 21.
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		name  string
		grid  bound.Window
		times []int64
		want  string
	}{
		{"19 size is no multiple of slide", bound.Window{Size: 7, Slide: 3}, []int64{10}, text("10 [6 13]", "10 [9 16]")},
		{"20 before 1970", bound.Window{Size: 5, Slide: 5}, []int64{-1, -5, -6}, text("-1 [-5 0]", "-5 [-5 0]", "-6 [-10 -5]")},
		{"21 start before the epoch", bound.Window{Size: 10, Slide: 5, Start: -2}, []int64{1}, text("1 [-7 3]", "1 [-2 8]")},
		{"on the edge", bound.Window{Size: 10, Slide: 5}, []int64{10}, text("10 [5 15]", "10 [10 20]")},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := batch(t, events, row{nil})
			for _, time := range c.times {
				if err := b.AppendRow(time); err != nil {
					t.Fatal(err)
				}
			}
			m := machine(t, &physical.Window{Input: input(events), Time: column(events, 0), Grid: c.grid, Name: "window"})
			equal(t, "windows", all(t, m, b), c.want)
		})
	}
}

func TestWatermarkSeesTimes(t *testing.T) {
	m := machine(t, &physical.Watermark{Input: input(events), Column: 0, ID: 3}).(*Watermark)
	b := batch(t, events, row{nil}, row{int64(7)}, row{int64(-2)}, row{int64(9)})
	b.Selection = vector.Selection{0, 1, 2}
	equal(t, "rows pass", all(t, m, b), text("<nil>", "7", "-2"))
	if seen := m.Take(); seen != (Seen{Rows: 2, Max: 7, Min: -2, sum: 5}) {
		t.Errorf("saw %+v", seen)
	} else if seen.Mean() != 2 {
		t.Errorf("the mean is %d", seen.Mean())
	}
	if seen := m.Take(); seen != (Seen{Max: math.MinInt64}) {
		t.Errorf("then %+v", seen)
	}
	windows := types.NewSchema(types.Required("w", types.Window()))
	m = machine(t, &physical.Watermark{Input: input(windows), Column: 0}).(*Watermark)
	push(t, m, batch(t, windows, row{[]any{int64(0), int64(10)}}), discard)
	if seen := m.Take(); seen != (Seen{Rows: 1, Max: 9, Min: 9, sum: 9}) {
		t.Errorf("of a window %+v", seen)
	}
}

// aggregation is a partial aggregation and what merges its results.
func aggregation(t testing.TB, keys []int, aggregates ...bound.Aggregate) Machine {
	partial := &physical.PartialAggregate{Input: input(measures), Aggregates: aggregates}
	names := make([]string, len(aggregates))
	for _, key := range keys {
		partial.Keys = append(partial.Keys, physical.Key{Field: measures.Fields[key]})
		partial.KeyExprs = append(partial.KeyExprs, column(measures, key))
	}
	final := &physical.FinalAggregate{Input: partial, Keys: partial.Keys, Aggregates: aggregates, Names: names}
	return Chain(machine(t, partial), machine(t, final))
}

func aggregate(function bound.AggregateFunction, argument int) bound.Aggregate {
	if function == bound.CountRows {
		return bound.Aggregate{Function: function, Of: types.Bigint}
	}
	a := bound.Aggregate{Function: function, Arg: column(measures, argument), Of: measures.Fields[argument].Type}
	if function == bound.Count {
		a.Of = types.Bigint
	}
	return a
}

func TestAggregates(t *testing.T) {
	everything := []bound.Aggregate{
		aggregate(bound.CountRows, 0), aggregate(bound.Count, 2), aggregate(bound.Sum, 2), aggregate(bound.Min, 2), aggregate(bound.Max, 2),
	}
	t.Run("103 nulls are left out, but for count(*)", func(t *testing.T) {
		b := batch(t, measures, row{"a", nil, nil}, row{"a", nil, int64(1)}, row{"a", nil, int64(1)})
		equal(t, "aggregates", all(t, aggregation(t, nil, everything...), b), text("3 2 2 1 1"))
	})
	t.Run("104 no rows", func(t *testing.T) {
		equal(t, "global", all(t, aggregation(t, nil, everything...)), text("0 0 <nil> <nil> <nil>"))
		equal(t, "grouped", all(t, aggregation(t, []int{0}, everything...)), "")
	})
	t.Run("106 NaN and zero as keys", func(t *testing.T) {
		b := batch(t, measures, row{"", 0.0, nil}, row{"", negativeZero, nil}, row{"", nan, nil}, row{"", -nan, nil}, row{"", nil, nil})
		equal(t, "distinct", all(t, aggregation(t, []int{1}, aggregate(bound.CountRows, 0)), b), text("0 2", "NaN 2", "<nil> 1"))
		equal(t, "distinct of two columns", all(t, aggregation(t, []int{1, 0}, aggregate(bound.CountRows, 0)), b), text("0  2", "NaN  2", "<nil>  1"))
	})
	t.Run("106 NaN is the greatest", func(t *testing.T) {
		b := batch(t, measures, row{"", 1.0, nil}, row{"", nan, nil}, row{"", math.Inf(1), nil})
		equal(t, "max, min", all(t, aggregation(t, nil, aggregate(bound.Max, 1), aggregate(bound.Min, 1)), b), text("NaN 1"))
	})
	t.Run("100 a sum that is too great", func(t *testing.T) {
		m := aggregation(t, nil, aggregate(bound.Sum, 2))
		err := m.Push(0, batch(t, measures, row{"", nil, int64(math.MaxInt64)}, row{"", nil, int64(1)}), discard)
		if condition(err) != "ARITHMETIC_OVERFLOW" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("groups come in first-seen order", func(t *testing.T) {
		b := batch(t, measures, row{"b", nil, nil}, row{"a", nil, nil}, row{nil, nil, nil}, row{"b", nil, nil})
		equal(t, "groups", all(t, aggregation(t, []int{0}, aggregate(bound.CountRows, 0)), b, b), text("b 4", "a 2", "<nil> 2"))
	})
}

// stateful drives a stateful aggregation over measures for an epoch.
func epoch(t *testing.T, m Machine, s Stateful, number int64, rows ...row) string {
	t.Helper()
	var out collector
	s.Begin(number, 0)
	push(t, m, batch(t, measures, rows...), out.emit)
	mark(t, m, Marker{Epoch: number}, out.emit)
	return out.take()
}

func stateful(t *testing.T, mode physical.Mode, keys []int, aggregates ...bound.Aggregate) (Machine, Stateful) {
	partial := &physical.PartialAggregate{Input: input(measures), Aggregates: aggregates}
	for _, key := range keys {
		partial.Keys = append(partial.Keys, physical.Key{Field: measures.Fields[key]})
		partial.KeyExprs = append(partial.KeyExprs, column(measures, key))
	}
	s := machine(t, &physical.StatefulAggregate{
		Input: partial, Name: "test", Keys: partial.Keys, Aggregates: aggregates,
		Names: make([]string, len(aggregates)), EventTime: -1, Mode: mode,
	}).(Stateful)
	return Chain(machine(t, partial), s), s
}

func TestTrap39TouchedIsEmitted(t *testing.T) {
	m, s := stateful(t, physical.Update, []int{0}, aggregate(bound.Max, 2))
	equal(t, "first", epoch(t, m, s, 0, row{"odd", nil, int64(9)}, row{"even", nil, int64(8)}), text("odd 9", "even 8"))
	equal(t, "second", epoch(t, m, s, 1, row{"odd", nil, int64(1)}), text("odd 9"))
	equal(t, "third, without rows", epoch(t, m, s, 2), "")
}

func TestTrap40GlobalAggregateIsAlwaysEmitted(t *testing.T) {
	for _, mode := range []physical.Mode{physical.Update, physical.Complete} {
		m, s := stateful(t, mode, nil, aggregate(bound.CountRows, 0), aggregate(bound.Sum, 2))
		equal(t, "no rows", epoch(t, m, s, 0), text("0 <nil>"))
		equal(t, "one row", epoch(t, m, s, 1, row{"a", nil, int64(5)}), text("1 5"))
		equal(t, "no rows again", epoch(t, m, s, 2), text("1 5"))
	}
}

func TestTrap105Order(t *testing.T) {
	var values []row
	for _, x := range []any{nan, nil, math.Inf(-1), math.Inf(1), 1.0} {
		values = append(values, row{"", x, nil})
	}
	for _, c := range []struct {
		order bound.Order
		want  []any
	}{
		{bound.Order{NullsFirst: true}, []any{nil, math.Inf(-1), 1.0, math.Inf(1), nan}},
		{bound.Order{Descending: true}, []any{nan, math.Inf(1), 1.0, math.Inf(-1), nil}},
		{bound.Order{}, []any{math.Inf(-1), 1.0, math.Inf(1), nan, nil}},
		{bound.Order{Descending: true, NullsFirst: true}, []any{nil, nan, math.Inf(1), 1.0, math.Inf(-1)}},
	} {
		c.order.Expr = column(measures, 1)
		var want []row
		for _, x := range c.want {
			want = append(want, row{"", x, nil})
		}
		orders := []bound.Order{c.order}
		equal(t, c.order.String(), all(t, machine(t, &physical.Sort{Input: input(measures), Orders: orders}), batch(t, measures, values...)), lines(want))
		equal(t, "top 2 "+c.order.String(), all(t, machine(t, &physical.TopN{Input: input(measures), Orders: orders, N: 2}), batch(t, measures, values...)), lines(want[:2]))
	}
}

// Sorting is stable, and a top N is the beginning of a sort however much comes in.
func TestTopNIsTheStartOfSort(t *testing.T) {
	orders := []bound.Order{{Expr: column(numbers, 0), Descending: true}}
	batches := numberBatches(t, 8, 100)
	for i, b := range batches { // number the rows
		for j := range b.Columns[1].Longs {
			b.Columns[1].Longs[j] = int64(i*vector.MaxRows + j)
		}
	}
	var want []row
	for _, b := range batches {
		for i := range b.Rows {
			want = append(want, b.Values(i))
		}
	}
	slices.SortStableFunc(want, func(a, b row) int { return int(b[0].(int64) - a[0].(int64)) })
	if all(t, machine(t, &physical.Sort{Input: input(numbers), Orders: orders}), batches...) != lines(want) {
		t.Error("not sorted, or not stable")
	}
	equal(t, "top", all(t, machine(t, &physical.TopN{Input: input(numbers), Orders: orders, N: 5}), batches...), lines(want[:5]))
	equal(t, "top 0", all(t, machine(t, &physical.TopN{Input: input(numbers), Orders: orders, N: 0}), batches...), "")
}

func TestLimit(t *testing.T) {
	m := machine(t, &physical.Limit{Input: input(numbers), N: 3})
	b := batch(t, numbers, row{int64(1), int64(1)}, row{int64(2), int64(2)}, row{int64(3), int64(3)})
	b.Selection = vector.Selection{0, 2}
	equal(t, "first", all(t, m, b, b, b), text("1 1", "3 3", "1 1"))
	equal(t, "after the marker", all(t, m, b), text("1 1", "3 3"))
}

// A row goes where its key's hash says, which for one bigint or string is where an
// RDD would send it; rows of a partition stay in order.
func TestPartitioner(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(rt, "partitions")
		p := NewPartitioner(&physical.Exchange{Input: input(numbers), Keys: []int{0}, Windows: []bool{false}}, n)
		want := make([][]row, n)
		for range rapid.IntRange(0, 3).Draw(rt, "batches") {
			b := vector.NewBatch(numbers)
			for range rapid.IntRange(0, 50).Draw(rt, "rows") {
				key, value := rapid.Int64().Draw(rt, "key"), rapid.Int64().Draw(rt, "value")
				if err := b.AppendRow(key, value); err != nil {
					rt.Fatal(err)
				}
				to := keyed.Partition(keyed.HashUint64(uint64(key)), n)
				want[to] = append(want[to], row{key, value})
			}
			if err := p.Push(b); err != nil {
				rt.Fatal(err)
			}
		}
		for i, batches := range p.Take() {
			var got collector
			for _, b := range batches {
				if err := got.emit(b); err != nil {
					rt.Fatal(err)
				}
			}
			if text := got.take(); text != lines(want[i]) {
				rt.Fatalf("partition %d of %d: got\n%swant\n%s", i, n, text, lines(want[i]))
			}
		}
	})
}

// A window is hashed by its start, so map and reduce side agree on its key group.
func TestPartitionerHashesWindowsByStart(t *testing.T) {
	schema := types.NewSchema(types.Required("w", types.Window()))
	p := NewPartitioner(&physical.Exchange{Input: input(schema), Keys: []int{0}, Windows: []bool{true}}, 16)
	if err := p.Push(batch(t, schema, row{[]any{int64(40), int64(50)}})); err != nil {
		t.Fatal(err)
	}
	if parts := p.Take(); len(parts[keyed.Partition(keyed.HashUint64(40), 16)]) != 1 {
		t.Errorf("the row is elsewhere: %v", parts)
	}
}

// Full batches stay full: what a partitioner collects is cut at vector.MaxRows.
func TestPartitionerFillsBatches(t *testing.T) {
	p := NewPartitioner(&physical.Exchange{Input: input(numbers), Single: true}, 1)
	for range 3 {
		if err := p.Push(numberBatches(t, 1, 10)[0]); err != nil {
			t.Fatal(err)
		}
		if err := p.Push(batch(t, numbers, row{int64(1), int64(1)})); err != nil {
			t.Fatal(err)
		}
	}
	var rows []int
	for _, b := range p.Take()[0] {
		rows = append(rows, b.Rows)
	}
	if want := []int{vector.MaxRows, vector.MaxRows, vector.MaxRows, 3}; !slices.Equal(rows, want) {
		t.Errorf("batches of %v rows, want %v", rows, want)
	}
}

// However rows are cut into batches, a stream of updates ends where one batch does.
func TestCutsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows []row
		for range rapid.IntRange(0, 60).Draw(rt, "rows") {
			rows = append(rows, row{rapid.SampledFrom([]any{nil, "a", "b", "c"}).Draw(rt, "k"), nil, rapid.Int64Range(-9, 9).Draw(rt, "n")})
		}
		aggregates := []bound.Aggregate{aggregate(bound.CountRows, 0), aggregate(bound.Sum, 2), aggregate(bound.Min, 2)}
		bounded := aggregation(t, []int{0}, aggregates...)
		want := strings.SplitAfter(all(t, bounded, batch(t, measures, rows...)), "\n")
		stream, s := stateful(t, physical.Update, []int{0}, aggregates...)
		last := map[string]string{"": ""}
		for number := int64(0); len(rows) > 0; number++ {
			n := rapid.IntRange(1, len(rows)).Draw(rt, "cut")
			for _, line := range strings.SplitAfter(epoch(t, stream, s, number, rows[:n]...), "\n") {
				key, _, _ := strings.Cut(line, " ")
				last[key] = line
			}
			rows = rows[n:]
		}
		if len(last) != len(want) {
			rt.Fatalf("%d groups, want %d", len(last)-1, len(want)-1)
		}
		for _, line := range want {
			if key, _, _ := strings.Cut(line, " "); last[key] != line {
				rt.Fatalf("group %q: got %q, want %q", key, last[key], line)
			}
		}
	})
}

func TestNewNamesWhatItCannotDo(t *testing.T) {
	_, err := New(&physical.Exchange{Input: input(numbers), Single: true})
	if err == nil {
		t.Error("an exchange has a machine")
	}
	_, err = New(&physical.Filter{Input: input(numbers), Predicate: call("nonsense", types.Boolean)})
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
}
