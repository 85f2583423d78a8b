package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type word struct {
	Text  string
	Count int
}

type tree struct {
	Name     string
	Children []*tree
	Parent   *word
}

type everything struct {
	Bool      bool
	Int       int
	Int8      int8
	Int16     int16
	Int32     int32
	Int64     int64
	Uint      uint
	Uint8     uint8
	Uint16    uint16
	Uint32    uint32
	Uint64    uint64
	Float32   float32
	Float64   float64
	Complex64 complex64
	Complex   complex128
	String    string
	Bytes     []byte
	Words     []word
	Three     [3]int16
	ByName    map[string]word
	Pointer   *word
	At        time.Time
	From      netip.Addr
	Nothing   []struct{}
	Tree      tree
	_         func()
}

func mustOf[T any](t rapid.TB) Codec[T] {
	t.Helper()
	c, err := Of[T]()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The encoding and the names are facts on disk.
func TestEncodingIsFixed(t *testing.T) {
	golden(t, true, "bool", "01")
	golden(t, int(-1), "int", "01")
	golden(t, int64(300), "int64", "d804")
	golden(t, int16(math.MinInt16), "int16", "ffff03")
	golden(t, int8(-1), "int8", "ff")
	golden(t, uint64(math.MaxUint64), "uint64", "ffffffffffffffffff01")
	golden(t, uint16(200), "uint16", "c801")
	golden(t, float32(1.5), "float32", "0000c03f")
	golden(t, -2.0, "float64", "00000000000000c0")
	golden(t, complex64(complex(1, 2)), "complex64", "0000803f00000040")
	golden(t, complex(1, 2), "complex128", "000000000000f03f0000000000000040")
	golden(t, "tide", "string", "0474696465")
	golden(t, []byte{1, 2}, "[]uint8", "030102")
	golden(t, []byte(nil), "[]uint8", "00")
	golden(t, []byte{}, "[]uint8", "01")
	golden(t, []int{5, -5}, "[]int", "030a09")
	golden(t, []struct{}{{}, {}}, "[]struct{}", "03")
	golden(t, [2]bool{false, true}, "[2]bool", "0001")
	golden(t, map[string]int(nil), "map[string]int", "00")
	golden(t, map[string]int{"b": 1, "a": 2, "": 3}, "map[string]int", "04"+"0006"+"016104"+"016202")
	golden(t, &word{"a", 1}, "*struct{Count int, Text string}", "01020161")
	golden(t, (*word)(nil), "*struct{Count int, Text string}", "00")
	golden(t, word{"a", 1}, "struct{Count int, Text string}", "020161")
	golden(t, time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", -3600)), "time", "ea8eba950d 06 9f38")
	golden(t, netip.MustParseAddr("10.0.0.1"), "net/netip.Addr", "040a000001")
	golden(t, tree{Name: "a", Children: []*tree{{Name: "b"}}},
		"struct{Children []*^1, Name string, Parent *struct{Count int, Text string}}", "0201000162000161 00")
}

func golden[T any](t *testing.T, v T, name, encoding string) {
	t.Helper()
	c := mustOf[T](t)
	if c.Name() != name {
		t.Errorf("name of %T is %q, want %q", v, c.Name(), name)
	}
	encoded := c.Append(nil, &v)
	if got, want := hex.EncodeToString(encoded), strings.ReplaceAll(encoding, " ", ""); got != want {
		t.Errorf("encoding of %#v is %s, want %s", v, got, want)
	}
	checkRoundTrip(t, c, v)
}

// checkRoundTrip encodes and decodes a value, then does it with every prefix, which
// must fail.
func checkRoundTrip[T any](t rapid.TB, c Codec[T], v T) {
	t.Helper()
	encoded := c.Append([]byte("before"), &v)[len("before"):]
	var decoded T
	rest, err := c.Decode(append(encoded, "rest"...), &decoded)
	if err != nil {
		t.Fatalf("decode %x: %v", encoded, err)
	}
	if string(rest) != "rest" {
		t.Fatalf("rest is %q", rest)
	}
	if !reflect.DeepEqual(normal(v), normal(decoded)) {
		t.Fatalf("decoded\n%#v, want\n%#v", decoded, v)
	}
	if again := c.Append(nil, &decoded); !bytes.Equal(again, encoded) {
		t.Fatalf("encoded again\n%x, want\n%x", again, encoded)
	}
	for n := range encoded {
		_, err := c.Decode(encoded[:n], &decoded)
		var malformed *DecodeError
		if !errors.As(err, &malformed) {
			t.Fatalf("decode %d of %d bytes: %v", n, len(encoded), err)
		}
		if malformed.Offset < 0 || malformed.Offset > n {
			t.Fatalf("decode %d of %d bytes: offset %d", n, len(encoded), malformed.Offset)
		}
	}
}

// normal makes times comparable by DeepEqual: their locations are pointers.
func normal(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case everything:
		at := v.At.Format(time.RFC3339Nano)
		v.At = time.Time{}
		return []any{v, at}
	default:
		return v
	}
}

func TestEverythingRoundTrips(t *testing.T) {
	c := mustOf[everything](t)
	words := rapid.Custom(func(t *rapid.T) word {
		return word{rapid.String().Draw(t, "text"), rapid.Int().Draw(t, "count")}
	})
	rapid.Check(t, func(t *rapid.T) {
		offset := rapid.IntRange(-14*3600, 14*3600).Draw(t, "offset")
		v := everything{
			Bool:      rapid.Bool().Draw(t, "bool"),
			Int:       rapid.Int().Draw(t, "int"),
			Int8:      rapid.Int8().Draw(t, "int8"),
			Int16:     rapid.Int16().Draw(t, "int16"),
			Int32:     rapid.Int32().Draw(t, "int32"),
			Int64:     rapid.Int64().Draw(t, "int64"),
			Uint:      rapid.Uint().Draw(t, "uint"),
			Uint8:     rapid.Uint8().Draw(t, "uint8"),
			Uint16:    rapid.Uint16().Draw(t, "uint16"),
			Uint32:    rapid.Uint32().Draw(t, "uint32"),
			Uint64:    rapid.Uint64().Draw(t, "uint64"),
			Float32:   rapid.Float32().Draw(t, "float32"),
			Float64:   rapid.Float64().Draw(t, "float64"),
			Complex64: complex(rapid.Float32().Draw(t, "re"), 1),
			Complex:   complex(2, rapid.Float64().Draw(t, "im")),
			String:    rapid.String().Draw(t, "string"),
			Bytes:     rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"),
			Words:     rapid.SliceOfN(words, 0, 4).Draw(t, "words"),
			Three:     [3]int16{rapid.Int16().Draw(t, "first")},
			ByName:    rapid.MapOfN(rapid.String(), words, 0, 4).Draw(t, "by name"),
			Pointer:   rapid.Ptr(words, true).Draw(t, "pointer"),
			At:        time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "seconds"), 7).In(time.FixedZone("", offset)),
			From:      netip.AddrFrom4([4]byte{byte(offset)}),
			Nothing:   make([]struct{}, rapid.IntRange(0, 3).Draw(t, "nothing")),
			Tree:      tree{Name: "root", Children: []*tree{nil, {Name: "leaf"}}},
		}
		checkRoundTrip(t, c, v)
	})
}

