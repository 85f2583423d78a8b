package vector

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everything has a column of each type.
var everything = types.NewSchema(
	types.Nullable("void", types.Void),
	types.Nullable("boolean", types.Boolean),
	types.Nullable("int", types.Int),
	types.Nullable("bigint", types.Bigint),
	types.Nullable("double", types.Double),
	types.Nullable("string", types.String),
	types.Nullable("timestamp", types.Timestamp),
	types.Nullable("tinyint", types.Tinyint),
	types.Nullable("smallint", types.Smallint),
	types.Nullable("float", types.Float),
	types.Nullable("decimal", types.Decimal(38, 5)),
	types.Nullable("binary", types.Binary),
	types.Nullable("date", types.Date),
	types.Nullable("ntz", types.TimestampNTZ),
	types.Nullable("months", types.YearMonth),
	types.Nullable("length", types.DayTime),
	types.Nullable("interval", types.Calendar),
	types.Nullable("map", types.Map(types.String, types.Date)),
	types.Nullable("array", types.Array(types.String)),
	types.Nullable("booleans", types.Array(types.Boolean)),
	types.Nullable("window", types.Window()),
	types.Nullable("nested", types.Struct(
		types.Nullable("a", types.Array(types.Window())), types.Nullable("b", types.Boolean))),
)

func value(t *rapid.T, of types.Type) any {
	if of == types.Void || rapid.IntRange(0, 5).Draw(t, "null") == 0 {
		return nil
	}
	switch of.Layout() {
	case types.LayoutBit:
		return rapid.Bool().Draw(t, "boolean")
	case types.Layout8:
		return rapid.Int8().Draw(t, "tinyint")
	case types.Layout16:
		return rapid.Int16().Draw(t, "smallint")
	case types.Layout32:
		return rapid.Int32().Draw(t, "int")
	case types.Layout64:
		return rapid.Int64().Draw(t, "bigint")
	case types.LayoutFloat:
		return rapid.SampledFrom([]float32{0, float32(math.NaN()), -1.5}).Draw(t, "float")
	case types.Layout128:
		if of == types.Calendar {
			return types.CalendarInterval{
				Months: rapid.Int32().Draw(t, "months"), Days: rapid.Int32().Draw(t, "days"),
				Microseconds: rapid.Int64Range(math.MinInt64/1000, math.MaxInt64/1000).Draw(t, "microseconds"),
			}
		}
		return decimal128.New(rapid.Int64().Draw(t, "high"), rapid.Uint64().Draw(t, "low"))
	case types.LayoutDouble:
		return rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(-1), 1.5}).Draw(t, "double")
	case types.LayoutBytes:
		if of == types.Binary {
			return []byte(rapid.StringN(0, 5, -1).Draw(t, "binary"))
		}
		return rapid.StringN(0, 5, -1).Draw(t, "string")
	case types.LayoutList:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			element := value(t, of.Element())
			if of.Kind() == types.KindMap { // whose entries and keys are never null
				element = []any{rapid.StringN(0, 3, -1).Draw(t, "key"), value(t, of.Value())}
			}
			list = append(list, element)
		}
		return list
	default:
		fields := []any{}
		for _, field := range of.Fields() {
			fields = append(fields, value(t, field.Type))
		}
		return fields
	}
}

// rows draws rows of a batch and whether they are selected.
func rows(t *rapid.T, most int) (b *Batch, values [][]any) {
	b = NewBatch(everything)
	for range rapid.IntRange(0, most).Draw(t, "rows") {
		var row []any
		for _, field := range everything.Fields {
			row = append(row, value(t, field.Type))
		}
		if err := b.AppendRow(row...); err != nil {
			t.Fatal(err)
		}
		values = append(values, row)
	}
	if rapid.Bool().Draw(t, "select") {
		b.Selection = Selection{}
		var selected [][]any
		for i, row := range values {
			if rapid.Bool().Draw(t, "selected") {
				b.Selection = append(b.Selection, int32(i))
				selected = append(selected, row)
			}
		}
		values = selected
	}
	return b, values
}

func check(t *rapid.T, what string, b *Batch, want [][]any) {
	t.Helper()
	if b.Len() != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, b.Len(), len(want))
	}
	for i, row := range want {
		if got := b.Values(i); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", row) {
			t.Fatalf("%s, row %d: got %#v, want %#v", what, i, got, row)
		}
	}
}

