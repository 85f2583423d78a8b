package sql

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// number takes a number. Without a suffix, digits are an int, or a bigint or decimal
// if they need it; with an exponent it is a double, with a point a decimal.
func (p *parser) number(sign string) (syntax.Node, error) {
	t := p.next()
	upper := strings.ToUpper(t.text)
	for _, suffix := range [...]struct{ letters, name string }{
		{"BD", "decimal"}, {"Y", "tinyint"}, {"S", "smallint"}, {"L", "bigint"}, {"F", "float"}, {"D", "double"},
	} {
		if digits, ok := strings.CutSuffix(upper, suffix.letters); ok {
			return suffixed(t, suffix.name, sign+digits)
		}
	}
	value := sign + upper
	switch {
	case strings.Contains(upper, "E"):
		return suffixed(t, "double", value)
	case strings.Contains(upper, "."):
		return syntax.TypedLiteral{Type: "decimal", Text: value}, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
		return syntax.TypedLiteral{Type: "decimal", Text: value}, nil
	case int64(int32(n)) == n:
		return syntax.Literal{Value: int32(n), Of: types.Int}, nil
	}
	return syntax.Literal{Value: n, Of: types.Bigint}, nil
}

// suffixed is a number whose type is given.
func suffixed(t token, name, value string) (syntax.Node, error) {
	outOfRange := parseError("INVALID_NUMERIC_LITERAL_RANGE", t.at, t.text+" is out of the range of "+name)
	bits := map[string]int{"tinyint": 8, "smallint": 16, "bigint": 64}[name]
	if bits > 0 {
		n, err := strconv.ParseInt(value, 10, bits)
		switch {
		case err != nil:
			return nil, outOfRange
		case name == "bigint":
			return syntax.Literal{Value: n, Of: types.Bigint}, nil
		}
		return syntax.TypedLiteral{Type: name, Text: value}, nil
	}
	switch name {
	case "double":
		f, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, outOfRange
		}
		return syntax.Literal{Value: f, Of: types.Double}, nil
	case "float":
		if _, err := strconv.ParseFloat(value, 32); err != nil {
			return nil, outOfRange
		}
	}
	return syntax.TypedLiteral{Type: name, Text: value}, nil
}
