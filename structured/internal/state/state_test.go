package state

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tb is what *testing.T, *testing.F and *rapid.T have in common.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

const windowSize = 10

var aPair = types.Struct(types.Nullable("a", types.Double), types.Nullable("b", types.Array(types.Double)))

// shapes are the layouts of keys that the tests run over: each way a table keeps
// them, with and without time.
var shapes = map[string]Layout{
	"none":           {Time: -1},
	"int":            {Time: -1, Keys: []Key{{Type: types.Int}}},
	"bigint":         {Time: -1, Keys: []Key{{Type: types.Bigint}}},
	"double":         {Time: -1, Keys: []Key{{Type: types.Double}}},
	"boolean":        {Time: -1, Keys: []Key{{Type: types.Boolean}}},
	"string":         {Time: -1, Keys: []Key{{Type: types.String}}},
	"struct":         {Time: -1, Keys: []Key{{Type: aPair}}},
	"string, bigint": {Time: -1, Keys: []Key{{Type: types.String}, {Type: types.Bigint}}},
	"window":         {Time: 0, Keys: []Key{{Type: types.Window(), Window: windowSize}}},
	"window, string": {Time: 0, Keys: []Key{{Type: types.Window(), Window: windowSize}, {Type: types.String}}},
	"double, window": {Time: 1, Keys: []Key{{Type: types.Double}, {Type: types.Window(), Window: windowSize}}},
	"timestamp":      {Time: 0, Keys: []Key{{Type: types.Timestamp}}},
	"2 strings, time": {Time: 2, Keys: []Key{
		{Type: types.String}, {Type: types.String}, {Type: types.Timestamp},
	}},
}

// functions are all aggregates; their arguments are the columns of arguments.
var functions = []bound.Aggregate{
	{Function: bound.CountRows, Of: types.Bigint},
	{Function: bound.Count, Of: types.Bigint},
	{Function: bound.Sum, Of: types.Bigint},
	{Function: bound.Sum, Of: types.Double},
	{Function: bound.Min, Of: types.Int},
	{Function: bound.Max, Of: types.Bigint},
	{Function: bound.Min, Of: types.String},
	{Function: bound.Max, Of: types.String},
	{Function: bound.Max, Of: types.Double},
	{Function: bound.Min, Of: types.Double},
	{Function: bound.Max, Of: types.Boolean},
	{Function: bound.Min, Of: types.Window()},
}

var arguments = []types.Type{
	types.Bigint, types.String, types.Bigint, types.Double, types.Int, types.Bigint,
	types.String, types.String, types.Double, types.Double, types.Boolean, types.Window(),
}

func inputSchema(l Layout) types.Schema {
	var schema types.Schema
	for _, key := range l.Keys {
		schema.Fields = append(schema.Fields, types.Nullable("", key.Type))
	}
	for _, t := range arguments {
		schema.Fields = append(schema.Fields, types.Nullable("", t))
	}
	return schema
}

// value draws a value of a type from few, so that keys meet again.
func value(t *rapid.T, of types.Type, nulls bool) any {
	if nulls && rapid.IntRange(0, 7).Draw(t, "null") == 0 {
		return nil
	}
	number := rapid.Int64Range(-5, 5).Draw(t, "number")
	switch of.Kind() {
	case types.KindBoolean:
		return number > 0
	case types.KindInt:
		return int32(number)
	case types.KindBigint, types.KindTimestamp:
		return number
	case types.KindDouble:
		return rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), -1.5, 2}).Draw(t, "double")
	case types.KindString:
		return rapid.SampledFrom([]string{"", "a", "b", "ab", "null", "\x00"}).Draw(t, "string")
	case types.KindArray:
		return []any{value(t, of.Element(), true)}
	default:
		if of == types.Window() {
			return []any{number * windowSize, (number + 1) * windowSize}
		}
		var fields []any
		for _, field := range of.Fields() {
			fields = append(fields, value(t, field.Type, true))
		}
		return fields
	}
}

