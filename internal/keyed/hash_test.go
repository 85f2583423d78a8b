package keyed

import (
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"
)

type (
	userID int32
	city   string
	place  struct {
		City  city
		At    [2]float32
		_     int
		Open  bool
		Code  [3]byte
		Inner struct{ A, B int8 }
	}
	holder struct {
		Any   any
		Shape shape
	}
)

// Hashes are facts on disk: these values never change.
func TestHashesAreFixed(t *testing.T) {
	golden(t, 0, 0x34c96acdcadb1bbb)
	golden(t, 1, 0x9f29cb17a2a49995)
	golden(t, -1, 0x85d136adb773c6c9)
	golden(t, int8(-1), 0x85d136adb773c6c9)
	golden(t, userID(-1), 0x85d136adb773c6c9)
	golden(t, uint64(math.MaxUint64), 0x85d136adb773c6c9)
	golden(t, uint8(255), 0x2aa06adfe623603f)
	golden(t, uint32(math.MaxUint32), 0xfcf55a534242931b)
	golden(t, int64(1_234_567_890_123), 0xd9d5580c14aa025d)
	golden(t, false, 0x34c96acdcadb1bbb)
	golden(t, true, 0x9f29cb17a2a49995)
	golden(t, 0.0, 0x34c96acdcadb1bbb)
	golden(t, math.Copysign(0, -1), 0x34c96acdcadb1bbb)
	golden(t, 1.5, 0x49f7b96b6b5ccaf9)
	golden(t, float32(1.5), 0x49f7b96b6b5ccaf9)
	golden(t, math.NaN(), 0xe9adb09fee122aac)
	golden(t, float32(math.NaN()), 0xe9adb09fee122aac)
	golden(t, "", 0xef46db3751d8e999)
	golden(t, "tide", 0x557e0ef432f5e5e7)
	golden(t, city("a string that is longer than thirty-two bytes"), 0xc857e4b8afd4cd54)
	golden(t, complex(1, -2), 0x1739da189cf35817)
	golden(t, struct{}{}, 0xef46db3751d8e999)
	golden(t, [2]int{1, 2}, 0xc042c4c0eca7d0d5)
	golden(t, [4]byte{1, 2, 3, 4}, 0x5c1b3f3f0dd20c6)
	golden(t, place{City: "Oslo", At: [2]float32{59.9, 10.75}, Open: true, Code: [3]byte{1, 2, 3}}, 0x4f723c0f268b0368)
	golden[any](t, nil, 0)
	golden(t, holder{Any: "a", Shape: circle{2}}, 0x7889ce92eab73c35)
}

// golden asserts the hash of a key, of the same key within an interface, and as one
// of many.
func golden[K comparable](t *testing.T, key K, want uint64) {
	t.Helper()
	if got := HasherOf[K]()(key); got != want {
		t.Errorf("hash of %T %v is %#x, want %#x", key, key, got, want)
	}
	if got := HasherOf[any]()(key); got != want {
		t.Errorf("hash of %T %v in an interface is %#x, want %#x", key, key, got, want)
	}
	hashes := make([]uint64, 3)
	HashesOf[K]()([]K{key, key, key}, hashes)
	if !slices.Equal(hashes, []uint64{want, want, want}) {
		t.Errorf("hashes of %T %v are %#x, want %#x", key, key, hashes, want)
	}
}

// The hash of an integer is XXH64 of eight bytes, and so anybody can compute it.
func TestHashOfIntegersIsXXH64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Uint64().Draw(t, "v")
		if got, want := HashUint64(v), xxhash.Sum64(binary.LittleEndian.AppendUint64(nil, v)); got != want {
			t.Fatalf("HashUint64(%d) = %#x, want %#x", v, got, want)
		}
	})
}

// A key hashes alike by its type, in an interface, and one of many.
func TestHashesAgree(t *testing.T) {
	testHashesAgree(t, rapid.Int())
	testHashesAgree(t, rapid.Int8())
	testHashesAgree(t, rapid.Int16())
	testHashesAgree(t, rapid.Int32())
	testHashesAgree(t, rapid.Int64())
	testHashesAgree(t, rapid.Uint())
	testHashesAgree(t, rapid.Uint8())
	testHashesAgree(t, rapid.Uint16())
	testHashesAgree(t, rapid.Uint32())
	testHashesAgree(t, rapid.Uint64())
	testHashesAgree(t, rapid.Uintptr())
	testHashesAgree(t, rapid.Bool())
	testHashesAgree(t, rapid.Float32())
	testHashesAgree(t, rapid.Float64())
	testHashesAgree(t, rapid.String())
	testHashesAgree(t, rapid.Custom(func(t *rapid.T) place {
		return place{City: city(rapid.String().Draw(t, "city")), At: [2]float32{rapid.Float32().Draw(t, "at")}}
	}))
	testHashesAgree(t, rapid.Custom(func(t *rapid.T) holder {
		return holder{rapid.String().Draw(t, "any"), circle{rapid.Float64().Draw(t, "radius")}}
	}))
}

