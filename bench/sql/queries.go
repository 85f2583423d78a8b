package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// keys are the texts of the keys.
var keys = func() (list [1000]string) {
	for i := range list {
		list[i] = fmt.Sprintf("key-%d", i)
	}
	return list
}()

// query is asked of every engine.
type query struct {
	name string
	goal float64 // millions of rows a second
	sql  string  // its result's columns are summed up
	hand func(*tables) answer

	// window is the length in seconds of the time windows that {window} in sql stands for.
	window int

	// sorted says that the result is a column whose order counts.
	sorted bool
}

var queries = []query{
	{
		name: "filter, project", goal: 150, hand: filterByHand,
		sql: "SELECT sum(a), sum(b), count(*) FROM (SELECT value + 1 AS a, key * 3 AS b FROM numbers WHERE key < 500) AS t",
	},
	{
		name: "group by text", goal: 40, hand: groupTextByHand,
		sql: "SELECT sum(n), sum(s), count(*) FROM (SELECT text, count(*) AS n, sum(value) AS s FROM numbers GROUP BY text) AS t",
	},
	{
		name: "group by id", goal: 12, hand: groupIDByHand,
		sql: "SELECT sum(n), sum(s), count(*) FROM (SELECT id, count(*) AS n, sum(value) AS s FROM numbers GROUP BY id) AS t",
	},
	{
		name: "hash join", goal: 15, hand: joinByHand,
		sql: "SELECT sum(value), sum(weight), count(*) FROM (SELECT n.value, d.weight FROM numbers AS n JOIN ids AS d ON n.id = d.id) AS t",
	},
	{
		name: "sort", goal: 7, hand: sortByHand, sorted: true,
		sql: "SELECT random FROM numbers ORDER BY random",
	},
	{
		name: "window count", goal: 20, hand: windowCountByHand, window: 10,
		sql: "SELECT sum(n), sum(n * member), count(*) FROM (SELECT member, count(*) AS n FROM events GROUP BY {window}, member) AS t",
	},
	{
		name: "window sum", goal: 10, hand: windowSumByHand, window: 100,
		sql: "SELECT sum(n), sum(s), count(*) FROM (SELECT visitor, count(*) AS n, sum(member) AS s FROM events GROUP BY {window}, visitor) AS t",
	},
	{
		name: "campaigns (YSB)", goal: 30, hand: campaignsByHand, window: 10,
		sql: "SELECT sum(n), sum(n * n), count(*) FROM (SELECT campaign, count(*) AS n FROM events JOIN ads ON events.ad = ads.ad " +
			"WHERE kind = 'view' GROUP BY {window}, campaign) AS t",
	},
}

// text is the query where a window is written so, with its seconds as the one argument.
func (q query) text(window string) string {
	return strings.ReplaceAll(q.sql, "{window}", fmt.Sprintf(window, q.window))
}

// weigh adds the next number of a sorted result to an answer.
func (a *answer) weigh(number int64) {
	a[0] += number
	a[1] += a[2] % 1000 * (number % 1000)
	a[2]++
}

// inParts runs f on as many parts of the rows as there are processors.
func inParts(rows int, f func(part, from, to int)) (parts int) {
	parts = runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for part := range parts {
		all.Go(func() { f(part, rows*part/parts, rows*(part+1)/parts) })
	}
	all.Wait()
	return parts
}

func sumUp(answers []answer) (total answer) {
	for _, a := range answers {
		for i := range total {
			total[i] += a[i]
		}
	}
	return total
}

func filterByHand(t *tables) answer {
	answers := make([]answer, runtime.GOMAXPROCS(0))
	inParts(len(t.value), func(part, from, to int) {
		var a answer
		key, value := t.key[from:to], t.value[from:to]
		for i, k := range key {
			if k < 500 {
				a[0] += value[i] + 1
				a[1] += k * 3
				a[2]++
			}
		}
		answers[part] = a
	})
	return sumUp(answers)
}

type counted struct{ n, sum int64 }

