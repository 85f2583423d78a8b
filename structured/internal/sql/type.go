package sql

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/types"
)

// plainTypes are the types that are a word.
var plainTypes = map[string]types.Type{
	"boolean":       types.Boolean,
	"int":           types.Int,
	"integer":       types.Int,
	"bigint":        types.Bigint,
	"long":          types.Bigint,
	"double":        types.Double,
	"string":        types.String,
	"timestamp":     types.Timestamp,
	"timestamp_ltz": types.Timestamp,
	"void":          types.Void,
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
	if t, ok := plainTypes[name]; ok {
		return t, nil
	}
	return types.Type{}, parseError("UNSUPPORTED_DATATYPE", word.at, "there is no type "+word.String())
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
