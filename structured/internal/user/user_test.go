package user

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// words is columns of numbers and texts, every seventh of them null if there are nulls.
func words(t testing.TB, n int, nulls bool) []*vector.Column {
	t.Helper()
	numbers, texts := vector.NewColumn(types.Bigint), vector.NewColumn(types.String)
	for i := range n {
		if nulls && i%7 == 0 {
			numbers.AppendNull()
			texts.AppendNull()
			continue
		}
		numbers.AppendLong(int64(i))
		texts.AppendString([]byte("a word"))
	}
	return []*vector.Column{&numbers, &texts}
}

func kernel(t testing.TB, f *Function, args []*vector.Column) (Kernel, *vector.Column) {
	t.Helper()
	var of []types.Type
	for _, arg := range args {
		of = append(of, arg.Type)
	}
	k, err := f.Kernel(of)
	if err != nil {
		t.Fatal(err)
	}
	out := vector.NewColumn(f.Result())
	return k, &out
}

func length(n int64, s string) (int64, error) { return n + int64(len(s)), nil }

func TestOnlyRowsThatCountAreCalled(t *testing.T) {
	for _, nulls := range []bool{false, true} {
		args := words(t, 100, nulls)
		var calls int
		f := Scalar2("f", func(n int64, s string) (int64, error) { calls++; return length(n, s) })
		k, out := kernel(t, f, args)
		for _, c := range []struct {
			selection vector.Selection
			calls     int
		}{{nil, 100}, {vector.Selection{}, 0}, {vector.Selection{1, 50, 99}, 3}, {vector.Selection{0, 7, 8}, 3}} {
			calls = 0
			if err := k(out, args, 100, c.selection); err != nil {
				t.Fatal(err)
			}
			want := c.calls
			if nulls && c.selection == nil {
				want -= 15
			} else if nulls && len(c.selection) > 0 && c.selection[0] == 0 {
				want = 1
			}
			if calls != want {
				t.Errorf("nulls %v, rows %v: called %d times, want %d", nulls, c.selection, calls, want)
			}
			for _, row := range c.selection {
				if null := nulls && row%7 == 0; out.IsNull(int(row)) != null || !null && out.Longs[row] != int64(row)+6 {
					t.Errorf("nulls %v, row %d is %v", nulls, row, out.Value(int(row)))
				}
			}
		}
	}
}

// What a batch costs is one copy of its texts, however many there are.
func TestAllocationsAreThoseOfABatch(t *testing.T) {
	for _, n := range []int{10, 1000} {
		args := words(t, n, true)
		k, out := kernel(t, Scalar2("f", length), args)
		got := testing.AllocsPerRun(10, func() {
			if err := k(out, args, n, nil); err != nil {
				t.Fatal(err)
			}
		})
		if got != 1 {
			t.Errorf("%d rows allocate %v times", n, got)
		}
	}
}

func BenchmarkScalar(b *testing.B) {
	args := words(b, vector.MaxRows, false)
	run := func(name string, f *Function, args []*vector.Column) {
		k, out := kernel(b, f, args)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := k(out, args, vector.MaxRows, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vector.MaxRows), "ns/row")
		})
	}
	run("bigint", Scalar1("f", func(n int64) (int64, error) { return n + 1, nil }), args[:1])
	run("bigint-string", Scalar2("f", length), args)
}