// Rows come back as they went in: out of batches, copies, slices, Arrow and bytes.
func TestRowsSurvive(t *testing.T) {
	reused := NewBatch(everything) // its memory has held other rows before
	var imported Batch
	rapid.Check(t, func(t *rapid.T) {
		b, want := rows(t, 80)
		check(t, "batch", b, want)
		check(t, "clone", b.Clone(), want)

		reused.Reset()
		first := 0
		if b.Len() > 0 {
			first = rapid.IntRange(0, b.Len()).Draw(t, "first")
		}
		reused.AppendRows(b, 0, first)
		reused.AppendRows(b, first, b.Len())
		check(t, "two parts", reused, want)

		var order []int32
		var ordered [][]any
		for range rapid.IntRange(0, 2*len(want)).Draw(t, "gathered") {
			i := rapid.IntRange(0, len(want)-1).Draw(t, "row")
			order, ordered = append(order, int32(i)), append(ordered, want[i])
		}
		gathered := NewBatch(everything)
		gathered.Gather(reused, order)
		check(t, "gathered", gathered, ordered)

		to := rapid.IntRange(0, len(want)).Draw(t, "to")
		from := rapid.IntRange(0, to).Draw(t, "from")
		slice := &Batch{Rows: to - from}
		for i := range reused.Columns {
			slice.Columns = append(slice.Columns, reused.Columns[i].Slice(from, to))
		}
		check(t, "slice", slice, want[from:to])
		check(t, "clone of a slice", slice.Clone(), want[from:to])

		record, err := b.Record(everything.Arrow())
		if err != nil {
			t.Fatal(err)
		}
		defer record.Release()
		if err := imported.FromArrow(record); err != nil {
			t.Fatal(err)
		}
		check(t, "Arrow", &imported, want)
		part := record.NewSlice(int64(from), int64(to))
		defer part.Release()
		if err := imported.FromArrow(part); err != nil {
			t.Fatal(err)
		}
		check(t, "slice in Arrow", &imported, want[from:to])

		read := NewBatch(everything)
		for i := range b.Len() {
			for j := range b.Columns {
				bytes := b.Columns[j].AppendBinary([]byte("before"), b.Row(i))
				rest, err := read.Columns[j].ReadBinary(append(bytes[len("before"):], "after"...))
				if err != nil || string(rest) != "after" {
					t.Fatalf("read %q: rest %q, error %v", bytes, rest, err)
				}
			}
			read.Rows++
		}
		check(t, "bytes", read, want)
	})
}

// Arrow's own arrays agree with what a record of ours says.
func TestArrowAgrees(t *testing.T) {
	allocator := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer allocator.AssertSize(t, 0)
	builder := array.NewRecordBuilder(allocator, types.NewSchema(
		types.Nullable("s", types.String), types.Nullable("l", types.Array(types.Bigint)), types.Nullable("b", types.Boolean)).Arrow())
	defer builder.Release()
	for i := range 100 {
		texts, lists, bools := builder.Field(0).(*array.StringBuilder), builder.Field(1).(*array.ListBuilder), builder.Field(2).(*array.BooleanBuilder)
		if i%7 == 0 {
			texts.AppendNull()
			lists.AppendNull()
			bools.AppendNull()
			continue
		}
		texts.Append(fmt.Sprint("text ", i))
		lists.Append(true)
		lists.ValueBuilder().(*array.Int64Builder).AppendValues([]int64{int64(i), 5}, nil)
		bools.Append(i%2 == 0)
	}
	record := builder.NewRecordBatch()
	defer record.Release()
	part := record.NewSlice(13, 87)
	defer part.Release()
	var b Batch
	if err := b.FromArrow(part); err != nil {
		t.Fatal(err)
	}
	for i := range b.Len() {
		want := []any{fmt.Sprint("text ", i+13), []any{int64(i + 13), int64(5)}, (i+13)%2 == 0}
		if (i+13)%7 == 0 {
			want = []any{nil, nil, nil}
		}
		if got := b.Values(i); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("row %d: got %v, want %v", i, got, want)
		}
	}
	if &b.Columns[0].Bytes[0] != &part.Column(0).(*array.String).Data().Buffers()[2].Bytes()[0] {
		t.Error("strings were copied")
	}
	again, err := b.Record(part.Schema())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Release()
	if !array.RecordEqual(part, again) {
		t.Errorf("got %v\nwant %v", again, part)
	}
}

