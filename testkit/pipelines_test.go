package testkit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// Random chains of operators over random rows, cut into batches and partitions at
// random, have the result of the same chain over all rows at once. The plan of a run
// has the rows, the cut and the partitions, and faults too. And without faults, any cut
// has the result of any other.

var numbers = rapid.SliceOfN(rapid.IntRange(-9, 9), 0, 24)

// step is an operator of a DStream, and the same as a plain function.
type step struct {
	name   string
	stream func(dstream.DStream[int]) dstream.DStream[int]
	plain  func([]int) []int
}

// steps makes a step of each kind, with a small number in it.
var steps = []func(n int) step{
	func(n int) step {
		add := func(x int) int { return x + n }
		return step{"Map", func(d dstream.DStream[int]) dstream.DStream[int] { return d.Map(add) }, func(all []int) []int {
			return each(all, func(x int) []int { return []int{add(x)} })
		}}
	},
	func(n int) step {
		keep := func(x int) bool { return x%(n+2) != 0 }
		return step{"Filter", func(d dstream.DStream[int]) dstream.DStream[int] { return d.Filter(keep) }, func(all []int) []int {
			return slices.DeleteFunc(slices.Clone(all), func(x int) bool { return !keep(x) })
		}}
	},
	func(n int) step {
		repeat := func(x int) []int { return slices.Repeat([]int{x, -x}, n%3) }
		return step{"FlatMap", func(d dstream.DStream[int]) dstream.DStream[int] { return d.FlatMap(repeat) }, func(all []int) []int {
			return each(all, repeat)
		}}
	},
	func(n int) step {
		return step{"Repartition", func(d dstream.DStream[int]) dstream.DStream[int] { return d.Repartition(n + 1) }, slices.Clone[[]int]}
	},
	func(int) step {
		return step{"Union", func(d dstream.DStream[int]) dstream.DStream[int] { return d.Union(d) }, func(all []int) []int {
			return slices.Concat(all, all)
		}}
	},
}

func each(all []int, f func(int) []int) (made []int) {
	for _, x := range all {
		made = append(made, f(x)...)
	}
	return made
}

var streamChains = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
	return rapid.SampledFrom(steps).Draw(t, "step")(rapid.IntRange(0, 4).Draw(t, "n"))
}), 0, 5)

// pipeline is a scenario, with what its output comes to in the run that is over.
type pipeline struct {
	scenario func(*Sim)
	result   func() string
}

// streamChain is a chain that ends in totals by key, or as it is.
func streamChain(chain []step, totals bool) *pipeline {
	apply := func(all []int) []int {
		for _, step := range chain {
			all = step.plain(all)
		}
		return all
	}
	byRest := func(x int) (int, int) { return ((x % 3) + 3) % 3, x }
	made := new(pipeline)
	made.scenario = func(s *Sim) {
		in := Input(s, "numbers", 3, numbers)
		kept := Sink[int](s, "kept", IdempotentBatch)
		sums := PairSink[int, int](s, "sums", Transactional)
		s.App(func(p *Process) error {
			stream, err := dstream.Recover(p.Options("ckpt"), func(stream *dstream.Session) error {
				d := stream.From(in)
				for _, step := range chain {
					d = step.stream(d)
				}
				if totals {
					d.ToPairs(byRest).UpdateStateByKey(total).SaveTo(sums)
				} else {
					d.SaveTo(kept)
				}
				return nil
			})
			if err != nil {
				return err
			}
			return stream.Run(p.Context())
		})
		if !totals {
			made.result = func() string { return fmt.Sprint(sorted(rowsOf(kept.state.batches))) }
			ExactlyOnce(s, in, kept, apply)
			return
		}
		made.result = func() string {
			last := map[int]int{}
			for _, sum := range rowsOf(sums.state.batches) {
				last[sum.Key] = sum.Value
			}
			return render(last)
		}
		LastByKey(s, in, sums, func(all []int) map[int]int {
			sums := map[int]int{}
			for _, x := range apply(all) {
				key, value := byRest(x)
				sums[key] += value
			}
			return sums
		})
	}
	return made
}

func rowsOf[T any](batches []written[T]) (rows []T) {
	for _, b := range batches {
		rows = append(rows, b.rows...)
	}
	return rows
}

// tableSteps are operators of a query on a column "value".
var tableSteps = []func(n int, d structured.DataFrame) structured.DataFrame{
	func(n int, d structured.DataFrame) structured.DataFrame {
		return d.Select(expr.Col("value").Plus(n).As("value"))
	},
	func(n int, d structured.DataFrame) structured.DataFrame {
		return d.Where(expr.Col("value").Mod(n + 2).Ne(0))
	},
	func(n int, d structured.DataFrame) structured.DataFrame {
		return d.WithColumn("value", expr.Col("value").Times(n))
	},
	func(n int, d structured.DataFrame) structured.DataFrame {
		return d.SelectExpr(fmt.Sprintf("explode(array(value, value + %d)) AS value", n))
	},
	func(_ int, d structured.DataFrame) structured.DataFrame { return d.Union(d) },
}