// group counts and sums up by key: each part in a map of its own, put together by parts
// of the keys.
func group[K comparable](key []K, value []int64, hash func(K) int) answer {
	processors := runtime.GOMAXPROCS(0)
	maps := make([][]map[K]counted, processors) // by part of the rows and of the keys
	inParts(len(key), func(part, from, to int) {
		maps[part] = make([]map[K]counted, processors)
		for i := range maps[part] {
			maps[part][i] = map[K]counted{}
		}
		for i := from; i < to; i++ {
			m := maps[part][hash(key[i])%processors]
			c := m[key[i]]
			m[key[i]] = counted{c.n + 1, c.sum + value[i]}
		}
	})
	answers := make([]answer, processors)
	inParts(processors, func(_, of, _ int) {
		total := maps[0][of]
		for _, other := range maps[1:] {
			for k, c := range other[of] {
				t := total[k]
				total[k] = counted{t.n + c.n, t.sum + c.sum}
			}
		}
		for _, c := range total {
			answers[of][0] += c.n
			answers[of][1] += c.sum
			answers[of][2]++
		}
	})
	return sumUp(answers)
}

func groupTextByHand(t *tables) answer {
	return group(t.text, t.value, func(text string) int { return int(text[len(text)-1]) })
}

func groupIDByHand(t *tables) answer {
	return group(t.id, t.value, func(id int64) int { return int(id) })
}

func joinByHand(t *tables) answer {
	weights := make(map[int64]int64, len(t.ids))
	for i, id := range t.ids {
		weights[id] = t.weight[i]
	}
	answers := make([]answer, runtime.GOMAXPROCS(0))
	inParts(len(t.id), func(part, from, to int) {
		var a answer
		for i := from; i < to; i++ {
			if weight, ok := weights[t.id[i]]; ok {
				a[0] += t.value[i]
				a[1] += weight
				a[2]++
			}
		}
		answers[part] = a
	})
	return sumUp(answers)
}

// sortByHand sorts halves, and merges them.
func sortByHand(t *tables) (a answer) {
	sorted := slices.Clone(t.random)
	middle := len(sorted) / 2
	var both sync.WaitGroup
	for _, half := range [][]int64{sorted[:middle], sorted[middle:]} {
		both.Go(func() { slices.Sort(half) })
	}
	both.Wait()
	for left, right := sorted[:middle], sorted[middle:]; len(left)+len(right) > 0; {
		next := &left
		if len(left) == 0 || len(right) > 0 && right[0] < left[0] {
			next = &right
		}
		a.weigh((*next)[0])
		*next = (*next)[1:]
	}
	return a
}

// windowed counts and sums up values by window and by keys from 0 to n-1, in one counter for
// each: each part in counters of its own. Rows with a key below 0 do not count.
func windowed(t *tables, seconds, n int, key func(i int) int64, value func(i int) int64) []counted {
	windowOf := func(i int) int64 { return t.ts[i] / 1_000_000 / int64(seconds) }
	counters := make([][]counted, runtime.GOMAXPROCS(0))
	inParts(len(t.ts), func(part, from, to int) {
		own := make([]counted, n*int(windowOf(len(t.ts)-1)+1))
		for i := from; i < to; i++ {
			if k := key(i); k >= 0 {
				c := &own[windowOf(i)*int64(n)+k]
				c.n++
				c.sum += value(i)
			}
		}
		counters[part] = own
	})
	total := counters[0]
	for _, other := range counters[1:] {
		for i, c := range other {
			total[i].n += c.n
			total[i].sum += c.sum
		}
	}
	return total
}

func windowCountByHand(t *tables) (a answer) {
	for i, c := range windowed(t, 10, members, func(i int) int64 { return t.member[i] }, func(int) int64 { return 0 }) {
		if c.n > 0 {
			a[0] += c.n
			a[1] += c.n * int64(i%members)
			a[2]++
		}
	}
	return a
}

func windowSumByHand(t *tables) (a answer) {
	for _, c := range windowed(t, 100, visitors, func(i int) int64 { return t.visitor[i] }, func(i int) int64 { return t.member[i] }) {
		if c.n > 0 {
			a[0] += c.n
			a[1] += c.sum
			a[2]++
		}
	}
	return a
}

func campaignsByHand(t *tables) (a answer) {
	campaignOf := make(map[string]int64, len(ads))
	for i, ad := range ads {
		campaignOf[ad] = int64(i / 10)
	}
	campaign := func(i int) int64 {
		if t.kind[i] != "view" {
			return -1
		}
		return campaignOf[t.ad[i]]
	}
	for _, c := range windowed(t, 10, len(campaigns), campaign, func(int) int64 { return 0 }) {
		if c.n > 0 {
			a[0] += c.n
			a[1] += c.n * c.n
			a[2]++
		}
	}
	return a
}