// batches draws batches with selections.
func batches(t *rapid.T, l Layout) []*vector.Batch {
	schema := inputSchema(l)
	var list []*vector.Batch
	for range rapid.IntRange(0, 4).Draw(t, "batches") {
		b := vector.NewBatch(schema)
		var selection vector.Selection
		for i := range rapid.IntRange(0, 30).Draw(t, "rows") {
			var row []any
			for j, field := range schema.Fields {
				isWindow := j < len(l.Keys) && l.Keys[j].Window != 0
				row = append(row, value(t, field.Type, !isWindow))
			}
			if err := b.AppendRow(row...); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 4).Draw(t, "selected") > 0 {
				selection = append(selection, int32(i))
			}
		}
		if len(selection) > 0 {
			b.Selection = selection
		}
		list = append(list, b)
	}
	return list
}

type pusher interface {
	Push(keys, args []*vector.Column, n int, selection vector.Selection) error
}

func push(t tb, p pusher, l Layout, b *vector.Batch) {
	t.Helper()
	var columns []*vector.Column
	for i := range b.Columns {
		columns = append(columns, &b.Columns[i])
	}
	columns[len(l.Keys)] = nil // count(*) has no argument
	if err := p.Push(columns[:len(l.Keys)], columns[len(l.Keys):], b.Rows, b.Selection); err != nil {
		t.Fatal(err)
	}
}

// dump returns all groups, in order, one a line.
func dump(t tb, k *Keyed) string {
	t.Helper()
	var text strings.Builder
	if err := k.Emit(func(b *vector.Batch) error {
		text.WriteString(b.String())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "\n"); n != int(k.Counts().Rows) {
		t.Fatalf("%d groups come out, Rows says %d", n, int(k.Counts().Rows))
	}
	return text.String()
}

func sortedLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func newKeyed(t tb, l Layout, expire bool) *Keyed {
	t.Helper()
	k, err := NewKeyed(l, expire)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// model is the same aggregation over Go values, a row at a time.
type model struct {
	layout Layout
	groups map[string][]any // by the text of the key: the key's values, then the results
}

func (m *model) add(row []any) {
	var key []any
	for i, v := range row[:len(m.layout.Keys)] {
		if m.layout.Keys[i].Type != types.Window() {
			v = canonical(v)
		}
		key = append(key, v)
	}
	group := m.groups[fmt.Sprint(key...)+fmt.Sprintf("%q", key)]
	if group == nil {
		group = append(slices.Clone(key), make([]any, len(functions))...)
		group[len(key)], group[len(key)+1] = int64(0), int64(0)
		m.groups[fmt.Sprint(key...)+fmt.Sprintf("%q", key)] = group
	}
	for i, function := range functions {
		group[len(key)+i] = fold(function, group[len(key)+i], row[len(key)+i])
	}
}

func canonical(v any) any {
	switch v := v.(type) {
	case float64:
		return keyed.CanonicalFloat(v)
	case []any:
		var list []any
		for _, x := range v {
			list = append(list, canonical(x))
		}
		return list
	default:
		return v
	}
}

func fold(a bound.Aggregate, before, v any) any {
	if a.Function == bound.CountRows {
		return before.(int64) + 1
	}
	if v == nil {
		return before
	}
	if before == nil {
		if number, ok := v.(float64); ok && a.Function == bound.Sum {
			return 0 + number // as Spark has it: the sum of -0.0 is 0.0
		}
		return v
	}
	switch a.Function {
	case bound.Count:
		return before.(int64) + 1
	case bound.Sum:
		if sum, ok := before.(int64); ok {
			return sum + v.(int64)
		}
		return before.(float64) + v.(float64)
	default:
		two := vector.NewColumn(a.Of)
		if err := errors.Join(two.AppendValue(before), two.AppendValue(v)); err != nil {
			panic(err)
		}
		if order := vector.Compare(&two, 1, &two, 0); order > 0 && a.Function == bound.Max || order < 0 && a.Function == bound.Min {
			return v
		}
		return before
	}
}

func (m *model) String() string {
	var text strings.Builder
	for _, group := range m.groups { //det:unordered the caller sorts the lines
		fmt.Fprintln(&text, group...)
	}
	return text.String()
}

func eachShape(t *testing.T, test func(t *rapid.T, l Layout)) {
	for name, l := range shapes {
		l.Aggregates = functions
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) { test(t, l) }))
	}
}

