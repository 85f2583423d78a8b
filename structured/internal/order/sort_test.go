package order

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured/internal/decimal"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// values draw values of a type, few of which differ, with those at the ends of its order.
var values = map[types.Type]func(*rapid.T) any{
	types.Boolean:  func(t *rapid.T) any { return rapid.Bool().Draw(t, "boolean") },
	types.Tinyint:  func(t *rapid.T) any { return rapid.SampledFrom([]int8{-128, -1, 0, 1, 127}).Draw(t, "tinyint") },
	types.Smallint: func(t *rapid.T) any { return rapid.Int16().Draw(t, "smallint") },
	types.Int:      func(t *rapid.T) any { return rapid.Int32Range(-1000, 1000).Draw(t, "int") },
	types.Bigint:   func(t *rapid.T) any { return rapid.Int64().Draw(t, "bigint") },
	types.Float: func(t *rapid.T) any {
		return rapid.SampledFrom([]float32{float32(math.Inf(-1)), -1.5, float32(math.Copysign(0, -1)), 0, 1, 2.5, float32(math.NaN())}).Draw(t, "float")
	},
	types.Double: func(t *rapid.T) any {
		return rapid.OneOf(rapid.SampledFrom([]float64{math.Inf(-1), math.Copysign(0, -1), 0, math.Inf(1), math.NaN()}), rapid.Float64()).Draw(t, "double")
	},
	types.String: func(t *rapid.T) any {
		return rapid.SampledFrom([]string{"", "a", "a\x00", "abcdefgh", "abcdefgh1", "abcdefgh2", "abcdefg", "\xff"}).Draw(t, "string")
	},
	types.Decimal(10, 2): func(t *rapid.T) any { return decimal.Of(rapid.Int64Range(-50, 50).Draw(t, "decimal")) },
	types.Decimal(38, 2): func(t *rapid.T) any {
		return decimal.Of(rapid.Int64().Draw(t, "high")).Mul(decimal.Of(rapid.Int64().Draw(t, "low")))
	},
	types.Array(types.Int): func(t *rapid.T) any {
		list := []any{}
		for _, n := range rapid.SliceOfN(rapid.Int32Range(0, 2), 0, 3).Draw(t, "array") {
			list = append(list, n)
		}
		return list
	},
}

// TestSort compares with a stable sort that compares all keys of two rows.
func TestSort(t *testing.T) {
	var all []types.Type
	for of := range values {
		all = append(all, of)
	}
	slices.SortFunc(all, func(a, b types.Type) int { return len(a.String()) - len(b.String()) })
	var s Sorter
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(250, 600)).Draw(t, "rows")
		var keys []Key
		for range rapid.IntRange(1, 3).Draw(t, "keys") {
			of := rapid.SampledFrom(all).Draw(t, "type")
			column := vector.NewColumn(of)
			ascending := rapid.Bool().Draw(t, "runs")
			for range n {
				if !ascending && rapid.IntRange(0, 5).Draw(t, "null") == 0 {
					column.AppendNull()
				} else if err := column.AppendValue(values[of](t)); err != nil {
					t.Fatal(err)
				}
			}
			if ascending {
				sortColumn(&column)
			}
			keys = append(keys, Key{&column, rapid.Bool().Draw(t, "descending"), rapid.Bool().Draw(t, "nulls first")})
		}
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int { return compare(keys, a, b) })
		if got := s.Sort(n, keys...); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// sortColumn puts a column into ascending order, in which a sort finds it.
func sortColumn(c *vector.Column) {
	rows := make([]int32, c.Len)
	for i := range rows {
		rows[i] = int32(i)
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return vector.Compare(c, int(a), c, int(b)) })
	sorted := vector.NewColumn(c.Type)
	sorted.AppendRows(c, rows)
	*c = sorted
}

// TestCompare fixes what the property test takes for granted.
func TestCompare(t *testing.T) {
	c := vector.NewColumn(types.Int)
	c.AppendInt(1)
	c.AppendInt(2)
	c.AppendNull()
	for _, test := range []struct {
		descending, nullsFirst bool
		want                   []int32
	}{
		{false, true, []int32{2, 0, 1}},
		{false, false, []int32{0, 1, 2}},
		{true, true, []int32{2, 1, 0}},
		{true, false, []int32{1, 0, 2}},
	} {
		var s Sorter
		if got := s.Sort(3, Key{&c, test.descending, test.nullsFirst}); !slices.Equal(got, test.want) {
			t.Errorf("descending %v, nulls first %v: %v, want %v", test.descending, test.nullsFirst, got, test.want)
		}
	}
}

func BenchmarkSort(b *testing.B) {
	const n = 1 << 20
	r := rand.New(rand.NewPCG(1, 2))
	random, text, halves := vector.NewColumn(types.Bigint), vector.NewColumn(types.String), vector.NewColumn(types.Bigint)
	for i := range n {
		random.AppendLong(r.Int64())
		text.AppendString(fmt.Appendf(nil, "customer %d", r.IntN(100_000)))
		halves.AppendLong(int64(i % (n / 2)))
	}
	for _, c := range []struct {
		name   string
		column *vector.Column
	}{{"random bigints", &random}, {"strings", &text}, {"two runs", &halves}} {
		b.Run(c.name, func(b *testing.B) {
			var s Sorter
			for b.Loop() {
				s.Sort(n, Key{Column: c.column})
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
