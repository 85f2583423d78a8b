package exec

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// events is a table of times, in seconds, as rows of a query's input.
var events = types.NewSchema(types.Nullable("t", types.Timestamp))

// query is a windowed count over times, driven as a stream is: epoch by epoch, with
// a watermark that follows from what was seen.
type query struct {
	t         *testing.T
	chain     Machine
	watermark *Watermark
	stateful  Stateful
	delay     int64
	out       collector

	epoch      int64
	mark, late int64 // of this epoch
}

// newQuery counts by window (grid.Size > 0) or by the time itself.
func newQuery(t *testing.T, grid bound.Window, mode physical.Mode, delay int64) *query {
	t.Helper()
	var node physical.Node = &physical.Watermark{Input: input(events), Column: 0}
	marks := machine(t, node).(*Watermark)
	machines := []Machine{marks}
	key := physical.Key{Field: types.Nullable("t", types.Timestamp)}
	if grid.Size > 0 {
		node = &physical.Window{Input: node, Time: column(events, 0), Grid: grid, Name: "window"}
		machines = append(machines, machine(t, node))
		key = physical.Key{Field: types.Required("window", types.Window()), Window: &grid}
	}
	count := []bound.Aggregate{{Function: bound.CountRows, Of: types.Bigint}}
	schema := node.Schema()
	partial := &physical.PartialAggregate{
		Input: node, Keys: []physical.Key{key}, Aggregates: count,
		KeyExprs: []bound.Expr{column(schema, schema.Len()-1)},
	}
	node = &physical.StatefulAggregate{
		Input: partial, Name: "count", Keys: partial.Keys, Aggregates: count,
		Names: []string{"count"}, EventTime: 0, Mode: mode,
	}
	stateful := machine(t, node).(Stateful)
	machines = append(machines, machine(t, partial), stateful)
	return &query{t: t, chain: Chain(machines...), watermark: marks, stateful: stateful, delay: delay * second}
}

// run runs one epoch over these times, nil for null, and returns what comes out:
// start, end and count, or time and count, in seconds.
func (q *query) run(times ...any) string {
	q.t.Helper()
	b := vector.NewBatch(events)
	for _, t := range times {
		if whole, ok := t.(int); ok {
			t = int64(whole) * second
		}
		if err := b.AppendRow(t); err != nil {
			q.t.Fatal(err)
		}
	}
	q.stateful.Begin(q.epoch, q.late)
	push(q.t, q.chain, b, q.out.emit)
	mark(q.t, q.chain, Marker{Epoch: q.epoch, Watermark: q.mark}, q.out.emit)
	q.late = q.mark
	if seen := q.watermark.Take(); seen.Rows > 0 {
		q.mark = max(q.mark, seen.Max-q.delay)
	}
	q.epoch++
	for _, r := range q.out.rows {
		if window, ok := r[0].([]any); ok {
			r[0] = []any{window[0].(int64) / second, window[1].(int64) / second}
		} else if t, ok := r[0].(int64); ok {
			r[0] = t / second
		}
	}
	return q.out.take()
}

func tumbling(seconds int64) bound.Window {
	return bound.Window{Size: seconds * second, Slide: seconds * second}
}

// step is one epoch of a trap.
type step struct {
	times   []any
	want    string
	mark    int64 // the watermark after it, in seconds
	dropped int64
	rows    int // groups kept after it
}

