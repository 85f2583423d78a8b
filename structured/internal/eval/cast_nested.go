package eval

import (
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// nested converts arrays, maps and structs part by part; fields go by their place.
func (c caster) nested(from, to types.Type) castLoop {
	if from.Kind() != to.Kind() {
		return nil
	}
	if from.Kind() == types.KindStruct {
		return c.structs(from.Fields(), to.Fields())
	}
	element := c.loop(from.Element(), to.Element())
	if element == nil {
		return nil
	}
	var rows vector.Selection
	return func(out, in *vector.Column, n int, selection vector.Selection) *badValue {
		out.Resize(n)
		copyValid(out, in)
		copy(out.Offsets, in.Offsets[:n+1])
		rows = elementRows(rows[:0], in, n, selection)
		return element(&out.Children[0], &in.Children[0], in.Children[0].Len, rows)
	}
}

// elementRows appends which elements belong to the selected rows that are not null;
// the result is not nil.
func elementRows(rows vector.Selection, in *vector.Column, n int, selection vector.Selection) vector.Selection {
	if rows == nil {
		rows = vector.Selection{}
	}
	eachRow(n, selection, func(row int) {
		if in.IsNull(row) {
			return
		}
		for i := in.Offsets[row]; i < in.Offsets[row+1]; i++ {
			rows = append(rows, i)
		}
	})
	return rows
}

func (c caster) structs(from, to []types.Field) castLoop {
	if len(from) != len(to) {
		return nil
	}
	fields := make([]castLoop, len(from))
	for i := range fields {
		if fields[i] = c.loop(from[i].Type, to[i].Type); fields[i] == nil {
			return nil
		}
	}
	var rows vector.Selection
	return func(out, in *vector.Column, n int, selection vector.Selection) *badValue {
		out.Resize(n)
		copyValid(out, in)
		if in.HasNulls() {
			rows = notNull(rows[:0], in, n, selection)
			selection = rows
		}
		for i, field := range fields {
			if bad := field(&out.Children[i], &in.Children[i], n, selection); bad != nil {
				return bad
			}
		}
		return nil
	}
}

// notNull appends the selected rows that are not null; the result is not nil.
func notNull(rows vector.Selection, in *vector.Column, n int, selection vector.Selection) vector.Selection {
	if rows == nil {
		rows = vector.Selection{}
	}
	eachRow(n, selection, func(row int) {
		if !in.IsNull(row) {
			rows = append(rows, int32(row))
		}
	})
	return rows
}
