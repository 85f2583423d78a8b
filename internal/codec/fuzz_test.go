package codec

import (
	"bytes"
	"testing"
	"time"
)

// Whatever decodes encodes to something that decodes to the same.
func FuzzDecode(f *testing.F) {
	c := mustOf[everything](f)
	m := mustOf[map[string][]tree](f)
	f.Add([]byte{})
	f.Add(c.Append(nil, &everything{
		Words: []word{{"a", 1}}, ByName: map[string]word{"b": {"c", 2}, "d": {}}, Pointer: &word{},
		At: time.Unix(1, 2), Tree: tree{Children: []*tree{nil, {}}},
	}))
	f.Add(m.Append(nil, &map[string][]tree{"a": {{Name: "b"}}, "c": nil}))
	f.Fuzz(func(t *testing.T, src []byte) {
		checkDecode(t, c, src)
		checkDecode(t, m, src)
	})
}

func checkDecode[T any](t *testing.T, c Codec[T], src []byte) {
	var v, again T
	rest, err := c.Decode(src, &v)
	if err != nil {
		return
	}
	if !bytes.HasSuffix(src, rest) {
		t.Fatalf("the rest is not the end of the input")
	}
	encoded := c.Append(nil, &v)
	if _, err := c.Decode(encoded, &again); err != nil {
		t.Fatalf("decode what was encoded: %v", err)
	}
	if twice := c.Append(nil, &again); !bytes.Equal(encoded, twice) {
		t.Fatalf("encoded\n%x, then\n%x", encoded, twice)
	}
}
