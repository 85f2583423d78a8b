package eval

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func newStringFunction(call bound.Call, args []node) (node, error) {
	for _, arg := range call.Args {
		if arg.Type() != types.String {
			return nil, fmt.Errorf("compile %s: an argument is of type %s, not string", call, arg.Type())
		}
	}
	switch call.Function {
	case bound.Length:
		return &length{arg: args[0], out: vector.NewColumn(types.Int)}, nil
	case bound.Concat:
		return &concat{args: args, columns: make([]*vector.Column, len(args)), out: vector.NewColumn(types.String)}, nil
	}
	appenders := map[bound.Function]func(dst, text []byte) []byte{
		bound.Lower: func(dst, text []byte) []byte { return appendCase(dst, text, 'A', 'Z', unicode.ToLower) },
		bound.Upper: func(dst, text []byte) []byte { return appendCase(dst, text, 'a', 'z', unicode.ToUpper) },
		bound.Trim:  func(dst, text []byte) []byte { return append(dst, bytes.Trim(text, " ")...) },
	}
	return &stringMap{arg: args[0], add: appenders[call.Function], out: vector.NewColumn(types.String)}, nil
}

// appendCase appends text with the case changed. ASCII letters between from and to
// change by one bit; text with other characters goes rune by rune.
func appendCase(dst, text []byte, from, to byte, change func(rune) rune) []byte {
	at := len(dst)
	for _, c := range text {
		if c >= utf8.RuneSelf {
			dst = dst[:at]
			for _, r := range string(text) {
				dst = utf8.AppendRune(dst, change(r))
			}
			return dst
		}
		if from <= c && c <= to {
			c ^= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// stringMap is a function from a string to a string.
type stringMap struct {
	arg node
	add func(dst, text []byte) []byte // appends the result
	out vector.Column
}

func (n *stringMap) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	stringRows(&n.out, arg, b.Rows, selection, func(row int) { n.out.Bytes = n.add(n.out.Bytes, arg.String(row)) })
	return &n.out, nil
}

// length counts code points.
type length struct {
	arg node
	out vector.Column
}

func (n *length) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	arg, err := n.arg.eval(b, selection)
	if err != nil {
		return nil, err
	}
	n.out.Resize(b.Rows)
	copyValid(&n.out, arg)
	eachRow(b.Rows, selection, func(row int) { n.out.Ints[row] = int32(utf8.RuneCount(arg.String(row))) })
	return &n.out, nil
}

// concat joins strings; null if one of them is.
type concat struct {
	args    []node
	columns []*vector.Column
	valid   vector.Column // where all arguments are
	out     vector.Column
}

func (n *concat) eval(b *vector.Batch, selection vector.Selection) (*vector.Column, error) {
	n.valid.Len, n.valid.Valid = b.Rows, n.valid.Valid[:0]
	for i, arg := range n.args {
		var err error
		if n.columns[i], err = arg.eval(b, selection); err != nil {
			return nil, err
		}
		bothValid(&n.valid, &n.valid, n.columns[i])
	}
	stringRows(&n.out, &n.valid, b.Rows, selection, func(row int) {
		for _, column := range n.columns {
			n.out.Bytes = append(n.out.Bytes, column.String(row)...)
		}
	})
	return &n.out, nil
}
