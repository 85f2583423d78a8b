package sql

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// plainType is the type that a word alone names.
func plainType(name string) (types.Type, bool) {
	switch name {
	case "boolean":
		return types.Boolean, true
	case "tinyint", "byte":
		return types.Tinyint, true
	case "smallint", "short":
		return types.Smallint, true
	case "int", "integer":
		return types.Int, true
	case "bigint", "long":
		return types.Bigint, true
	case "float", "real":
		return types.Float, true
	case "double":
		return types.Double, true
	case "decimal", "dec", "numeric":
		return types.Decimal(10, 0), true
	case "string":
		return types.String, true
	case "binary":
		return types.Binary, true
	case "date":
		return types.Date, true
	case "timestamp", "timestamp_ltz":
		return types.Timestamp, true
	case "timestamp_ntz":
		return types.TimestampNTZ, true
	case "void":
		return types.Void, true
	}
	return types.Type{}, false
}

// dataType reads a type.
func (p *parser) dataType() (t types.Type, err error) {
	err = p.nested(func() error {
		t, err = p.typeOf()
		return err
	})
	return t, err
}

func (p *parser) typeOf() (types.Type, error) {
	word := p.peek()
	name, err := p.name("a type")
	if err != nil {
		return types.Type{}, err
	}
	switch name = strings.ToLower(name); {
	case (name == "decimal" || name == "dec" || name == "numeric") && p.takes("("):
		return p.decimalType(word)
	case (name == "char" || name == "varchar") && p.takes("("):
		if _, err := p.digits(); err != nil {
			return types.Type{}, err
		}
		return types.String, p.expect(")")
	case name == "string" && p.takes("COLLATE"):
		collation, err := p.name("a collation")
		if err != nil {
			return types.Type{}, err
		}
		c, ok := types.CollationNamed(collation)
		if !ok {
			return types.Type{}, parseError("COLLATION_INVALID_NAME", word.at, "there is no collation "+collation)
		}
		return types.Collated(c), nil
	case name == "interval":
		return p.intervalType()
	case name == "map" && p.takes("<"):
		key, err := p.dataType()
		if err != nil {
			return types.Type{}, err
		}
		if err := p.expect(","); err != nil {
			return types.Type{}, err
		}
		value, err := p.dataType()
		if err != nil {
			return types.Type{}, err
		}
		return types.Map(key, value), p.closeAngle()
	case name == "array" && p.takes("<"):
		element, err := p.dataType()
		if err != nil {
			return types.Type{}, err
		}
		return types.Array(element), p.closeAngle()
	case name == "struct" && p.takes("<>"):
		return types.Struct(), nil
	case name == "struct" && p.takes("<"):
		if p.takes(">") {
			return types.Struct(), nil
		}
		fields, err := p.fields(true)
		if err != nil {
			return types.Type{}, err
		}
		return types.Struct(fields...), p.closeAngle()
	}
	if t, ok := plainType(name); ok {
		return t, nil
	}
	return types.Type{}, parseError("UNSUPPORTED_DATATYPE", word.at, "there is no type "+word.String())
}

// decimalType reads "precision)" or "precision, scale)".
func (p *parser) decimalType(name token) (types.Type, error) {
	precision, err := p.digits()
	if err != nil {
		return types.Type{}, err
	}
	scale := 0
	if p.takes(",") {
		if scale, err = p.digits(); err != nil {
			return types.Type{}, err
		}
	}
	if err := types.CheckDecimal(precision, scale); err != nil {
		return types.Type{}, parseError("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", name.at, err.Error())
	}
	return types.Decimal(precision, scale), p.expect(")")
}

// digits takes a small whole number.
func (p *parser) digits() (int, error) {
	t := p.peek()
	n, err := strconv.ParseUint(t.text, 10, 16)
	if t.kind != number || err != nil {
		return 0, p.unexpected("a whole number")
	}
	p.next()
	return int(n), nil
}

// intervalType reads "unit", "unit TO unit" or nothing, which is the type of those of the
// calendar.
func (p *parser) intervalType() (types.Type, error) {
	at := p.peek().at
	if !isUnit(p.peek()) {
		return types.Calendar, nil
	}
	first, _ := spanOf(p.next().text)
	last := first
	if p.takes("TO") {
		if !isUnit(p.peek()) {
			return types.Type{}, p.unexpected("a unit of time")
		}
		last, _ = spanOf(p.next().text)
	}
	if last.unit < first.unit || (first.unit <= types.Month) != (last.unit <= types.Month) {
		return types.Type{}, syntaxError(at, "an interval goes from a greater unit to a smaller one of the same kind")
	}
	return types.Interval(first.unit, last.unit), nil
}

// closeAngle takes a ">". Of ">>" and ">>>", which close several types, it takes the
// first.
func (p *parser) closeAngle() error {
	t := &p.tokens[p.at]
	if t.kind == symbol && (t.text == ">>" || t.text == ">>>") {
		t.text = t.text[1:]
		return nil
	}
	return p.expect(">")
}

// fields reads "name type [NOT NULL] [COMMENT '…'], …"; within a struct a colon may
// stand between name and type.
func (p *parser) fields(inStruct bool) ([]types.Field, error) {
	var fields []types.Field
	err := p.list(func() error {
		name, err := p.name("the name of a column")
		if err != nil {
			return err
		}
		if inStruct {
			p.takes(":")
		}
		t, err := p.dataType()
		if err != nil {
			return err
		}
		field := types.Nullable(name, t)
		if p.takes("NOT", "NULL") {
			field.Nullable = false
		}
		if p.takes("COMMENT") {
			if p.peek().kind != text {
				return p.unexpected("a string")
			}
			p.next()
		}
		fields = append(fields, field)
		return nil
	})
	return fields, err
}
