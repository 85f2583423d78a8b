package state

import (
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// sketch is the registers of approx_count_distinct; nil before the first value.
type sketch struct {
	merge     bool
	registers [][]byte
	hasher    Hasher
	hashes    []uint64
}

func (a *sketch) resize(n int) { a.registers = resized(a.registers, n) }

func (a *sketch) of(number int32) []byte {
	if a.registers[number] == nil {
		a.registers[number] = make([]byte, function.Registers)
	}
	return a.registers[number]
}

func (a *sketch) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	if a.merge {
		for i, number := range numbers {
			row := rowAt(selection, i)
			if arg.IsNull(row) {
				continue
			}
			own := a.of(number)
			for j, rank := range arg.String(row) {
				own[j] = max(own[j], rank)
			}
		}
		return nil
	}
	a.hashes = vector.Resize(a.hashes, len(numbers))
	a.hasher.Hash([]*vector.Column{arg}, selection, a.hashes)
	for i, number := range numbers {
		if !arg.IsNull(rowAt(selection, i)) {
			function.Observe(a.of(number), a.hashes[i])
		}
	}
	return nil
}

func (a *sketch) set(values *vector.Column, numbers []int32) {
	for i, number := range numbers {
		a.registers[number] = nil
		if !values.IsNull(i) {
			copy(a.of(number), values.String(i))
		}
	}
}

func (a *sketch) appendTo(values *vector.Column, numbers []int32) {
	for _, number := range numbers {
		if a.registers[number] == nil {
			values.AppendNull()
		} else {
			values.AppendString(a.registers[number])
		}
	}
}