func testHashesAgree[K comparable](t *testing.T, keys *rapid.Generator[K]) {
	hash, many, dynamic := HasherOf[K](), HashesOf[K](), HasherOf[any]()
	rapid.Check(t, func(t *rapid.T) {
		batch := rapid.SliceOfN(keys, 1, 5).Draw(t, "keys")
		hashes := make([]uint64, len(batch))
		many(batch, hashes)
		for i, key := range batch {
			if want := hash(key); hashes[i] != want || dynamic(key) != want {
				t.Fatalf("%T %v hashes to %#x alone, %#x among many, %#x in an interface", key, key, want, hashes[i], dynamic(key))
			}
		}
	})
}

func TestUnhashableKeys(t *testing.T) {
	type owner struct {
		Name string
		Boss *owner
	}
	tests := []struct {
		check func() error
		want  string
	}{
		{Check[*int], "*int cannot be a key: *int is a ptr, whose value differs from run to run"},
		{Check[chan int], "is a chan, whose value differs"},
		{Check[owner], "keyed.owner.Boss is a ptr"},
		{Check[[2]struct{ X [1]*int }], "[].X[] is a ptr"},
		{Check[time.Time], "time.Time.loc is a ptr"},
	}
	for _, test := range tests {
		err := test.check()
		var unhashable *UnhashableError
		if !errors.As(err, &unhashable) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want an *UnhashableError with %q", err, test.want)
		}
	}
	for name, f := range map[string]func(){
		"HasherOf": func() { HasherOf[*int]() },
		"HashesOf": func() { HashesOf[*int]() },
		"NewTable": func() { NewTable[*int, int]() },
		"pointer":  func() { HasherOf[any]()(new(int)) },
		"slice":    func() { HasherOf[any]()([]int{1}) },
		"in field": func() { HasherOf[holder]()(holder{Any: map[int]int{}}) },
		"insert":   func() { NewTable[any, int]().Insert(new(int)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if _, ok := recover().(*UnhashableError); !ok {
					t.Error("no panic with an *UnhashableError")
				}
			}()
			f()
		})
	}
	if err := errors.Join(Check[int](), Check[place](), Check[holder]()); err != nil {
		t.Error(err)
	}
}

func TestHashingDoesNotAllocate(t *testing.T) {
	testNoAllocation(t, 12345)
	testNoAllocation(t, "a string")
	testNoAllocation(t, 1.5)
	testNoAllocation(t, userID(7))
	testNoAllocation(t, place{City: "Oslo"})
}

func testNoAllocation[K comparable](t *testing.T, key K) {
	t.Helper()
	table := NewTable[K, int]()
	keys, hashes, slots := []K{key}, make([]uint64, 1), make([]uint32, 1)
	table.Insert(key)
	allocations := testing.AllocsPerRun(100, func() {
		table.Hashes(keys, hashes)
		table.Slots(keys, hashes, slots)
		*table.At(slots[0])++
		table.Insert(key)
	})
	if allocations != 0 {
		t.Errorf("%v allocations to find a %v", allocations, reflect.TypeFor[K]())
	}
}

// A partition owns exactly the key groups of its range, and every hash has one.
func TestPartitions(t *testing.T) {
	for n := 1; n <= Groups; n++ {
		next := 0
		for partition := range n {
			from, to := GroupRange(partition, n)
			if from != next || to < from {
				t.Fatalf("partition %d of %d owns [%d, %d), want from %d", partition, n, from, to, next)
			}
			for group := from; group < to; group++ {
				if got := Partition(uint64(group)<<(64-groupBits)|42, n); got != partition {
					t.Fatalf("group %d is in partition %d of %d, want %d", group, got, n, partition)
				}
			}
			next = to
		}
		if next != Groups {
			t.Fatalf("%d partitions own %d groups", n, next)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		hash, n := rapid.Uint64().Draw(t, "hash"), rapid.IntRange(1, 1<<20).Draw(t, "n")
		if got := Partition(hash, n); got < 0 || got >= n {
			t.Fatalf("Partition(%#x, %d) = %d", hash, n, got)
		}
	})
}