// Traps of specification "Structured streaming", section 14, by number.
func TestTraps(t *testing.T) {
	none := []any(nil)
	for _, trap := range []struct {
		name  string
		grid  bound.Window
		mode  physical.Mode
		delay int64
		steps []step
	}{
		{"1 window end = watermark closes it", tumbling(5), physical.Append, 10, []step{
			{times: []any{10, 11, 12, 13, 14, 15}, mark: 5, rows: 2},
			{times: none, mark: 5, rows: 2},
			{times: []any{25}, mark: 15, rows: 3},
			{times: none, want: text("[10 15] 5"), mark: 15, rows: 2},
		}},
		{"2, 3 late by the window's end", tumbling(5), physical.Append, 10, []step{
			{times: []any{25}, mark: 15, rows: 1},
			{times: none, mark: 15, rows: 1},
			{times: []any{10}, mark: 15, dropped: 1, rows: 1},
			{times: []any{14, 15}, mark: 15, dropped: 1, rows: 2},
		}},
		{"4, 5 update: older than the watermark but its window is open; nothing at eviction", tumbling(5), physical.Update, 10, []step{
			{times: []any{28}, want: text("[25 30] 1"), mark: 18, rows: 1},
			{times: none, mark: 18, rows: 1},
			{times: []any{16}, want: text("[15 20] 1"), mark: 18, rows: 2},
			{times: []any{30}, want: text("[30 35] 1"), mark: 20, rows: 3},
			{times: none, mark: 20, rows: 2},
		}},
		{"6 complete: no drop, no eviction", tumbling(5), physical.Complete, 10, []step{
			{times: []any{10, 50}, want: text("[10 15] 1", "[50 55] 1"), mark: 40, rows: 2},
			{times: []any{10}, want: text("[10 15] 2", "[50 55] 1"), mark: 40, rows: 2},
		}},
		{"7 one batch is never late to itself", tumbling(5), physical.Append, 0, []step{
			{times: []any{100, 1}, mark: 100, rows: 2},
			{times: none, want: text("[0 5] 1"), mark: 100, rows: 1},
		}},
		{"8 the first watermark is 0", tumbling(5), physical.Append, 10, []step{
			{times: []any{-100, -3, 3}, mark: 0, dropped: 2, rows: 1},
		}},
		{"9 null times have no window and move no watermark", tumbling(5), physical.Append, 10, []step{
			{times: []any{nil, nil}, mark: 0},
		}},
		{"16 late goes by the watermark before", tumbling(5), physical.Append, 0, []step{
			{times: []any{100}, mark: 100, rows: 1},
			{times: []any{1}, want: text("[0 5] 1"), mark: 100, rows: 1},
			{times: []any{2}, mark: 100, dropped: 1, rows: 1},
		}},
		{"17 by the time itself", bound.Window{}, physical.Append, 1, []step{
			{times: []any{5, 5, 6}, mark: 5, rows: 2},
			{times: none, want: text("5 2"), mark: 5, rows: 1},
			{times: []any{5}, mark: 5, dropped: 1, rows: 1},
		}},
		{"18 sliding", bound.Window{Size: 10 * second, Slide: 5 * second}, physical.Append, 0, []step{
			{times: []any{12}, mark: 12, rows: 2},
			{times: none, mark: 12, rows: 2},
			{times: []any{17}, mark: 17, rows: 3},
			{times: none, want: text("[5 15] 1"), mark: 17, rows: 2},
			{times: []any{13}, mark: 17, dropped: 1, rows: 2},
			{times: []any{30}, mark: 30, rows: 4},
			{times: none, want: text("[10 20] 3", "[15 25] 1"), mark: 30, rows: 2},
		}},
		{"a null time is never late and never closed", bound.Window{}, physical.Append, 0, []step{
			{times: []any{nil, 5}, mark: 5, rows: 2},
			{times: none, want: text("5 1"), mark: 5, rows: 1},
			{times: []any{nil, 100}, mark: 100, rows: 2},
			{times: none, want: text("100 1"), mark: 100, rows: 1},
		}},
	} {
		t.Run(trap.name, func(t *testing.T) {
			q := newQuery(t, trap.grid, trap.mode, trap.delay)
			for i, s := range trap.steps {
				if got := q.run(s.times...); got != s.want {
					t.Errorf("epoch %d: got\n%swant\n%s", i, got, s.want)
				}
				if q.mark != s.mark*second || q.stateful.Counts().Dropped != s.dropped || int(q.stateful.Counts().Rows) != s.rows {
					t.Errorf("epoch %d: watermark %d, dropped %d, rows %d, want %d, %d, %d", i,
						q.mark/second, q.stateful.Counts().Dropped, int(q.stateful.Counts().Rows), s.mark, s.dropped, s.rows)
				}
			}
		})
	}
}
