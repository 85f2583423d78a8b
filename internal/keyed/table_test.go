package keyed

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// orderedMap is the model of a Table: a Go map and the order of insertion.
type orderedMap[K comparable] struct {
	values map[K]int
	order  []K
}

func (m *orderedMap[K]) insert(key K) (isNew bool) {
	if _, ok := m.values[key]; ok {
		return false
	}
	m.values[key] = 0
	m.order = append(m.order, key)
	return true
}

func (m *orderedMap[K]) delete(key K) {
	delete(m.values, key)
	m.order = slices.DeleteFunc(m.order, func(k K) bool { return k == key })
}

func testTableAgainstMap[K comparable](t *rapid.T, keys *rapid.Generator[K]) {
	table := NewTable[K, int]()
	model := orderedMap[K]{values: map[K]int{}}
	remove := func(t *rapid.T) {
		key := keys.Draw(t, "key")
		slot, ok := table.Find(key)
		if _, want := model.values[key]; ok != want {
			t.Fatalf("Find(%v) = %v, want %v", key, ok, want)
		}
		if ok {
			table.Delete(slot)
			model.delete(key)
		}
	}
	t.Repeat(map[string]func(*rapid.T){
		"insert": func(t *rapid.T) {
			key := keys.Draw(t, "key")
			slot, isNew := table.Insert(key)
			if want := model.insert(key); isNew != want {
				t.Fatalf("Insert(%v) is new: %v, want %v", key, isNew, want)
			}
			*table.At(slot)++
			model.values[key]++
		},
		"slots": func(t *rapid.T) {
			batch := rapid.SliceOfN(keys, 0, 300).Draw(t, "keys")
			hashes := make([]uint64, len(batch))
			slots := make([]uint32, len(batch))
			table.Hashes(batch, hashes)
			table.Slots(batch, hashes, slots)
			for i, key := range batch {
				if table.Key(slots[i]) != key || !table.Live(slots[i]) {
					t.Fatalf("slot %d of key %v holds %v, live %v", slots[i], key, table.Key(slots[i]), table.Live(slots[i]))
				}
				*table.At(slots[i])++
				model.insert(key)
				model.values[key]++
			}
		},
		"delete":  remove,
		"compact": func(*rapid.T) { table.Compact() },
		"clear": func(t *rapid.T) {
			if rapid.IntRange(0, 9).Draw(t, "really") == 0 {
				table.Clear()
				model = orderedMap[K]{values: map[K]int{}}
			}
		},
		"": func(t *rapid.T) {
			var order []K
			for key, value := range table.All() {
				order = append(order, key)
				if *value != model.values[key] {
					t.Fatalf("value of %v is %d, want %d", key, *value, model.values[key])
				}
			}
			if !slices.Equal(order, model.order) {
				t.Fatalf("keys in order are\n%v, want\n%v", order, model.order)
			}
			if table.Len() != len(model.order) {
				t.Fatalf("Len() = %d, want %d", table.Len(), len(model.order))
			}
			order = order[:0]
			for run := range table.Runs() {
				for i, key := range run.Keys {
					if run.Hashes[i] != table.Hash(key) || table.Key(run.First+uint32(i)) != key {
						t.Fatalf("run from slot %d: element %d is wrong", run.First, i)
					}
				}
				order = append(order, run.Keys...)
			}
			if !slices.Equal(order, model.order) {
				t.Fatalf("keys of the runs are\n%v, want\n%v", order, model.order)
			}
		},
	})
}

func TestTableIsAMapInOrderOfInsertion(t *testing.T) {
	t.Run("int", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { testTableAgainstMap(t, rapid.IntRange(0, 3000)) })
	})
	t.Run("string", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { testTableAgainstMap(t, rapid.StringMatching("[ab]{0,8}")) })
	})
	t.Run("struct", func(t *testing.T) {
		type key struct {
			Flag bool
			Name string
			Rank float32
		}
		generator := rapid.Custom(func(t *rapid.T) key {
			return key{rapid.Bool().Draw(t, "flag"), rapid.StringMatching("[ab]?").Draw(t, "name"), float32(rapid.IntRange(0, 3).Draw(t, "rank"))}
		})
		rapid.Check(t, func(t *rapid.T) { testTableAgainstMap(t, generator) })
	})
	t.Run("any", func(t *testing.T) {
		generator := rapid.OneOf(rapid.IntRange(0, 9).AsAny(), rapid.Float64Range(0, 2).AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil))
		rapid.Check(t, func(t *rapid.T) { testTableAgainstMap(t, generator) })
	})
}

