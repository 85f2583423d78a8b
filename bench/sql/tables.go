package main

import "fmt"

// tables is the data of all engines, which the Python program makes by the same rules.
type tables struct {
	key    []int64  // 1,000 different ones
	text   []string // "key-" and the key
	id     []int64  // a million different ones, or a tenth of the rows
	value  []int64  // ascending
	random []int64
	ids    []int64 // of the table that is joined, each once
	weight []int64

	events
}

// events are a table of their own, with as many rows: what visitors do with advertisements,
// of which each belongs to a campaign.
type events struct {
	ts      []int64 // microseconds, 100 from one to the next
	member  []int64 // 6,000 different ones
	visitor []int64 // 100,000 different ones
	kind    []string
	ad      []string
}

const (
	members, visitors = 6000, 100_000
	microsPerEvent    = 100
)

// kinds are those of events.
var kinds = [...]string{"view", "click", "purchase"}

// ads and campaigns are 36 bytes long, as the text of a UUID is.
var (
	ads       = longTexts(1000, "ad")
	campaigns = longTexts(100, "campaign")
)

func longTexts(n int, prefix string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%0*d", prefix, 36-len(prefix)-1, i)
	}
	return list
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
		t.ts = append(t.ts, i*microsPerEvent)
		t.member = append(t.member, s%members)
		t.visitor = append(t.visitor, s%visitors)
		t.kind = append(t.kind, kinds[s%3])
		t.ad = append(t.ad, ads[s%1000])
	}
	for i := range distinct {
		t.ids = append(t.ids, i)
		t.weight = append(t.weight, i%97)
	}
	return t
}
