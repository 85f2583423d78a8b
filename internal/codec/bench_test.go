package codec

import "testing"

func BenchmarkInt(b *testing.B)    { benchmark(b, 123456) }
func BenchmarkString(b *testing.B) { benchmark(b, "a word of text") }
func BenchmarkStruct(b *testing.B) { benchmark(b, word{"word", 123}) }
func BenchmarkInts(b *testing.B)   { benchmark(b, make([]int, 1000)) }
func BenchmarkMap(b *testing.B)    { benchmark(b, map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}) }

func benchmark[T any](b *testing.B, v T) {
	c := mustOf[T](b)
	encoded := c.Append(nil, &v)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encoded = c.Append(encoded[:0], &v)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		var decoded T
		for b.Loop() {
			if _, err := c.Decode(encoded, &decoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}