// A table large enough that segments split, and slots outgrow a segment's tags.
func TestTableGrows(t *testing.T) {
	const n = 300_000
	table := NewTable[int, int]()
	for i := range n {
		slot, isNew := table.Insert(i * 7)
		if !isNew || slot != uint32(i) {
			t.Fatalf("Insert(%d) = %d, %v; want %d, true", i*7, slot, isNew, i)
		}
	}
	for i := range n {
		if slot, ok := table.Find(i * 7); !ok || slot != uint32(i) {
			t.Fatalf("Find(%d) = %d, %v; want %d", i*7, slot, ok, i)
		}
		if _, ok := table.Find(i*7 + 1); ok {
			t.Fatalf("Find(%d) found a key that was never inserted", i*7+1)
		}
	}
	for slot := range uint32(n) {
		if slot%3 != 0 {
			table.Delete(slot)
		}
	}
	table.Compact()
	if table.Len() != n/3 || table.Dead() != 0 || table.End() != n/3 {
		t.Fatalf("after Compact: Len %d, Dead %d, End %d; want %d, 0, %d", table.Len(), table.Dead(), table.End(), n/3, n/3)
	}
	for i := range n / 3 {
		if slot, ok := table.Find(i * 21); !ok || slot != uint32(i) {
			t.Fatalf("Find(%d) = %d, %v; want %d", i*21, slot, ok, i)
		}
	}
}

// Inserting and deleting for ever takes no more memory in the index than the keys
// that are alive ask for, since the entries of dead slots go.
func TestIndexForgetsDeletedKeys(t *testing.T) {
	table := NewTable[int, struct{}]()
	for i := range 200_000 {
		table.Insert(i)
		if i >= 100 {
			slot, _ := table.Find(i - 100)
			table.Delete(slot)
		}
	}
	if n := len(table.index.directory); n != 1 {
		t.Errorf("the index of 100 live keys has %d segments, want 1", n)
	}
	if table.Len() != 100 {
		t.Errorf("Len() = %d, want 100", table.Len())
	}
}

// Keys whose hashes are equal in all the bits that the directory uses must not make
// it grow without bound.
func TestTableWithCollidingHashes(t *testing.T) {
	const n = 5000
	table := NewTable[int, int]()
	for i := range n {
		table.InsertHash(i, 42)
	}
	for i := range n {
		if slot, ok := table.FindHash(i, 42); !ok || slot != uint32(i) {
			t.Fatalf("FindHash(%d) = %d, %v", i, slot, ok)
		}
	}
	if got := len(table.index.directory); got > 1<<maxDepth {
		t.Errorf("the directory has %d places", got)
	}
}

func TestFloatKeysAreCanonical(t *testing.T) {
	negativeZero := math.Copysign(0, -1)
	otherNaN := math.Float64frombits(0xFFF8000000000123)
	t.Run("float64", func(t *testing.T) { testCanonical(t, negativeZero, 0.0, otherNaN, math.NaN()) })
	t.Run("float32", func(t *testing.T) {
		testCanonical(t, float32(negativeZero), 0, math.Float32frombits(0xFFC00123), float32(math.NaN()))
	})
	t.Run("complex128", func(t *testing.T) {
		testCanonical(t, complex(negativeZero, negativeZero), 0, complex(1, otherNaN), complex(1, math.NaN()))
	})
	t.Run("array", func(t *testing.T) {
		testCanonical(t, [2]float64{negativeZero, 1}, [2]float64{0, 1}, [2]float64{1, otherNaN}, [2]float64{1, math.NaN()})
	})
	type nested struct {
		Name string
		Bits [3]byte
		At   [1]struct{ X float64 }
	}
	t.Run("struct", func(t *testing.T) {
		key := func(x float64) nested { return nested{"a", [3]byte{1}, [1]struct{ X float64 }{{x}}} }
		testCanonical(t, key(negativeZero), key(0), key(otherNaN), key(math.NaN()))
	})
	t.Run("any", func(t *testing.T) { testCanonical[any](t, negativeZero, 0.0, otherNaN, math.NaN()) })
	t.Run("any of a struct", func(t *testing.T) {
		type point struct{ X, Y float64 }
		testCanonical[any](t, point{negativeZero, 0}, point{0, 0}, point{otherNaN, 0}, point{math.NaN(), 0})
	})
	t.Run("interface with methods", func(t *testing.T) {
		testCanonical[shape](t, circle{negativeZero}, circle{0}, circle{otherNaN}, circle{math.NaN()})
	})
}

type shape interface{ area() float64 }

type circle struct{ radius float64 }

func (c circle) area() float64 { return c.radius }

// testCanonical asserts that a equals b and c equals d as keys, and that keys kept
// print like b and d, which are canonical.
func testCanonical[K comparable](t *testing.T, a, b, c, d K) {
	t.Helper()
	table := NewTable[K, int]()
	keys := []K{a, b, c, d, d, c, b, a}
	hashes, slots := make([]uint64, len(keys)), make([]uint32, len(keys))
	table.Hashes(keys, hashes)
	table.Slots(keys, hashes, slots)
	if want := []uint32{0, 0, 1, 1, 1, 1, 0, 0}; !slices.Equal(slots, want) {
		t.Errorf("slots of %v are %v, want %v", keys, slots, want)
	}
	for slot, want := range []K{b, d} {
		kept := table.Key(uint32(slot))
		if same := table.same; !same(kept, want) || !same(kept, table.canonical(kept)) {
			t.Errorf("kept key is %v, want %v", kept, want)
		}
	}
}
