package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// aggregateOver computes an aggregate function over frames.
//
// Where frames begin with the partition each has the rows of the one before, so that
// every row is taken in once. Other frames are each a set of their own, some of them
// at a time.
type aggregateOver struct {
	accumulator *state.Accumulator
	rows        vector.Selection
	numbers     []int32
}

func newAggregateOver(a bound.Aggregate) (*aggregateOver, error) {
	accumulator, err := state.NewAccumulator(a)
	return &aggregateOver{accumulator: accumulator}, err
}

func (a *aggregateOver) compute(f *overFunction, p *partition) error {
	var arg *vector.Column
	if len(f.args) > 0 {
		arg = f.args[0]
	}
	if f.Frame.From.Unbounded {
		return a.growing(f, p, arg)
	}
	return a.apart(f, p, arg)
}

// growing is for frames that begin with the partition.
func (a *aggregateOver) growing(f *overFunction, p *partition, arg *vector.Column) error {
	a.accumulator.Reset(1)
	set := []int32{0}
	done := p.from
	for row := p.from; row < p.to; row++ {
		_, end := p.frame(&f.Frame, row, f.from, f.to)
		if end > done {
			a.rows, a.numbers = a.rows[:0], a.numbers[:0]
			for ; done < end; done++ {
				a.rows, a.numbers = append(a.rows, int32(done)), append(a.numbers, 0)
			}
			if err := a.accumulator.Add(arg, a.rows, a.numbers); err != nil {
				return err
			}
		}
		a.accumulator.AppendTo(&f.out, set)
	}
	return nil
}

// apart is for other frames.
func (a *aggregateOver) apart(f *overFunction, p *partition, arg *vector.Column) error {
	a.rows, a.numbers = a.rows[:0], a.numbers[:0]
	sets := int32(0)
	flush := func() error {
		a.accumulator.Reset(int(sets))
		if err := a.accumulator.Add(arg, a.rows, a.numbers); err != nil {
			return err
		}
		a.numbers = a.numbers[:0]
		for set := range sets {
			a.numbers = append(a.numbers, set)
		}
		a.accumulator.AppendTo(&f.out, a.numbers)
		a.rows, a.numbers, sets = a.rows[:0], a.numbers[:0], 0
		return nil
	}
	for row := p.from; row < p.to; row++ {
		first, end := p.frame(&f.Frame, row, f.from, f.to)
		for at := first; at < end; at++ {
			a.rows, a.numbers = append(a.rows, int32(at)), append(a.numbers, sets)
		}
		sets++
		if len(a.rows) > vector.MaxRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if sets == 0 {
		return nil
	}
	return flush()
}