// Equal maps give equal bytes whatever was done to them.
func TestMapsAreDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := mustOf[map[float64]string](t)
		keys := rapid.SliceOfDistinct(rapid.Float64(), rapid.ID).Draw(t, "keys")
		a, b := map[float64]string{}, map[float64]string{}
		for i, key := range keys {
			a[key] = "v"
			b[keys[len(keys)-1-i]] = "v"
		}
		a[math.NaN()], b[math.NaN()] = "x", "y"
		a[math.NaN()], b[math.NaN()] = "y", "x"
		if x, y := c.Append(nil, &a), c.Append(nil, &b); !bytes.Equal(x, y) {
			t.Fatalf("encodings differ:\n%x\n%x", x, y)
		}
	})
}

func TestUnencodableTypes(t *testing.T) {
	type hidden struct {
		Shown int
		seen  map[string]bool
	}
	_ = hidden{seen: nil}
	type holder struct{ Inner []map[string]hidden }
	type blank struct{ _ [1 << 20]byte }
	type stamped struct {
		time.Time
		Count int
	}
	tests := []struct {
		of   func() error
		want string
	}{
		{ofError[chan int], "chan int cannot be encoded: chan int is a chan, which means nothing outside its process"},
		{ofError[func()], "is a func"},
		{ofError[any], "is an interface"},
		{ofError[holder], "holder.Inner[][].seen is unexported and would be lost; export it, or implement"},
		{ofError[map[string]*error], "map[string]*error[] is an interface"},
		{ofError[[]blank], "has no field to encode"},
		{ofError[stamped], "stamped.Time is embedded and encodes itself"},
		{ofError[*uintptr], "is a uintptr"},
	}
	for _, test := range tests {
		err := test.of()
		var typeError *TypeError
		if !errors.As(err, &typeError) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error is %v, want a *TypeError with %q", err, test.want)
		}
	}
}

