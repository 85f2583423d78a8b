package eval

import (
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// now is the time of the batch.
type now struct {
	at  *bound.Moment
	out vector.Column
}

func newNow(expr bound.Now) (node, error) {
	if expr.At == nil {
		return nil, errors.New("compile current_timestamp(): the query has not been started")
	}
	return &now{expr.At, vector.NewColumn(types.Timestamp)}, nil
}

func (n *now) eval(b *vector.Batch, _ vector.Selection) (*vector.Column, error) {
	n.out.Resize(b.Rows)
	n.out.Valid = n.out.Valid[:0]
	µs := n.at.Micros()
	for i := range n.out.Longs {
		n.out.Longs[i] = µs
	}
	return &n.out, nil
}
