package eval

import (
	"regexp"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/regex"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// like matches strings against patterns in which % stands for any string, _ for one
// character, and \ takes the meaning from what follows. The pattern last seen stays
// compiled.
type like struct {
	call           bound.Call
	value, pattern node
	last           string
	matcher        *regexp.Regexp
	out            vector.Column
}

func (n *like) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	value, err := n.value.eval(b, selection)
	if err != nil {
		return nil, err
	}
	pattern, err := n.pattern.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Resize(b.Rows)
	bothValid(&n.out, value, pattern)
	eachRow(b.Rows, selection, func(row int) {
		if err != nil || n.out.IsNull(row) {
			return
		}
		if text := pattern.String(row); n.matcher == nil || n.last != string(text) {
			n.last = string(text)
			n.matcher, err = regex.Like(n.last, `\`, false)
		}
		if err == nil {
			n.out.Bools.Put(row, n.matcher.Match(value.String(row)))
		}
	})
	return &n.out, err
}
