package keyed

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The work of reduceByKey: add 1 to the value of each key, 1 M int keys in random
// order, in chunks of 1,024, beside a Go map doing the same.
func BenchmarkUpdateMillionKeys(b *testing.B) {
	const keys, chunk = 1_000_000, 1024
	random := rand.New(rand.NewPCG(1, 2))
	stream := make([]int, 1<<22)
	for i := range stream {
		stream[i] = random.IntN(keys)
	}
	chunks := func(yield func([]int) bool) {
		for {
			for at := 0; at < len(stream); at += chunk {
				if !yield(stream[at : at+chunk]) {
					return
				}
			}
		}
	}
	perKey := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/key")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("table", func(b *testing.B) {
		table := NewTable[int, int]()
		hashes, slots := make([]uint64, chunk), make([]uint32, chunk)
		for i := range keys {
			table.Insert(i)
		}
		n := 0
		b.ResetTimer()
		for c := range chunks {
			if n/chunk == b.N {
				break
			}
			table.Hashes(c, hashes)
			table.Slots(c, hashes, slots)
			for _, slot := range slots {
				*table.At(slot)++
			}
			n += chunk
		}
		perKey(b, n)
	})
	b.Run("map", func(b *testing.B) {
		table := map[int]int{}
		for i := range keys {
			table[i] = 0
		}
		n := 0
		b.ResetTimer()
		for c := range chunks {
			if n/chunk == b.N {
				break
			}
			for _, key := range c {
				table[key]++
			}
			n += chunk
		}
		perKey(b, n)
	})
}

// Building a table of 1 M distinct keys from nothing.
func BenchmarkInsertMillionKeys(b *testing.B) {
	const keys, chunk = 1_000_000, 1000
	random := rand.New(rand.NewPCG(1, 2))
	stream := random.Perm(keys)
	b.Run("table", func(b *testing.B) {
		hashes, slots := make([]uint64, chunk), make([]uint32, chunk)
		for b.Loop() {
			table := NewTable[int, int]()
			for at := 0; at < keys; at += chunk {
				c := stream[at : at+chunk]
				table.Hashes(c, hashes)
				table.Slots(c, hashes, slots)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
	})
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			table := map[int]int{}
			for _, key := range stream {
				table[key] = 0
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
	})
}

func BenchmarkUpdateStringKeys(b *testing.B) {
	const keys, chunk = 100_000, 1024
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, keys)
	for i := range words {
		words[i] = fmt.Sprintf("word-%d", i)
	}
	stream := make([]string, chunk*64)
	for i := range stream {
		stream[i] = words[random.IntN(keys)]
	}
	b.Run("table", func(b *testing.B) {
		table := NewTable[string, int]()
		hashes, slots := make([]uint64, chunk), make([]uint32, chunk)
		for b.Loop() {
			for at := 0; at < len(stream); at += chunk {
				c := stream[at : at+chunk]
				table.Hashes(c, hashes)
				table.Slots(c, hashes, slots)
				for _, slot := range slots {
					*table.At(slot)++
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(stream)), "ns/key")
	})
	b.Run("map", func(b *testing.B) {
		table := map[string]int{}
		for b.Loop() {
			for _, word := range stream {
				table[word]++
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(stream)), "ns/key")
	})
}

func BenchmarkHash(b *testing.B) {
	type pair struct {
		A int32
		B string
	}
	benchmarkHash(b, "int", 12345)
	benchmarkHash(b, "string", "a word of text")
	benchmarkHash(b, "float64", 1.5)
	benchmarkHash(b, "struct", pair{7, "seven"})
	benchmarkHash[any](b, "any", 12345)
}

func benchmarkHash[K comparable](b *testing.B, name string, key K) {
	hash := HasherOf[K]()
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		sum := uint64(0)
		for b.Loop() {
			sum += hash(key)
		}
		if sum == 1 {
			b.Fatal("a sum of hashes is 1")
		}
	})
}

// A batch of 1,024 updates of a state of 1 M keys, beside which a Table without
// before-images would do the same.
func BenchmarkStateUpdate(b *testing.B) {
	const keys, chunk = 1_000_000, 1024
	random := rand.New(rand.NewPCG(1, 2))
	stream := make([]int, 1<<20)
	for i := range stream {
		stream[i] = random.IntN(keys)
	}
	state := NewState[int, int]()
	for i := range keys {
		state.Touch(i)
	}
	hashes, slots := make([]uint64, chunk), make([]uint32, chunk)
	at := 0
	b.ReportAllocs()
	for b.Loop() {
		c := stream[at : at+chunk]
		state.Begin()
		state.Hashes(c, hashes)
		state.TouchAll(c, hashes, slots)
		for _, slot := range slots {
			*state.At(slot)++
		}
		state.Commit()
		at = (at + chunk) % len(stream)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/chunk, "ns/key")
}
