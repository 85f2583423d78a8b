package main

// tables is the data of all engines, which the Python program makes by the same rules.
type tables struct {
	key    []int64  // 1,000 different ones
	text   []string // "key-" and the key
	id     []int64  // a million different ones, or a tenth of the rows
	value  []int64  // ascending
	random []int64
	ids    []int64 // of the table that is joined, each once
	weight []int64
}

// modulus is a prime. The squares of the multiples of a number have no order, and an
// engine can compute them without an overflow.
const modulus = 1<<31 - 1

func spread(i int64) int64 {
	multiple := i * 48271 % modulus
	return multiple * multiple % modulus
}

func makeTables(rows int) *tables {
	t := &tables{}
	distinct := int64(max(rows/10, 1))
	for i := range int64(rows) {
		s := spread(i)
		t.key = append(t.key, s%1000)
		t.text = append(t.text, keys[s%1000])
		t.id = append(t.id, s%distinct)
		t.value = append(t.value, i)
		t.random = append(t.random, s)
	}
	for i := range distinct {
		t.ids = append(t.ids, i)
		t.weight = append(t.weight, i%97)
	}
	return t
}
