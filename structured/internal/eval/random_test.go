package eval

import (
	"regexp"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func seeded(function bound.Function, of types.Type, args ...bound.Expr) bound.Expr {
	return bound.Seed(call(function, of, args...), func() int64 { return 42 })
}

// valuesOf computes an expression in batches of so many rows, of one task.
func valuesOf(t *testing.T, expr bound.Expr, task vector.Task, batches ...int) (all []any) {
	t.Helper()
	program, err := Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range batches {
		column, err := program.Run(&vector.Batch{Rows: rows, Task: task})
		if err != nil {
			t.Fatal(err)
		}
		for row := range rows {
			all = append(all, column.Value(row))
		}
	}
	return all
}

// TestRandom has what Spark 4.0.1 gives in the first partition for the seed 42.
func TestRandom(t *testing.T) {
	for _, c := range []struct {
		expr bound.Expr
		want []any
	}{
		{seeded(bound.Rand, types.Double), []any{0.619189370225301, 0.5096018842446481, 0.8325259388871524, 0.26322809041172357}},
		{seeded(bound.Randn, types.Double), []any{2.384479054241165, 0.1920934041293524, 0.7337336533286575, -0.5224480195716871}},
		{seeded(bound.RandText, types.String, literals(int32(5))...), []any{"pll6Y", "OIJNn", "I2NS5"}},
	} {
		n := len(c.want)
		for _, batches := range [][]int{{n}, {1, n - 1}} {
			if got := valuesOf(t, c.expr, vector.Task{}, batches...); !slices.Equal(got, c.want) {
				t.Errorf("%s in batches of %v: %v, want %v", c.expr, batches, got, c.want)
			}
		}
	}
}

// TestPlaces runs attempts at partitions in machines that had others before.
func TestPlaces(t *testing.T) {
	program, err := Compile(seeded(bound.Rand, types.Double))
	if err != nil {
		t.Fatal(err)
	}
	first := func(task vector.Task) any {
		column, err := program.Run(&vector.Batch{Rows: 2, Task: task})
		if err != nil {
			t.Fatal(err)
		}
		return column.Value(0)
	}
	one := first(vector.Task{Partition: 1, Attempt: 1})
	if other := first(vector.Task{Partition: 2, Attempt: 2}); other == one {
		t.Errorf("two partitions begin with %v", one)
	}
	if later := first(vector.Task{Partition: 1, Epoch: 1, Attempt: 3}); later == one {
		t.Errorf("two epochs begin with %v", one)
	}
	if again := first(vector.Task{Partition: 1, Attempt: 4}); again != one {
		t.Errorf("the second attempt begins with %v, the first with %v", again, one)
	}
	if more := first(vector.Task{Partition: 1, Attempt: 4}); more == one {
		t.Error("the second batch begins as the first")
	}
	ids := valuesOf(t, call(bound.RowID, types.Bigint), vector.Task{Partition: 3}, 2, 1)
	if want := []any{int64(3 << 33), int64(3<<33 + 1), int64(3<<33 + 2)}; !slices.Equal(ids, want) {
		t.Errorf("row ids %v, want %v", ids, want)
	}
}

func TestShuffleAndUUID(t *testing.T) {
	list := bound.Literal{Value: []any{int32(1), int32(2), int32(3), nil}, Of: types.Array(types.Int)}
	orders := map[string]bool{}
	for _, value := range valuesOf(t, seeded(bound.Shuffle, list.Of, list), vector.Task{}, 100) {
		shuffled := value.([]any)
		orders[bound.Literal{Value: value, Of: list.Of}.String()] = true
		if len(shuffled) != 4 || !slices.Contains(shuffled, nil) || !slices.Contains(shuffled, any(int32(3))) {
			t.Fatalf("%v is no other order of 1, 2, 3 and null", shuffled)
		}
	}
	if len(orders) < 20 { // of 24
		t.Errorf("%d orders in 100 shuffles", len(orders))
	}
	version4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[any]bool{}
	for _, id := range valuesOf(t, seeded(bound.UUID, types.String), vector.Task{}, 100) {
		if !version4.MatchString(id.(string)) || seen[id] {
			t.Errorf("%s is not a new identifier of version 4", id)
		}
		seen[id] = true
	}
	if _, err := Compile(call(bound.Rand, types.Double)); err == nil {
		t.Error("a random function without a seed compiles")
	}
}
