package user

import (
	"testing"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// adder adds up numbers; of none it keeps 0.
type adder struct{}

func (adder) Zero() int64            { return 0 }
func (adder) Add(buf, n int64) int64 { return buf + n }
func (adder) Merge(a, b int64) int64 { return a + b }
func (adder) Result(buf int64) int64 { return buf }

func buffersOf(t *testing.T, merge bool) Buffers {
	t.Helper()
	b, err := Aggregate("adder", adder{}).Buffers(types.Bigint, merge)
	if err != nil {
		t.Fatal(err)
	}
	b.Resize(3)
	return b
}

func stored(b Buffers) *vector.Column {
	out := vector.NewColumn(types.Binary)
	b.Append(&out, []int32{0, 1, 2})
	return &out
}

func results(t *testing.T, b Buffers) [3]int64 {
	t.Helper()
	k, err := Aggregate("adder", adder{}).Kernel([]types.Type{types.Binary})
	if err != nil {
		t.Fatal(err)
	}
	out := vector.NewColumn(types.Bigint)
	if err := k(&out, []*vector.Column{stored(b)}, 3, nil); err != nil {
		t.Fatal(err)
	}
	return [3]int64(out.Longs)
}

// Rows go to their groups whatever nulls and rows that do not count lie between them.
func TestRowsGoToTheirGroups(t *testing.T) {
	args := words(t, 20, true) // row n is n, but for 0, 7 and 14
	b := buffersOf(t, false)
	if err := b.Add(args[0], vector.Selection{0, 3, 7, 8, 14, 15}, []int32{0, 1, 1, 2, 2, 0}); err != nil {
		t.Fatal(err)
	}
	if got := results(t, b); got != [3]int64{15, 3, 8} {
		t.Errorf("of a selection: %v", got)
	}
	if err := b.Add(args[0], nil, []int32{1, 0, 0, 0, 0, 0, 0, 1, 2}); err != nil {
		t.Fatal(err)
	}
	if got := results(t, b); got != [3]int64{15 + 21, 3, 16} {
		t.Errorf("of all rows: %v", got)
	}
	merged := buffersOf(t, true)
	for range 2 {
		if err := merged.Add(stored(b), vector.Selection{0, 2}, []int32{2, 1}); err != nil {
			t.Fatal(err)
		}
	}
	if got := results(t, merged); got != [3]int64{0, 32, 72} {
		t.Errorf("merged: %v", got)
	}
	merged.Set(stored(b), []int32{1, 2, 0})
	if got := results(t, merged); got != [3]int64{16, 36, 3} {
		t.Errorf("overwritten: %v", got)
	}
	merged.Resize(1)
	merged.Resize(3)
	if got := results(t, merged); got != [3]int64{16, 0, 0} {
		t.Errorf("after groups were forgotten: %v", got)
	}
}

func TestBytesThatAreNoBuffer(t *testing.T) {
	b := buffersOf(t, true)
	broken := vector.NewColumn(types.Binary)
	broken.AppendString([]byte{})
	if b.Check(&broken) == nil {
		t.Error("Check takes what is no buffer")
	}
	if err := b.Check(stored(b)); err != nil {
		t.Errorf("Check of buffers: %v", err)
	}
	if b.Add(&broken, nil, []int32{0}) == nil {
		t.Error("Add takes what is no buffer")
	}
}