type tableStep struct{ kind, n int }

var tableChains = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tableStep {
	return tableStep{rapid.IntRange(0, len(tableSteps)-1).Draw(t, "step"), rapid.IntRange(0, 4).Draw(t, "n")}
}), 0, 5)

// tableEnds are what chains of a query end in, with the modes in which that has a
// result at once.
var tableEnds = []struct {
	modes []sink.Mode
	end   func(structured.DataFrame) structured.DataFrame
}{
	{[]sink.Mode{sink.Append, sink.Update}, func(d structured.DataFrame) structured.DataFrame { return d.Distinct() }},
	{[]sink.Mode{sink.Append}, func(d structured.DataFrame) structured.DataFrame { return d }},
	{[]sink.Mode{sink.Update, sink.Complete}, func(d structured.DataFrame) structured.DataFrame {
		return d.WithColumn("rest", expr.Col("value").Mod(3)).GroupBy("rest").
			Agg(expr.Count().As("count"), expr.Sum("value").As("sum"), expr.Max("value").As("most")).
			Select("rest", "count", "sum", "most")
	}},
}

func tableChain(chain []tableStep, end int, mode sink.Mode) *pipeline {
	query := func(d structured.DataFrame) structured.DataFrame {
		for _, step := range chain {
			d = tableSteps[step.kind](step.n, d)
		}
		return tableEnds[end].end(d)
	}
	made := new(pipeline)
	made.scenario = func(s *Sim) {
		in := Input(s, "numbers", 3, numbers)
		key := []string{"value", "value", "rest"}[end]
		out := TableSink(s, "out", Transactional, key)
		s.App(func(p *Process) error {
			return query(p.Session().Stream(in.Table())).Write(out).Mode(mode).
				Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
		})
		made.result = func() string {
			batches := out.state.batches
			if mode == sink.Complete {
				batches = batches[max(0, len(batches)-1):]
			}
			rows := rowsOf(batches)
			if mode == sink.Update {
				last := map[string][]any{}
				for _, row := range rows {
					last[out.key(row)] = row
				}
				rows = slices.Collect(maps.Values(last))
			}
			return fmt.Sprint(sorted(rows))
		}
		EqualsBatch(s, in, out, query)
	}
	return made
}

// runsOfEach is how many plans each chain is run under.
const runsOfEach = 4

func TestRandomPipelines(t *testing.T) {
	t.Run("stream", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			chain, totals := streamChains.Draw(t, "chain"), rapid.Bool().Draw(t, "totals")
			var names []string
			for _, step := range chain {
				names = append(names, step.name)
			}
			name := fmt.Sprintf("%s, totals %v", strings.Join(names, "."), totals)
			runPipeline(t, name, streamChain(chain, totals))
		})
	})
	t.Run("table", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			chain, end := tableChains.Draw(t, "chain"), rapid.IntRange(0, len(tableEnds)-1).Draw(t, "end")
			mode := rapid.SampledFrom(tableEnds[end].modes).Draw(t, "mode")
			runPipeline(t, fmt.Sprintf("%v, end %d in mode %v", chain, end, mode), tableChain(chain, end, mode))
		})
	})
}

// cuts are ways to divide the same rows: into batches, and those into partitions, the same
// ones after a restart or others.
var cuts = []func(*shape){
	func(s *shape) { s.wave, s.parallelism = 8, 1 },
	func(s *shape) { s.wave, s.parallelism = 1, 3 },
	func(s *shape) { s.wave, s.parallelism, s.later, s.stop = 3, 4, 2, 2 },
}

func runPipeline(t *rapid.T, name string, made *pipeline) {
	seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
	if f := check(made.scenario, runsOfEach, seed, nil); f != nil {
		t.Fatalf("%s: %v\n%v", name, f.why, f.plan)
	}
	rows := newPlan()
	rows.seed = seed
	declare(made.scenario, rows)
	var results []string
	for _, cut := range cuts {
		p := rows.with(func(p *plan) { cut(&p.shape) })
		s := declare(made.scenario, p)
		if f := s.play(s.begin(), settings{}); f.failure != nil {
			t.Fatalf("%s: %v\n%v", name, f.failure, p)
		}
		if results = append(results, made.result()); results[0] != results[len(results)-1] {
			t.Fatalf("%s: one cut of the rows comes to %s, and %v to %s", name, results[0], p, results[len(results)-1])
		}
	}
}
