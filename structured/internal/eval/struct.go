package eval

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// field takes one field of a struct.
type field struct {
	arg   node
	index int
	out   vector.Column // the field, with the nulls of the struct
	valid vector.Bitmap
}

func (n *field) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	child := &arg.Children[n.index]
	if !arg.HasNulls() {
		return child, nil
	}
	n.out = *child
	n.out.Valid = n.valid
	bothValid(&n.out, arg, child)
	n.valid = n.out.Valid
	return &n.out, nil
}

// windowTime is the last moment of a window.
type windowTime struct {
	arg node
	out vector.Column
}

func (n *windowTime) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	end := &arg.Children[1]
	n.out.Resize(b.Rows)
	bothValid(&n.out, arg, end)
	for i, t := range end.Longs[:b.Rows] {
		n.out.Longs[i] = t - 1
	}
	return &n.out, nil
}
