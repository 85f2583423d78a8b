package exec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/coerce"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// visits are rows of a time, a key and a number.
var visits = types.NewSchema(types.Nullable("t", types.Timestamp), types.Nullable("k", types.String), types.Nullable("v", types.Bigint))

// operator is one stateful operator, what feeds it, and what it should do.
type operator struct {
	name  string
	below []physical.Node
	node  physical.Stateful
	model func() model
}

// model says what an operator gives: rows that come in an epoch, and the marks.
type model func(rows []row, late, mark int64) (out []string, kept int, dropped int64)

func operators() []operator {
	in := input(visits)
	count := []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}, {Function: bound.Sum, Arg: column(visits, 2), Of: types.Bigint}}
	gap := bound.Literal{Value: types.CalendarInterval{Microseconds: 5 * second}, Of: types.Calendar}
	end, err := function.Arithmetic(coerce.Session{ANSI: true}, bound.Add, []bound.Expr{column(visits, 0), gap})
	if err != nil {
		panic(err)
	}
	session := &physical.Session{Input: in, Time: column(visits, 0), End: end, Name: "s"}
	spans := session.Schema()
	keys := []physical.Key{{Field: spans.Fields[1]}, {Field: spans.Fields[3]}}
	partial := &physical.PartialAggregate{Input: session, Keys: keys, KeyExprs: []bound.Expr{column(spans, 1), column(spans, 3)}, Aggregates: count}
	aggregate := physical.SessionAggregate{Input: partial, Keys: keys, At: 1, Aggregates: count, Names: []string{"n", "sum"}}
	key, at := physical.Key{Field: visits.Fields[1]}, physical.Key{Field: visits.Fields[0]}
	return []operator{
		{"sessions", []physical.Node{session, partial}, &physical.StatefulSessions{SessionAggregate: aggregate, Name: "s"}, sessionModel},
		{"duplicates", nil, &physical.StatefulDeduplicate{Input: in, Name: "d", Keys: []physical.Key{key}, Columns: []int{1}, EventTime: -1}, duplicateModel(func(r row) (string, int64) {
			return fmt.Sprint(r[1]), 1 << 62
		}, false)},
		{"duplicates by time", nil, &physical.StatefulDeduplicate{Input: in, Name: "d", Keys: []physical.Key{at, key}, Columns: []int{0, 1}, EventTime: 0}, duplicateModel(func(r row) (string, int64) {
			if r[0] == nil {
				return fmt.Sprint(r[0], r[1]), 1 << 62
			}
			return fmt.Sprint(r[0], r[1]), r[0].(int64)
		}, true)},
		{"duplicates within", nil, &physical.StatefulDeduplicate{Input: in, Name: "d", Keys: []physical.Key{key}, Columns: []int{1}, EventTime: 0, Within: true, Delay: 3 * time.Second}, duplicateModel(func(r row) (string, int64) {
			if r[0] == nil {
				return fmt.Sprint(r[1]), 3 * second
			}
			return fmt.Sprint(r[1]), r[0].(int64) + 3*second
		}, true)},
		{"limit", nil, &physical.StatefulLimit{Input: in, Name: "l", N: 5}, limitModel},
	}
}

func sessionModel() model {
	type open struct {
		key          any
		start, end   int64
		count, total int64
	}
	var sessions []open
	return func(rows []row, late, mark int64) (out []string, kept int, dropped int64) {
		lateSpans := map[string]bool{} // rows of one span are one row after the partial aggregation
		for _, r := range rows {
			if r[0] == nil {
				continue
			}
			merged := open{r[1], r[0].(int64), r[0].(int64) + 5*second, 1, r[2].(int64)}
			if merged.end <= late {
				lateSpans[fmt.Sprint(r[0], r[1])] = true
				continue
			}
			sessions = slices.DeleteFunc(sessions, func(s open) bool {
				if s.key != merged.key || s.start > merged.end || merged.start > s.end {
					return false
				}
				merged.start, merged.end = min(s.start, merged.start), max(s.end, merged.end)
				merged.count, merged.total = merged.count+s.count, merged.total+s.total
				return true
			})
			sessions = append(sessions, merged)
		}
		sessions = slices.DeleteFunc(sessions, func(s open) bool {
			if s.end <= mark {
				out = append(out, fmt.Sprint(s.key, " ", []any{s.start, s.end}, " ", s.count, " ", s.total))
			}
			return s.end <= mark
		})
		return out, len(sessions), int64(len(lateSpans))
	}
}

// duplicateModel keeps keys until a time.
func duplicateModel(of func(row) (key string, until int64), drops bool) func() model {
	return func() model {
		seen := map[string]int64{}
		return func(rows []row, late, mark int64) (out []string, kept int, dropped int64) {
			for _, r := range rows {
				key, until := of(r)
				if drops && r[0] != nil && r[0].(int64) <= late {
					dropped++
					continue
				}
				if _, again := seen[key]; !again {
					seen[key] = until
					out = append(out, strings.TrimSuffix(lines([]row{r}), "\n"))
				}
			}
			for key, until := range seen {
				if until <= mark {
					delete(seen, key)
				}
			}
			return out, len(seen), dropped
		}
	}
}

func limitModel() model {
	given := 0
	return func(rows []row, _, _ int64) (out []string, kept int, dropped int64) {
		for _, r := range rows {
			if given < 5 {
				given++
				out = append(out, strings.TrimSuffix(lines([]row{r}), "\n"))
			}
		}
		return out, min(given, 1), 0
	}
}

