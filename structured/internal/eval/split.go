package eval

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/regex"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// split cuts strings at the matches of a pattern. All pieces stay, the empty ones
// too. With a limit the last piece is the rest. A pattern without special characters is searched for as it is.
type split struct {
	call           bound.Call
	value, pattern node
	limit          node   // the greatest number of pieces, if it is positive; nil for none
	last           []byte // the pattern that is compiled
	compiled       bool
	literal        []byte            // what to search for, if expression is nil
	expression     *regex.Expression // of a pattern with special characters
	out            vector.Column
}

func newSplit(call bound.Call, args []node) (node, error) {
	n := &split{call: call, value: args[0], pattern: args[1], out: vector.NewColumn(call.Of)}
	if call.Of != types.Array(types.String) {
		return nil, fmt.Errorf("compile %s: the result is of type %s, not array<string>", call, call.Of)
	}
	if len(args) > 2 {
		n.limit = args[2]
	}
	if pattern, ok := constant[string](call.Args[1]); ok {
		return n, n.compile([]byte(pattern))
	}
	return n, nil
}

func (n *split) compile(pattern []byte) error {
	n.last, n.compiled = append(n.last[:0], pattern...), true
	n.literal, n.expression = n.last, nil
	expression, err := regex.Compile(string(pattern))
	if err != nil {
		n.compiled = false
		return failure(InvalidPattern, n.call, err.Error())
	}
	if literal, ok := expression.Literal(); ok {
		n.literal = []byte(literal)
	} else {
		n.expression = expression
	}
	return nil
}

func (n *split) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	value, err := n.value.eval(b, selection)
	if err != nil {
		return nil, err
	}
	pattern, err := n.pattern.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Reset()
	n.out.Resize(b.Rows)
	bothValid(&n.out, value, pattern)
	var limit *vector.Column
	if n.limit != nil {
		if limit, err = n.limit.eval(b, selection); err != nil {
			return nil, err
		}
		andValid(&n.out, limit)
	}
	pieces := &n.out.Children[0]
	at := 0
	n.out.Offsets[0] = 0
	eachRow(b.Rows, selection, func(row int) {
		for ; at < row; at++ {
			n.out.Offsets[at+1] = int32(pieces.Len)
		}
		if err == nil && !n.out.IsNull(row) {
			most := math.MaxInt
			if limit != nil && limit.Ints[row] > 0 {
				most = int(limit.Ints[row])
			}
			err = n.row(pieces, value.String(row), pattern.String(row), most)
		}
		n.out.Offsets[row+1] = int32(pieces.Len)
		at = row + 1
	})
	for ; at < b.Rows; at++ {
		n.out.Offsets[at+1] = int32(pieces.Len)
	}
	return &n.out, err
}

// row appends the pieces of one string, at most so many.
func (n *split) row(pieces *vector.Column, text, pattern []byte, most int) error {
	if !n.compiled || !bytes.Equal(pattern, n.last) {
		if err := n.compile(pattern); err != nil {
			return err
		}
	}
	switch {
	case n.expression != nil:
		all, err := n.expression.Split(text, most)
		for _, piece := range all {
			pieces.AppendString(piece)
		}
		return err
	case len(n.literal) == 1 && most == math.MaxInt:
		byByte(pieces, text, n.literal[0])
	case len(n.literal) > 0 || len(text) == 0:
		byLiteral(pieces, text, n.literal, most)
	default:
		byCharacter(pieces, text, most)
	}
	return nil
}

// byByte copies the string once and leaves the separators out.
func byByte(pieces *vector.Column, text []byte, separator byte) {
	at := len(pieces.Bytes)
	pieces.Bytes = vector.Resize(pieces.Bytes, at+len(text))
	bytes, offsets := pieces.Bytes, pieces.Offsets
	for _, c := range text {
		if c == separator {
			offsets = append(offsets, int32(at))
		} else {
			bytes[at] = c
			at++
		}
	}
	pieces.Bytes, pieces.Offsets = bytes[:at], append(offsets, int32(at))
	pieces.Len = len(pieces.Offsets) - 1
}

func byLiteral(pieces *vector.Column, text, separator []byte, most int) {
	for ; most > 1 && len(separator) > 0; most-- {
		i := bytes.Index(text, separator)
		if i < 0 {
			break
		}
		pieces.AppendString(text[:i])
		text = text[i+len(separator):]
	}
	pieces.AppendString(text)
}

// byCharacter is what the empty pattern does.
func byCharacter(pieces *vector.Column, text []byte, most int) {
	for ; len(text) > 0; most-- {
		_, size := utf8.DecodeRune(text)
		if most == 1 {
			size = len(text)
		}
		pieces.AppendString(text[:size])
		text = text[size:]
	}
}
