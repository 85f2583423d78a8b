package record

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

type userID int64

type inner struct {
	X float32
	S *string
}

type all struct {
	Bool    bool
	I8      int8
	I16     int16
	I32     int32
	I64     int64
	Int     int
	User    userID
	F32     float32
	F64     float64
	Text    string `sql:"words"`
	Bytes   []byte
	At      time.Time
	Long    time.Duration
	List    []string
	Nested  [][]int16
	Map     map[string]int
	In      inner
	Maybe   *int64
	MaybeIn *inner
	Skipped func() `sql:"-"`
}

type embedding struct {
	Embedded
	Last int
}

// Embedded is a struct whose fields are columns of the one around it.
type Embedded struct{ First, Second int8 }

func values() []all {
	n, s := int64(7), "seven"
	return []all{
		{
			Bool: true, I8: -8, I16: 16, I32: -32, I64: 1 << 40, Int: -5, User: 9, F32: 1.5, F64: -2.5, Text: "één", Bytes: []byte{0, 255},
			At: time.UnixMicro(-1).UTC(), Long: time.Microsecond, List: []string{"a", "", "b"}, Nested: [][]int16{{1, 2}, {}, {3}},
			Map: map[string]int{"b": 2, "a": 1}, In: inner{X: 1, S: &s}, Maybe: &n, MaybeIn: &inner{X: 3},
		},
		{At: time.UnixMicro(0).UTC(), Bytes: []byte{}, List: []string{}, Nested: [][]int16{}, Map: map[string]int{}},
		{Text: "x", At: time.UnixMicro(0).UTC(), Bytes: []byte{1}, List: []string{"c"}, Nested: [][]int16{{4}}, Map: map[string]int{"z": 0}, MaybeIn: &inner{S: &s}},
	}
}

func TestValuesGoInAndComeOut(t *testing.T) {
	writer, err := NewWriter[all]()
	if err != nil {
		t.Fatal(err)
	}
	schema := types.NewSchema(writer.Fields()...)
	batch := vector.NewBatch(schema)
	want := values()
	writer.Write(batch, want[:1])
	writer.Write(batch, want[1:])
	reader, err := NewReader[all](schema.Fields)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.Read(batch, nil)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	batch.Selection = vector.Selection{0, 2}
	again, err := reader.Read(batch, got)
	if err != nil || !reflect.DeepEqual(again, []all{want[0], want[2]}) {
		t.Errorf("of a selection: got %+v, %v", again, err)
	}
	*got[0].Maybe = 100
	got[0].Bytes = append(got[0].Bytes, 3)
	if third, _ := reader.Read(batch, nil); *third[0].Maybe != 7 || third[1].Bytes[0] != 1 {
		t.Errorf("what was read is in the memory of the batch")
	}
}

func TestEmbeddedFieldsAreColumns(t *testing.T) {
	writer, err := NewWriter[embedding]()
	if err != nil {
		t.Fatal(err)
	}
	schema := types.NewSchema(writer.Fields()...)
	if got := strings.Join(schema.Names(), " "); got != "first second last" {
		t.Fatalf("columns %s", got)
	}
	batch := vector.NewBatch(schema)
	writer.Write(batch, []embedding{{Embedded: Embedded{1, 2}, Last: 3}})
	reader, err := NewReader[embedding](schema.Fields)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := reader.Read(batch, nil)
	if err != nil || rows[0].First != 1 || rows[0].Second != 2 || rows[0].Last != 3 {
		t.Errorf("got %+v, %v", rows, err)
	}
}

func TestMistakesOfTypes(t *testing.T) {
	type loop struct{ Next *loop }
	type twice struct {
		A int
		B int `sql:"a"`
	}
	type through struct{ *Embedded }
	write := func(_ any, err error) error { return err }
	read := func(columns ...types.Field) error {
		_, err := NewReader[struct{ A int8 }](columns)
		return err
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{write(NewWriter[loop]()), "contains itself"},
		{write(NewWriter[twice]()), `fields A and B of record.twice are both called "a"`},
		{write(NewWriter[through]()), "field First of record.through: it is in an embedded pointer"},
		{write(NewWriter[struct{ C chan int }]()), "field C of struct { C chan int }: a chan int is no value of a table"},
		{write(NewWriter[map[bool]int]()), "the keys of a map[bool]int have no order"},
		{write(NewWriter[struct{}]()), "has no exported field"},
		{read(types.Nullable("a", types.Bigint)), `column "a": a bigint does not go into field A of struct { A int8 }, of type int8`},
		{read(types.Nullable("b", types.Bigint)), `no exported field for column "b"`},
		{read(types.Nullable("a", types.Tinyint), types.Nullable("A", types.Tinyint)), `two columns are called "A"`},
		{read(), "there is no column for field A"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v\nwant %s", c.err, c.want)
		}
	}
}

func TestNullNeedsAPointer(t *testing.T) {
	reader, err := NewReader[struct{ A int64 }]([]types.Field{types.Nullable("a", types.Bigint)})
	if err != nil {
		t.Fatal(err)
	}
	batch := vector.NewBatch(types.NewSchema(types.Nullable("a", types.Bigint)))
	if err := batch.AppendRow(int64(1)); err != nil {
		t.Fatal(err)
	}
	if err := batch.AppendRow(nil); err != nil {
		t.Fatal(err)
	}
	const want = `column "a": null does not go into field A of struct { A int64 }, of type int64: make it a pointer`
	if _, err := reader.Read(batch, nil); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	batch.Selection = vector.Selection{0}
	if _, err := reader.Read(batch, nil); err != nil {
		t.Errorf("a null that is not selected: %v", err)
	}
}

// What a batch costs does not depend on how many rows it has.
func TestAllocationsAreThoseOfABatch(t *testing.T) {
	type row struct {
		ID    int64
		Name  string
		Score *float64
		Tags  []string
	}
	score := 1.5
	allocations := func(n int) (reading, writing float64) {
		rows := make([]row, n)
		for i := range rows {
			rows[i] = row{int64(i), "name", &score, []string{"a", "b"}}
		}
		writer, err := NewWriter[row]()
		if err != nil {
			t.Fatal(err)
		}
		reader, err := NewReader[row](writer.Fields())
		if err != nil {
			t.Fatal(err)
		}
		batch := vector.NewBatch(types.NewSchema(writer.Fields()...))
		writer.Write(batch, rows)
		into := make([]row, n)
		reading = testing.AllocsPerRun(5, func() { into, err = reader.Read(batch, into) })
		writing = testing.AllocsPerRun(5, func() { batch.Reset(); writer.Write(batch, rows) })
		return reading, writing
	}
	fewReads, fewWrites := allocations(10)
	manyReads, manyWrites := allocations(1000)
	if fewReads != manyReads || fewWrites != 0 || manyWrites != 0 {
		t.Errorf("reading 10 rows allocates %v times, 1000 rows %v; writing %v and %v", fewReads, manyReads, fewWrites, manyWrites)
	}
}

func BenchmarkRead(b *testing.B) {
	type row struct {
		ID   int64
		Name string
		X    float64
	}
	rows := make([]row, vector.MaxRows)
	for i := range rows {
		rows[i] = row{int64(i), "some name", 1}
	}
	writer, _ := NewWriter[row]()
	reader, _ := NewReader[row](writer.Fields())
	batch := vector.NewBatch(types.NewSchema(writer.Fields()...))
	writer.Write(batch, rows)
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			rows, _ = reader.Read(batch, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vector.MaxRows), "ns/row")
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			batch.Reset()
			writer.Write(batch, rows)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vector.MaxRows), "ns/row")
	})
}
