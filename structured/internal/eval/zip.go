package eval

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// zipWith runs the lambda on the elements of two lists at the same places.
func zipWith(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	lambda := h.lambdas[0]
	longer := func(row int) (n int) {
		for _, list := range args[:2] {
			n = max(n, int(list.Offsets[row+1]-list.Offsets[row]))
		}
		return n
	}
	for _, r := range rows {
		row := int(r)
		if anyNull(args[:2], row) {
			continue
		}
		for i := range longer(row) {
			lambda.capture(b, row)
			for p, list := range args[:2] {
				at := int(list.Offsets[row]) + i
				if at >= int(list.Offsets[row+1]) {
					at = -1
				}
				appendOr(&lambda.params()[p], &list.Children[0], at)
			}
		}
	}
	made, err := lambda.run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(rows, func(row int) error {
		h.out.Children[0].AppendRange(made, at, at+longer(row))
		at += longer(row)
		h.out.EndArray()
		return nil
	}, args[:2]...)
}

// appendOr appends a value, or null if its row is -1.
func appendOr(c, src *vector.Column, row int) {
	if row < 0 {
		c.AppendNull()
	} else {
		c.AppendRange(src, row, row+1)
	}
}

// mapZipWith runs the lambda on the values that two maps have for each key: those of the
// first map and then those that only the second has.
func mapZipWith(h *higher, b *vector.Batch, args []*vector.Column, rows vector.Selection) error {
	lambda, left, right := h.lambdas[0], args[0], args[1]
	var counts []int // of the keys of each row without a null
	for _, r := range rows {
		row := int(r)
		if anyNull(args[:2], row) {
			continue
		}
		before := lambda.batch.Rows
		add := func(m *vector.Column, entry, inLeft, inRight int) {
			lambda.capture(b, row)
			params := lambda.params()
			params[0].AppendRange(keys(m), entry, entry+1)
			appendOr(&params[1], values(left), inLeft)
			appendOr(&params[2], values(right), inRight)
		}
		for i := int(left.Offsets[row]); i < int(left.Offsets[row+1]); i++ {
			add(left, i, i, keyIn(right, row, left, i))
		}
		for i := int(right.Offsets[row]); i < int(right.Offsets[row+1]); i++ {
			if keyIn(left, row, right, i) < 0 {
				add(right, i, -1, i)
			}
		}
		counts = append(counts, lambda.batch.Rows-before)
	}
	made, err := lambda.run()
	if err != nil {
		return err
	}
	at := 0
	return h.each(rows, func(int) error {
		count := counts[0]
		counts = counts[1:]
		keys(&h.out).AppendRange(&lambda.params()[0], at, at+count)
		values(&h.out).AppendRange(made, at, at+count)
		at += count
		return h.endMap(count)
	}, args[:2]...)
}

func keys(m *vector.Column) *vector.Column { return &m.Children[0].Children[0] }

func values(m *vector.Column) *vector.Column { return &m.Children[0].Children[1] }

// keyIn returns where a map has the key of another's entry, or -1.
func keyIn(m *vector.Column, row int, other *vector.Column, entry int) int {
	for i := int(m.Offsets[row]); i < int(m.Offsets[row+1]); i++ {
		if vector.Compare(keys(m), i, keys(other), entry) == 0 {
			return i
		}
	}
	return -1
}
