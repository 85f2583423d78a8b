package structured

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/rdd"
	"github.com/tidewheel/tidewheel/structured/expr"
)

type order struct {
	ID       int
	Customer string
	Amount   float64
	Tags     []string
}

var someOrders = []order{
	{1, "ann", 10, []string{"new"}},
	{2, "bob", 20, nil},
	{3, "ann", 30, []string{"big", "late"}},
	{4, "eve", 5, nil},
}

func valuesIn[T any](t *testing.T, d Dataset[T]) []T {
	t.Helper()
	rows, err := d.Collect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func mapOf[K comparable, V any](t *testing.T, p Pairs[K, V]) map[K]V {
	t.Helper()
	rows, err := p.CollectMap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func customer(o order) string { return o.Customer }

func TestDatasetOfValues(t *testing.T) {
	for _, partitions := range []int{1, 3} {
		session := newSession(t, partitions)
		orders := session.FromRDD(session.rdd.Parallelize(someOrders, rdd.Partitions(2)))
		same(t, valuesIn(t, orders.Map(func(o order) int { return o.ID * 2 }).Filter(func(n int) bool { return n != 4 })), []int{2, 6, 8})
		same(t, valuesIn(t, orders.FlatMap(func(o order) []string { return o.Tags })), []string{"new", "big", "late"})
		same(t, valuesIn(t, orders.SortBy(func(o order) float64 { return o.Amount }).Map(func(o order) int { return o.ID })), []int{4, 1, 2, 3})
		ids := valuesIn(t, orders.DistinctBy(customer).Map(func(o order) int { return o.ID }))
		slices.Sort(ids)
		same(t, ids, []int{1, 2, 4})
		counts := valuesIn(t, orders.MapPartitions(func(in iter.Seq[order], yield func(int) bool) error {
			n := 0
			for range in {
				n++
			}
			yield(n)
			return nil
		}))
		same(t, counts, []int{2, 2})
		firsts := valuesIn(t, orders.Union(orders).MapPartitions(func(in iter.Seq[order], yield func(int) bool) error {
			for o := range in {
				yield(o.ID)
				return nil
			}
			return nil
		}))
		same(t, firsts, []int{1, 3, 1, 3})
		sum, ok, err := orders.Map(func(o order) float64 { return o.Amount }).Reduce(t.Context(), func(a, b float64) float64 { return a + b })
		if sum != 65 || !ok || err != nil {
			t.Errorf("Reduce: %v, %v, %v", sum, ok, err)
		}
		if _, ok, err = orders.Filter(func(order) bool { return false }).Map(func(o order) float64 { return o.Amount }).Reduce(t.Context(), plus); ok || err != nil {
			t.Errorf("Reduce of nothing: %v, %v", ok, err)
		}
		again, err := orders.Map(func(o order) order { o.ID++; return o }).RDD().Collect(t.Context())
		if err != nil || len(again) != 4 || again[0].ID != 2 || again[2].Tags[1] != "late" {
			t.Errorf("RDD: %+v, %v", again, err)
		}
		taken, err := orders.Take(t.Context(), 3)
		if err != nil || len(taken) != 3 {
			t.Errorf("Take: %v, %v", taken, err)
		}
	}
}

func plus(a, b float64) float64 { return a + b }

func TestPairsOfValues(t *testing.T) {
	for _, partitions := range []int{1, 3} {
		session := newSession(t, partitions)
		byCustomer := session.FromSlice(someOrders).KeyBy(customer)
		amounts := byCustomer.MapValues(func(o order) float64 { return o.Amount })
		same(t, mapOf(t, amounts.ReduceByKey(plus)), map[string]float64{"ann": 40, "bob": 20, "eve": 5})
		same(t, mapOf(t, amounts.FoldByKey(0, plus)), map[string]float64{"ann": 40, "bob": 20, "eve": 5})
		sorted := amounts.SortBy(rdd.Value)
		pairs, err := sorted.Collect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, pairs, []rdd.Pair[string, float64]{{Key: "eve", Value: 5}, {Key: "ann", Value: 10}, {Key: "bob", Value: 20}, {Key: "ann", Value: 30}})
		least, err := sorted.MapValues(func(amount float64) float64 { return -amount }).Take(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		same(t, least, []rdd.Pair[string, float64]{{Key: "eve", Value: -5}, {Key: "ann", Value: -10}})
		if _, err := amounts.FoldByKey(0, nil).Collect(t.Context()); !errors.Is(err, errNilFunction) {
			t.Errorf("FoldByKey of nil: %v", err)
		}
		same(t, mapOf(t, byCustomer.AggregateByKey(func() map[string]int { return map[string]int{} },
			func(seen map[string]int, o order) map[string]int {
				for _, tag := range o.Tags {
					seen[tag]++
				}
				return seen
			},
			func(a, b map[string]int) map[string]int { maps.Copy(a, b); return a })),
			map[string]map[string]int{"ann": {"new": 1, "big": 1, "late": 1}, "bob": {}, "eve": {}})
		same(t, mapOf(t, byCustomer.GroupByKey(func(name string, orders []order) string {
			ids := name
			for _, o := range orders {
				ids += string(rune('0' + o.ID))
			}
			return ids
		})), map[string]string{"ann": "ann13", "bob": "bob2", "eve": "eve4"})
		nothing := amounts.MapValues(func(float64) *int { return nil })
		same(t, mapOf(t, nothing.GroupByKey(func(_ string, values []*int) int { return len(values) })), map[string]int{"ann": 2, "bob": 1, "eve": 1})
		same(t, mapOf(t, nothing.ReduceByKey(func(a, _ *int) *int { return a })), map[string]*int{"ann": nil, "bob": nil, "eve": nil})

		countries := session.FromSlice([][]string{{"ann", "nl"}, {"joe", "us"}}).ToPairs(func(row []string) (string, string) { return row[0], row[1] })
		type line struct {
			Total   float64
			Country string
			Has     int
		}
		has := func(a, b bool) (n int) {
			if a {
				n++
			}
			if b {
				n += 2
			}
			return n
		}
		totals := amounts.ReduceByKey(plus)
		same(t, mapOf(t, totals.Join(countries, func(total float64, country string) line { return line{total, country, 3} })),
			map[string]line{"ann": {40, "nl", 3}})
		same(t, mapOf(t, totals.LeftOuterJoin(countries, func(total float64, country string, ok bool) line { return line{total, country, has(true, ok)} })),
			map[string]line{"ann": {40, "nl", 3}, "bob": {20, "", 1}, "eve": {5, "", 1}})
		same(t, mapOf(t, totals.RightOuterJoin(countries, func(total float64, ok bool, country string) line { return line{total, country, has(ok, true)} })),
			map[string]line{"ann": {40, "nl", 3}, "joe": {0, "us", 2}})
		same(t, mapOf(t, totals.FullOuterJoin(countries, func(total float64, a bool, country string, b bool) line { return line{total, country, has(a, b)} })),
			map[string]line{"ann": {40, "nl", 3}, "bob": {20, "", 1}, "eve": {5, "", 1}, "joe": {0, "us", 2}})
		same(t, mapOf(t, amounts.CoGroup(countries, func(_ string, amounts []float64, countries []string) line {
			return line{float64(len(amounts)), strings.Join(countries, "+"), 0}
		})), map[string]line{"ann": {2, "nl", 0}, "bob": {1, "", 0}, "eve": {1, "", 0}, "joe": {0, "us", 0}})
		keys := valuesIn(t, totals.Filter(func(_ string, total float64) bool { return total > 5 }).Keys())
		slices.Sort(keys)
		same(t, keys, []string{"ann", "bob"})
	}
}

func TestMistakesWithDatasets(t *testing.T) {
	session := open(t)
	orders := session.FromSlice(someOrders)
	type lacking struct{ ID int }
	type wrong struct {
		ID       int8
		Customer string
		Amount   float64
		Tags     []string
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{orders.DataFrame().As[lacking]().Err(), `As: structured.lacking has no exported field for column "customer"`},
		{orders.DataFrame().As[wrong]().Err(), `column "id": a bigint does not go into field ID of structured.wrong, of type int8`},
		{orders.Map[int](nil).Err(), "Map: the function is nil"},
		{orders.KeyBy[int](nil).Err(), "KeyBy: the function is nil"},
		{orders.KeyBy(customer).ReduceByKey(nil).Err(), "ReduceByKey: the function is nil"},
		{orders.Map(func(order) chan int { return nil }).DataFrame().Err(), "a chan int is no value of a table"},
		{orders.KeyBy(customer).MapValues(func(order) struct{ a int } { return struct{ a int }{} }).ReduceByKey(func(a, _ struct{ a int }) struct{ a int } { return a }).Err(), "has no exported field"},
		{Dataset[int]{}.Map(func(n int) int { return n }).Err(), errNoTable.Error()},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) || !strings.HasPrefix(c.err.Error(), "dataset_test.go:") && c.want != errNoTable.Error() {
			t.Errorf("got %v\nwant %s", c.err, c.want)
		}
	}
	failure := errors.New("failure")
	_, err := orders.MapErr(func(o order) (int, error) {
		if o.ID == 3 {
			return 0, failure
		}
		return o.ID, nil
	}).Collect(t.Context())
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	for name, d := range map[string]Dataset[string]{ //det:unordered each is looked at alone
		"Map": orders.Map(func(o order) string { return o.Tags[0] }),
		"MapPartitions": orders.MapPartitions(func(in iter.Seq[order], yield func(string) bool) error {
			for o := range in {
				yield(o.Tags[0])
			}
			return nil
		}),
	} {
		if _, err := d.Collect(t.Context()); err == nil || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "dataset_test.go") {
			t.Errorf("a panic in %s: got %v", name, err)
		}
	}
}