func TestFromArrowRefuses(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "small", Type: arrow.PrimitiveTypes.Uint8}}, nil)
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	record := builder.NewRecordBatch()
	defer record.Release()
	var b Batch
	if err := b.FromArrow(record); err == nil {
		t.Error("a column of uint8 is taken")
	}
}

// Parts are bounded, in order, and hold each row that counts once.
func TestCut(t *testing.T) {
	schema := types.NewSchema(types.Required("n", types.Bigint), types.Required("odd", types.Boolean))
	b := NewBatch(schema)
	for i := range 2*MaxRows + 10 {
		if err := b.AppendRow(int64(i), i%2 == 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, selection := range []Selection{nil, {}, {0, MaxRows - 1, MaxRows, 2 * MaxRows}, {5}} {
		b.Selection = selection
		next := 0
		if err := b.Cut(func(part *Batch) error {
			if part.Rows > MaxRows {
				return fmt.Errorf("a part of %d rows", part.Rows)
			}
			for i := range part.Len() {
				if got, want := part.Values(i), b.Values(next); fmt.Sprint(got) != fmt.Sprint(want) {
					return fmt.Errorf("row %d: got %v, want %v", next, got, want)
				}
				next++
			}
			return nil
		}); err != nil || next != b.Len() {
			t.Errorf("%d of %d rows: %v", next, b.Len(), err)
		}
	}
	full := errors.New("full")
	if err := b.Cut(func(*Batch) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestAppendValueRefuses(t *testing.T) {
	b := NewBatch(types.NewSchema(types.Nullable("n", types.Int), types.Nullable("w", types.Window())))
	for _, row := range [][]any{{int64(1), nil}, {int32(1), []any{int64(1)}}, {int32(1)}, {uint8(1), nil}} {
		if err := b.AppendRow(row...); err == nil {
			t.Errorf("%v is taken", row)
		}
	}
}

func TestBitmapCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "bits")
		m := Bitmap(nil).Resize(n)
		m.Fill(n, rapid.Bool().Draw(t, "fill")) // and what lies behind the last bit
		want := 0
		for i := range n {
			one := rapid.Bool().Draw(t, "bit")
			m.Put(i, one)
			if one {
				want++
			}
		}
		if got := m.Count(n); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}

func FuzzReadBinary(f *testing.F) {
	f.Add([]byte{1, 2, 1, 1, 'a', 0})
	f.Add([]byte{1, 255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, field := range everything.Fields {
			c := NewColumn(field.Type)
			if rest, err := c.ReadBinary(src); err == nil && (c.Len != 1 || len(rest) >= len(src)) {
				t.Errorf("%s: %d rows, %d of %d bytes left", field.Type, c.Len, len(rest), len(src))
			}
		}
	})
}

func TestTruncate(t *testing.T) {
	of := types.Struct(types.Nullable("n", types.Int), types.Nullable("s", types.String), types.Nullable("b", types.Boolean),
		types.Nullable("a", types.Array(types.Map(types.String, types.Double))))
	rows := []any{
		[]any{int32(1), "one", true, []any{[]any{[]any{"k", 1.5}}}},
		nil,
		[]any{nil, "three", nil, []any{nil, []any{}}},
		[]any{int32(4), nil, false, nil},
	}
	for n := range rows {
		column, want := NewColumn(of), NewColumn(of)
		for _, row := range rows {
			if err := column.AppendValue(row); err != nil {
				t.Fatal(err)
			}
		}
		column.Truncate(n)
		for i := range len(rows) {
			row := rows[(i*3)%len(rows)] // after the cut, others follow
			if i < n {
				row = rows[i]
			} else if err := column.AppendValue(row); err != nil {
				t.Fatal(err)
			}
			if err := want.AppendValue(row); err != nil {
				t.Fatal(err)
			}
		}
		for i := range len(rows) {
			if got, want := column.Value(i), want.Value(i); !reflect.DeepEqual(got, want) {
				t.Errorf("cut at %d: row %d is %v, not %v", n, i, got, want)
			}
		}
	}
}
