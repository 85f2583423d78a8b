package state

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/user"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// users is the buffers of a function of the program.
type users struct{ buffers user.Buffers }

func newUsers(a bound.Aggregate, merge bool) (*users, error) {
	f, ok := a.User.(*user.Function)
	if !ok {
		return nil, fmt.Errorf("aggregate %s: %T is no function", a, a.User)
	}
	buffers, err := f.Buffers(a.Arg.Type(), merge)
	return &users{buffers}, err
}

// checkBuffers returns an error if there is no buffer of its function in a column.
func checkBuffers(aggregates []bound.Aggregate, values []*vector.Column) error {
	for i, aggregate := range aggregates {
		if aggregate.User == nil {
			continue
		}
		a, err := newUsers(aggregate, true)
		if err != nil {
			return err
		}
		if err := a.buffers.Check(values[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *users) resize(n int) { a.buffers.Resize(n) }

func (a *users) add(arg *vector.Column, selection vector.Selection, numbers []int32) error {
	return a.buffers.Add(arg, selection, numbers)
}

func (a *users) set(values *vector.Column, numbers []int32) { a.buffers.Set(values, numbers) }

func (a *users) appendTo(values *vector.Column, numbers []int32) { a.buffers.Append(values, numbers) }
