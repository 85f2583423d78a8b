package eval

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/function"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// placed is a function whose results depend on the place of a row. It begins anew with
// each attempt at a partition, so that a second one gives the same.
type placed struct {
	arg     node // nil if there is none but the seed
	seed    int64
	task    vector.Task
	rows    int64 // computed by this attempt
	random  xorShift
	compute func(p *placed, arg *vector.Column, row int)
	out     vector.Column
}

var placedFunctions = map[bound.Function]func(*placed, *vector.Column, int){
	bound.Rand:  func(p *placed, _ *vector.Column, _ int) { p.out.AppendDouble(p.random.double()) },
	bound.Randn: func(p *placed, _ *vector.Column, _ int) { p.out.AppendDouble(p.random.normal()) },
	bound.RandText: func(p *placed, length *vector.Column, row int) {
		for range length.Whole(row) {
			p.out.Bytes = append(p.out.Bytes, p.random.letter())
		}
		p.out.EndString()
	},
	bound.Shuffle: (*placed).shuffle,
	bound.UUID: func(p *placed, _ *vector.Column, _ int) {
		p.out.Bytes = p.random.uuid(p.out.Bytes)
		p.out.EndString()
	},
	bound.RowID:     func(p *placed, _ *vector.Column, _ int) { p.out.AppendLong(int64(p.task.Partition)<<33 + p.rows) },
	bound.Partition: func(p *placed, _ *vector.Column, _ int) { p.out.AppendInt(int32(p.task.Partition)) },
}

// newPlaced compiles a call of one of the placed functions.
func newPlaced(call bound.Call, args []node) (node, error) {
	p := &placed{compute: placedFunctions[call.Function], out: vector.NewColumn(call.Of)}
	if call.Function == bound.RowID || call.Function == bound.Partition {
		return p, nil
	}
	last := len(args) - 1
	if last < 0 {
		return nil, fmt.Errorf("compile %s: the query has not been started", call)
	}
	seed, ok := constant[int64](call.Args[last])
	if !ok {
		return nil, fmt.Errorf("compile %s: the seed is no constant", call)
	}
	if p.seed = seed; last > 0 {
		p.arg = args[0]
	}
	p.begin(vector.Task{})
	return p, nil
}

// begin starts an attempt.
func (p *placed) begin(task vector.Task) {
	p.task, p.rows = task, 0
	p.random = newXORShift(p.seed + int64(task.Partition) + task.Epoch*math.MaxInt32)
}

func (p *placed) eval(b *vector.Batch, selection vector.Selection) (arg *vector.Column, err error) {
	if p.arg != nil {
		if arg, err = p.arg.eval(b, selection); err != nil {
			return nil, err
		}
	}
	if p.task != b.Task {
		p.begin(b.Task)
	}
	p.out.Reset()
	eachRow(b.Rows, selection, func(row int) {
		for p.out.Len < row {
			p.out.AppendNull()
		}
		if arg != nil && arg.IsNull(row) {
			p.out.AppendNull()
			return
		}
		p.compute(p, arg, row)
		p.rows++
	})
	for p.out.Len < b.Rows {
		p.out.AppendNull()
	}
	return &p.out, nil
}

// shuffle exchanges each element with one of those up to it (Fisher and Yates).
func (p *placed) shuffle(list *vector.Column, row int) {
	var order []int32
	for i := list.Offsets[row]; i < list.Offsets[row+1]; i++ {
		order = append(order, i)
		j := int(p.random.double() * float64(len(order)))
		order[len(order)-1], order[j] = order[j], order[len(order)-1]
	}
	p.out.Children[0].AppendRows(&list.Children[0], order)
	p.out.EndArray()
}

// xorShift is the generator of Marsaglia's "Xorshift RNGs" (2003) with the shifts 21, 35
// and 4, as Spark seeds it, and with what java.util.Random makes of its bits.
type xorShift struct {
	state  uint64
	second float64 // the other one of the last pair of normal numbers
	has    bool
}

// newXORShift makes the seed's bits, hashed twice with Murmur3, the state.
func newXORShift(seed int64) xorShift {
	const first = 0x3c074a61
	low := function.MurmurLong(bits.ReverseBytes64(uint64(seed)), first)
	high := function.MurmurLong(bits.ReverseBytes64(uint64(seed)), low)
	return xorShift{state: uint64(high)<<32 | uint64(low)}
}

// next draws n bits.
func (x *xorShift) next(n int) uint64 {
	x.state ^= x.state << 21
	x.state ^= x.state >> 35
	x.state ^= x.state << 4
	return x.state & (1<<n - 1)
}

func (x *xorShift) double() float64 { return float64(x.next(26)<<27+x.next(27)) * 0x1p-53 }

// normal is the polar method of Marsaglia, which gives two numbers at a time.
func (x *xorShift) normal() float64 {
	if x.has {
		x.has = false
		return x.second
	}
	for {
		a, b := 2*x.double()-1, 2*x.double()-1
		if s := a*a + b*b; s < 1 && s != 0 {
			factor := math.Sqrt(-2 * math.Log(s) / s)
			x.second, x.has = b*factor, true
			return a * factor
		}
	}
}

// letter is a digit or a letter.
func (x *xorShift) letter() byte {
	n := int32(uint32(x.next(32))) % 62
	return "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[max(n, -n)]
}

// uuid appends one of version 4 (RFC 9562).
func (x *xorShift) uuid(dst []byte) []byte {
	var id [16]byte
	for i := range id {
		id[i] = byte(x.next(8))
	}
	id[6], id[8] = id[6]&0x0F|0x40, id[8]&0x3F|0x80
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}