func ofError[T any]() error {
	_, err := Of[T]()
	return err
}

func TestMalformed(t *testing.T) {
	malformed[bool](t, "02", "at byte 0: a bool is 2")
	malformed[int8](t, "", "at byte 0: the input ends within a byte")
	malformed[int16](t, "808004", "at byte 0: 32768 does not fit an int of 16 bits")
	malformed[uint16](t, "ffff7f", "does not fit a uint of 16 bits")
	malformed[[]uint64](t, "0301ffffffffffffffffff7f", "at byte 2: a varint is longer than 64 bits")
	malformed[string](t, "ffffffffffffffffff01", "at byte 0: a string of 18446744073709551615 bytes, but 0 bytes are left")
	malformed[[]string](t, "ffffffff0f", "at byte 0: 4294967294 elements, but 0 bytes are left")
	malformed[[]struct{}](t, "ffffffffff0f", "elements, but 0 bytes are left")
	malformed[*int](t, "02", "a pointer is marked 2")
	malformed[map[int]bool](t, "0304010200", "at byte 3: a map's keys are out of order")
	malformed[map[struct{}]bool](t, "030101", "there is only one key")
	malformed[time.Time](t, "0080a8d6b90700", "a time has 2000000000 ns")
	malformed[netip.Addr](t, "0101", "at byte 0: netip.Addr: ")
	type list struct{ Next *list }
	malformed[list](t, strings.Repeat("01", maxDepth+2), "nested more than 10000 deep")
	type nest []nest
	malformed[nest](t, strings.Repeat("02", maxDepth+2), "nested more than 10000 deep")
}

func malformed[T any](t *testing.T, input, want string) {
	t.Helper()
	src, err := hex.DecodeString(input)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	c := mustOf[T](t)
	_, err = c.Decode(src, &v)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.Name()) {
		t.Errorf("decode %T: error is %v, want %q", v, err, want)
	}
}

// A claimed length must not make memory that the input cannot fill.
func TestNoAllocationWithoutInput(t *testing.T) {
	c := mustOf[[][4]word](t)
	src, _ := hex.DecodeString("ffffff7f")
	src = append(src, make([]byte, 64)...)
	var v [][4]word
	if _, err := c.Decode(src, &v); err == nil || v != nil {
		t.Errorf("error is %v, and %d elements were made", err, len(v))
	}
}

func TestUnencodableValues(t *testing.T) {
	loop := &tree{}
	loop.Children = []*tree{loop}
	encodePanics(t, *loop, "pointers lead in a circle")
	encodePanics(t, refuses{}, "encode a codec.refuses: not today")
}

type refuses struct{}

func (refuses) MarshalBinary() ([]byte, error)    { return nil, errors.New("not today") }
func (*refuses) UnmarshalBinary(src []byte) error { return nil }

func encodePanics[T any](t *testing.T, v T, want string) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(*EncodeError)
		if !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("panic with %v, want an *EncodeError with %q", err, want)
		}
	}()
	c := mustOf[T](t)
	c.Append(nil, &v)
}

func TestHeader(t *testing.T) {
	type words struct{ Words []string }
	c, other := mustOf[word](t), mustOf[words](t)
	stream := append(c.AppendHeader(nil), "values"...)
	if rest, err := c.ReadHeader(stream); err != nil || string(rest) != "values" {
		t.Errorf("ReadHeader = %q, %v", rest, err)
	}
	_, err := other.ReadHeader(stream)
	want := "stored values are of type struct{Count int, Text string}, but the program's type is struct{Words []string}: " +
		"give the program the stored type back, or start from an empty directory"
	var mismatch *MismatchError
	if !errors.As(err, &mismatch) || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	stream[0] = 9
	if _, err := c.ReadHeader(stream); fmt.Sprint(err) != "stored values are in version 9 of the encoding; this release reads version 1" {
		t.Errorf("error is %v", err)
	}
	for n := range len(c.AppendHeader(nil)) {
		var malformed *DecodeError
		if _, err := c.ReadHeader(c.AppendHeader(nil)[:n]); !errors.As(err, &malformed) {
			t.Errorf("header of %d bytes: error is %v", n, err)
		}
	}
}