// trial is a run of an operator.
type trial struct {
	t       *rapid.T
	o       operator
	below   Machine
	machine Stateful
	out     collector
	log     [][]byte           // frames since base
	groups  [keyed.Groups]bool // those that were ever changed
	base    [keyed.Groups][]byte
}

func newTrial(t *rapid.T, o operator) *trial {
	r := &trial{t: t, o: o}
	var machines []Machine
	for _, node := range o.below {
		m, err := New(node)
		if err != nil {
			t.Fatal(err)
		}
		machines = append(machines, m)
	}
	r.below = Chain(machines...)
	r.fresh()
	return r
}

func (r *trial) fresh() {
	m, err := New(r.o.node)
	if err != nil {
		r.t.Fatal(err)
	}
	r.machine = m.(Stateful)
}

func (r *trial) check(err error) {
	if err != nil {
		r.t.Helper()
		r.t.Fatal(err)
	}
}

// attempt runs an epoch up to its marker, or only its first rows.
func (r *trial) attempt(epoch int64, rows []row, late, mark int64, whole bool) {
	r.out.rows = nil
	b := vector.NewBatch(visits)
	for _, values := range rows {
		r.check(b.AppendRow(values...))
	}
	feed := func(b *vector.Batch) error { return r.machine.Push(0, b, r.out.emit) }
	r.machine.Begin(epoch, late)
	r.check(r.below.Push(0, b, feed))
	if whole || r.o.below != nil {
		r.check(r.below.Marker(0, Marker{Epoch: epoch, Watermark: mark}, feed))
	}
	if whole {
		r.check(r.machine.Marker(0, Marker{Epoch: epoch, Watermark: mark}, r.out.emit))
	}
}

func (r *trial) commit() {
	r.check(r.machine.Changes(func(group int, frame []byte) error {
		r.groups[group] = true
		r.log = append(r.log, bytes.Clone(frame))
		return nil
	}))
}

// snapshot makes the state of now the base of the log.
func (r *trial) snapshot() {
	r.log = nil
	for group, changed := range r.groups {
		if !changed {
			continue
		}
		var state bytes.Buffer
		r.check(r.machine.Snapshot(group, &state))
		r.base[group] = state.Bytes()
	}
}

// restart loses the machine and restores its state.
func (r *trial) restart() {
	r.check(r.machine.Close())
	r.fresh()
	for group, state := range r.base {
		if state == nil {
			continue
		}
		r.check(r.machine.Restore(group, bytes.NewReader(state)))
	}
	for _, frame := range r.log {
		r.check(r.machine.Apply(frame))
	}
}

// TestOperatorsOverRestarts runs each operator twice over random epochs: one run is
// never disturbed, in the other attempts fail and the process is restarted from
// snapshots and logs. Both must give the same rows in the same order, and what a model
// of the operator says.
func TestOperatorsOverRestarts(t *testing.T) {
	for _, o := range operators() {
		t.Run(o.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				calm, shaken := newTrial(t, o), newTrial(t, o)
				want := o.model()
				var late, mark, latest int64
				for epoch := range int64(rapid.IntRange(1, 8).Draw(t, "epochs")) {
					rows := rapid.SliceOfN(rapid.Custom(drawVisit(latest)), 0, 6).Draw(t, "rows")
					for _, r := range rows {
						if r[0] != nil {
							latest = max(latest, r[0].(int64))
						}
					}
					calm.attempt(epoch, rows, late, mark, true)
					for range rapid.IntRange(0, 2).Draw(t, "failed attempts") {
						shaken.attempt(epoch, rows[:len(rows)/2], late, mark, rapid.Bool().Draw(t, "late failure"))
						shaken.machine.Rollback()
						if o.below != nil { // its machines are new in each attempt
							fresh := newTrial(t, o)
							shaken.below = fresh.below
						}
					}
					shaken.attempt(epoch, rows, late, mark, true)
					if a, b := lines(calm.out.rows), lines(shaken.out.rows); a != b {
						t.Fatalf("epoch %d: undisturbed\n%sdisturbed\n%s", epoch, a, b)
					}
					out, kept, dropped := want(rows, late, mark)
					got := strings.Split(strings.TrimSuffix(lines(calm.out.rows), "\n"), "\n")
					if len(out) == 0 {
						out = []string{""}
					}
					slices.Sort(got)
					slices.Sort(out)
					if !slices.Equal(got, out) {
						t.Fatalf("epoch %d: got %q, want %q", epoch, got, out)
					}
					for _, c := range []state.Counts{calm.machine.Counts(), shaken.machine.Counts()} {
						if c.Rows != int64(kept) || c.Dropped != dropped {
							t.Fatalf("epoch %d: counts %+v, want %d rows, %d dropped", epoch, c, kept, dropped)
						}
					}
					shaken.commit()
					if rapid.Bool().Draw(t, "snapshot") {
						shaken.snapshot()
					}
					if rapid.Bool().Draw(t, "restart") {
						shaken.restart()
					}
					late = mark
					if rapid.Bool().Draw(t, "advance") {
						mark = max(mark, latest-4*second)
					}
				}
			})
		})
	}
}

func drawVisit(latest int64) func(t *rapid.T) row {
	return func(t *rapid.T) row {
		var at, key any
		if rapid.IntRange(0, 9).Draw(t, "null time") > 0 {
			at = latest + rapid.Int64Range(-8, 8).Draw(t, "time")*second
		}
		if rapid.IntRange(0, 9).Draw(t, "null key") > 0 {
			key = rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "key")
		}
		return row{at, key, rapid.Int64Range(0, 9).Draw(t, "v")}
	}
}
