package state

import "github.com/tidewheel/tidewheel/internal/keyed"

// groupIndex lists the groups of a bucket by key group, in order of their numbers.
// It is made when it is asked for and good as long as no group comes or goes.
type groupIndex struct {
	numbers []int32
	starts  []int32 // of each key group in numbers; nil if there is no index
}

func (x *groupIndex) reset() { x.starts = x.starts[:0] }

// all returns the numbers of all groups of the table, ordered by key group and
// within it by number.
func (x *groupIndex) all(t *table) []int32 {
	if len(x.starts) == 0 || len(x.numbers) != t.len() {
		x.build(t)
	}
	return x.numbers
}

// of returns the numbers of the groups in one key group.
func (x *groupIndex) of(t *table, group int) []int32 {
	numbers := x.all(t)
	return numbers[x.starts[group]:x.starts[group+1]]
}

func (x *groupIndex) build(t *table) {
	var starts [keyed.Groups + 1]int32
	for _, hash := range t.hashes {
		starts[keyed.Group(hash)+1]++
	}
	for group := range keyed.Groups {
		starts[group+1] += starts[group]
	}
	x.starts = append(x.starts[:0], starts[:]...)
	if cap(x.numbers) < t.len() {
		x.numbers = make([]int32, t.len())
	}
	x.numbers = x.numbers[:t.len()]
	for number, hash := range t.hashes {
		group := keyed.Group(hash)
		x.numbers[starts[group]] = int32(number)
		starts[group]++
	}
}