// An aggregation is what a naive one over a map is, however the rows are cut.
func TestAggregationEqualsNaive(t *testing.T) {
	eachShape(t, func(t *rapid.T, l Layout) {
		naive := &model{layout: l, groups: map[string][]any{}}
		k := newKeyed(t, l, false)
		whole, err := NewGrouping(l)
		if err != nil {
			t.Fatal(err)
		}
		k.Begin(0)
		all := vector.NewBatch(inputSchema(l))
		for _, b := range batches(t, l) {
			for i := range b.Len() {
				naive.add(b.Values(i))
			}
			push(t, k, l, b)
			all.Append(b)
		}
		push(t, whole, l, all)
		if got, want := sortedLines(dump(t, k)), sortedLines(naive.String()); got != want {
			t.Fatalf("got\n%swant\n%s", got, want)
		}
		var once strings.Builder
		if groups := whole.Len(); groups != len(naive.groups) {
			t.Fatalf("Len is %d, want %d", groups, len(naive.groups))
		}
		for range 2 { // the second time there is nothing left
			if err := whole.Drain(func(b *vector.Batch) error { once.WriteString(b.String()); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := sortedLines(once.String()), sortedLines(naive.String()); got != want {
			t.Fatalf("one batch gives\n%sparts\n%s", got, want)
		}
	})
}

// What an epoch does is undone without a trace, also the closing of windows; and
// doing it again leads to where it led before.
func TestRollback(t *testing.T) {
	eachShape(t, func(t *rapid.T, l Layout) {
		k := newKeyed(t, l, l.Time >= 0)
		mark := int64(math.MinInt64)
		for range 3 {
			late := mark
			before := ""
			k.Begin(late)
			before = dump(t, k)
			for range 2 { // failed attempts
				for _, b := range batches(t, l) {
					push(t, k, l, b)
				}
				if err := k.Close(rapid.Int64Range(-60, 60).Draw(t, "watermark"), nil); err != nil {
					t.Fatal(err)
				}
				k.Rollback()
				if after := dump(t, k); after != before {
					t.Fatalf("after a rollback\n%sbefore\n%s", after, before)
				}
				if k.Counts().Dropped != 0 {
					t.Fatalf("%d rows dropped after a rollback", k.Counts().Dropped)
				}
				k.Begin(late)
			}
			list := batches(t, l)
			mark = max(mark, rapid.Int64Range(-60, 60).Draw(t, "watermark"))
			run := func() string {
				for _, b := range list {
					push(t, k, l, b)
				}
				if err := k.Close(mark, nil); err != nil {
					t.Fatal(err)
				}
				return dump(t, k) + fmt.Sprint(k.Counts().Dropped)
			}
			first := run()
			k.Rollback()
			k.Begin(late)
			if again := run(); again != first {
				t.Fatalf("the second attempt\n%sthe first\n%s", again, first)
			}
		}
	})
}

// State recovered from changes alone, or from snapshots and later changes, is the
// state that was lost, the order of its groups included.
func TestRecovery(t *testing.T) {
	eachShape(t, func(t *rapid.T, l Layout) {
		k := newKeyed(t, l, l.Time >= 0)
		fromLog, fromSnapshot := newKeyed(t, l, l.Time >= 0), newKeyed(t, l, l.Time >= 0)
		mark := int64(math.MinInt64)
		epochs := rapid.IntRange(1, 4).Draw(t, "epochs")
		snapshotAfter := rapid.IntRange(0, epochs-1).Draw(t, "snapshot")
		for epoch := range epochs {
			k.Begin(mark)
			for _, b := range batches(t, l) {
				push(t, k, l, b)
			}
			mark = max(mark, rapid.Int64Range(-60, 60).Draw(t, "watermark"))
			if err := k.Close(mark, nil); err != nil {
				t.Fatal(err)
			}
			last := -1
			if err := k.Changes(func(group int, frame []byte) error {
				if group <= last {
					return fmt.Errorf("key group %d after %d", group, last)
				}
				last = group
				err := fromLog.Apply(frame)
				if epoch > snapshotAfter {
					err = errors.Join(err, fromSnapshot.Apply(frame))
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if epoch == snapshotAfter {
				copyGroups(t, k, fromSnapshot)
			}
		}
		k.Begin(mark)
		want := dump(t, k)
		for name, recovered := range map[string]*Keyed{"log": fromLog, "snapshot": fromSnapshot} {
			recovered.Begin(mark)
			if got := dump(t, recovered); got != want {
				t.Fatalf("from %s\n%swant\n%s", name, got, want)
			}
		}
	})
}

// copyGroups moves state by snapshots of all key groups.
func copyGroups(t tb, from, to *Keyed) {
	t.Helper()
	for group := range keyed.Groups {
		var snapshot bytes.Buffer
		if err := from.Snapshot(group, &snapshot); err != nil {
			t.Fatal(err)
		}
		if snapshot.Len() == 0 {
			continue
		}
		if err := to.Restore(group, &snapshot); err != nil {
			t.Fatal(err)
		}
	}
}

// The order in which groups come out does not depend on how many partitions state
// is spread over: key groups of several machines, one after the other, are those of
// one.
func TestOrderIsByKeyGroup(t *testing.T) {
	l := shapes["string"]
	l.Aggregates = functions[:1]
	k := newKeyed(t, l, false)
	k.Begin(0)
	b := vector.NewBatch(types.NewSchema(types.Nullable("", types.String)))
	for i := range 5000 {
		if err := b.AppendRow(fmt.Sprint("key ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Push([]*vector.Column{&b.Columns[0]}, []*vector.Column{nil}, b.Rows, nil); err != nil {
		t.Fatal(err)
	}
	last := 0
	if err := k.Emit(func(b *vector.Batch) error {
		for i := range b.Rows {
			group := keyed.Group(keyed.HashBytes(b.Columns[0].String(i)))
			if group < last {
				return fmt.Errorf("key group %d after %d", group, last)
			}
			last = group
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if last == 0 {
		t.Fatal("nothing came out")
	}
}

// Hashes are facts on disk.
func TestHashIsFixed(t *testing.T) {
	pair := types.Struct(types.Nullable("a", types.Bigint), types.Nullable("b", types.String))
	for _, c := range []struct {
		name string
		of   []types.Type
		row  []any
		want uint64
	}{
		{"int as in an RDD", []types.Type{types.Int}, []any{int32(-7)}, keyed.HashUint64(^uint64(6))},
		{"bigint as in an RDD", []types.Type{types.Bigint}, []any{int64(42)}, keyed.HashUint64(42)},
		{"string as in an RDD", []types.Type{types.String}, []any{"word"}, keyed.HashString("word")},
		{"double as in an RDD", []types.Type{types.Double}, []any{2.5}, keyed.HashFloat64(2.5)},
		{"-0.0 is 0.0", []types.Type{types.Double}, []any{math.Copysign(0, -1)}, keyed.HashFloat64(0)},
		// The constants were computed apart, from the definition.
		{"null", []types.Type{types.String}, []any{nil}, 0xbac7f4c4a1353296},
		{"no key", nil, nil, 0xef46db3751d8e999},
		{"two columns", []types.Type{types.Bigint, types.String}, []any{int64(1), "a"}, 0x6e8ed81fd9f69888},
		{"struct", []types.Type{pair}, []any{[]any{int64(1), "a"}}, 0x6e8ed81fd9f69888},
		{"array", []types.Type{types.Array(types.Boolean)}, []any{[]any{true, nil}}, 0x5a506bbe0d516f68},
	} {
		t.Run(c.name, func(t *testing.T) {
			var keys []*vector.Column
			for i, of := range c.of {
				column := vector.NewColumn(of)
				if err := column.AppendValue(c.row[i]); err != nil {
					t.Fatal(err)
				}
				keys = append(keys, &column)
			}
			var hasher Hasher
			var hash [1]uint64
			hasher.Hash(keys, nil, hash[:])
			if hash[0] != c.want {
				t.Errorf("got %#x, want %#x", hash[0], c.want)
			}
		})
	}
}

func TestSumOverflow(t *testing.T) {
	l := Layout{Time: -1, Aggregates: []bound.Aggregate{{Function: bound.Sum, Of: types.Bigint, Arg: bound.Literal{Value: int64(1), Of: types.Bigint}}}}
	k := newKeyed(t, l, false)
	k.Begin(0)
	column := vector.NewColumn(types.Bigint)
	column.AppendLong(math.MaxInt64)
	column.AppendLong(1)
	err := k.Push(nil, []*vector.Column{&column}, 2, nil)
	var f *fault.Error
	if !errors.As(err, &f) || f.Condition != "ARITHMETIC_OVERFLOW" {
		t.Fatalf("got %v", err)
	}
	k.Rollback()
	if int(k.Counts().Rows) != 0 {
		t.Errorf("%d groups after the rollback", int(k.Counts().Rows))
	}
}

// Damaged frames are errors, and neither a panic nor a great allocation.
func FuzzApply(f *testing.F) {
	l := shapes["window, string"]
	l.Aggregates = functions
	k := newKeyed(f, l, true)
	k.Begin(0)
	b := vector.NewBatch(inputSchema(l))
	if err := b.AppendRow(append([]any{[]any{int64(10), int64(20)}, "a"}, make([]any, len(arguments))...)...); err != nil {
		f.Fatal(err)
	}
	push(f, k, l, b)
	if err := k.Changes(func(_ int, frame []byte) error { f.Add(bytes.Clone(frame)); return nil }); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{frameVersion, 0, 255, 255, 255, 255, 15})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, frame []byte) {
		k := newKeyed(t, l, true)
		if err := k.Apply(frame); err == nil && int(k.Counts().Rows) > len(frame) {
			t.Errorf("%d groups from %d bytes", int(k.Counts().Rows), len(frame))
		}
	})
}

func TestRefused(t *testing.T) {
	k := newKeyed(t, Layout{Time: -1, Keys: []Key{{Type: types.Bigint}}}, false)
	for name, frame := range map[string][]byte{
		"empty":            {},
		"another version":  {2, 0, 0},
		"key group 1024":   {frameVersion, 0x80, 0x08, 0},
		"cut off":          {frameVersion, 1, 1},
		"too long":         {frameVersion, 1, 0, 0},
		"another's key":    {frameVersion, 1, 1, 1, 2},
		"malformed bigint": {frameVersion, 1, 1, 1, 0xff},
	} {
		if err := k.Apply(frame); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := k.Restore(3, bytes.NewReader([]byte{3, frameVersion, 1, 0})); err == nil {
		t.Error("a snapshot of another key group is restored")
	}
	if err := k.Restore(3, bytes.NewReader([]byte{9, frameVersion})); err == nil {
		t.Error("a snapshot that is cut off is restored")
	}
	k.Begin(0)
	if err := k.Apply([]byte{frameVersion, 1, 0}); err == nil {
		t.Error("a frame is applied within an epoch")
	}
	if _, err := NewKeyed(Layout{Time: 0, Keys: []Key{{Type: types.String}}}, true); err == nil {
		t.Error("a string is taken for a time")
	}
	if _, err := NewGrouping(Layout{Time: -1, Aggregates: []bound.Aggregate{{Function: bound.Sum, Of: types.String}}}); err == nil {
		t.Error("strings are summed up")
	}
}