func TestDatasetsInStreams(t *testing.T) {
	type seen struct {
		T int64
		K string
		V int64
	}
	in := visits()
	s := newScript(t, Update, func(session *Session) DataFrame {
		return session.Stream(in).Select(expr.SQL("unix_seconds(t) AS t"), expr.Col("k"), expr.Col("v")).As[seen]().
			Filter(func(s seen) bool { return s.V > 0 }).
			ToPairs(func(s seen) (string, int64) { return strings.ToUpper(s.K), s.V }).
			ReduceByKey(func(a, b int64) int64 { return max(a, b) }).DataFrame()
	})
	in.add(visit(10, "a", 1), visit(20, "b", 4), visit(20, "B", 0))
	s.want("b0 wm 0 dropped 0 state 2: A 1; B 4")
	s.stop()
	in.add(visit(10, "b", 9), visit(10, "b", 3))
	s.want("b1 wm 0 dropped 0 state 2: B 9")

	parts := newScript(t, Append, func(session *Session) DataFrame {
		return session.Stream(in).Select(expr.SQL("unix_seconds(t) AS t"), expr.Col("k"), expr.Col("v")).As[seen]().
			MapPartitions(func(in iter.Seq[seen], yield func(int64) bool) error {
				rows := slices.SortedFunc(in, func(a, b seen) int { return cmp.Compare(a.V, b.V) })
				yield(rows[0].V)
				return nil
			}).DataFrame()
	})
	parts.want("b0 wm 0 dropped 0 state 0: 0; 3")
	in.add(visit(1, "x", 7))
	parts.want("b1 wm 0 dropped 0 state 0: 7")
}
