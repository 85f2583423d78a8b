package sql

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// form reads an operand with a syntax of its own.
type form func(*parser) (node syntax.Node, ok bool, err error)

// formOf returns the form that a word, in upper case, begins; nil if it begins none.
// A form that finds the word to be an ordinary name takes nothing and returns false.
func formOf(word string) form {
	switch word {
	case "NULL":
		return constant(nil, types.Void)
	case "TRUE", "FALSE":
		return constant(word == "TRUE", types.Boolean)
	case "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ":
		return typedText(strings.ToLower(word))
	case "X":
		return typedText("binary")
	case "INTERVAL":
		return (*parser).interval
	case "CASE":
		return (*parser).caseOf
	case "CAST", "TRY_CAST":
		return castForm(word == "TRY_CAST")
	case "EXISTS":
		return (*parser).exists
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIMESTAMP", "CURRENT_USER":
		return bare
	case "EXTRACT":
		return (*parser).extract
	case "TRIM":
		return (*parser).trim
	case "SUBSTRING", "SUBSTR":
		return (*parser).substring
	case "POSITION":
		return (*parser).position
	case "OVERLAY":
		return (*parser).overlay
	case "TIMESTAMPADD", "DATEADD", "DATE_ADD":
		return unitForm("timestampadd")
	case "TIMESTAMPDIFF", "DATEDIFF", "DATE_DIFF":
		return unitForm("timestampdiff")
	}
	return nil
}

// constant is a word that stands for a value.
func constant(value any, t types.Type) form {
	return func(p *parser) (syntax.Node, bool, error) {
		if p.ahead(1).isOneOf("(", ".") {
			return nil, false, nil
		}
		p.next()
		return syntax.Literal{Value: value, Of: t}, true, nil
	}
}

// bare is a function that needs no brackets.
func bare(p *parser) (syntax.Node, bool, error) {
	if p.ahead(1).isOneOf("(", ".", "->") {
		return nil, false, nil
	}
	return syntax.Call{Function: lower(p.next())}, true, nil
}

// typedText is a constant written as the name of its type and a string.
func typedText(name string) form {
	return func(p *parser) (syntax.Node, bool, error) {
		if p.ahead(1).kind != text {
			return nil, false, nil
		}
		p.next()
		value := p.next()
		if name == "binary" && !isHex(value.text) {
			return nil, false, parseError("INVALID_TYPED_LITERAL", value.at, value.String()+" is not made of hexadecimal digits")
		}
		return syntax.TypedLiteral{Type: name, Text: value.text}, true, nil
	}
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// caseOf reads a CASE. It becomes a call of case with a condition and a value for
// each branch, and last the value of ELSE, if there is one.
func (p *parser) caseOf() (syntax.Node, bool, error) {
	if !p.ahead(1).is("WHEN") && p.ahead(1).isOneOf(",", ")", ".", "FROM", "AS", "=") || p.ahead(1).kind == end {
		return nil, false, nil
	}
	p.next()
	var subject syntax.Node
	var err error
	if !p.sees("WHEN") {
		if subject, err = p.expression(); err != nil {
			return nil, false, err
		}
	}
	c := syntax.Call{Function: "case"}
	for p.takes("WHEN") {
		condition, err := p.expression()
		if err != nil {
			return nil, false, err
		}
		if subject != nil {
			condition = call(bound.Equal, subject, condition)
		}
		if err := p.expect("THEN"); err != nil {
			return nil, false, err
		}
		value, err := p.expression()
		if err != nil {
			return nil, false, err
		}
		c.Args = append(c.Args, condition, value)
	}
	if len(c.Args) == 0 {
		return nil, false, p.unexpected("'WHEN'")
	}
	if p.takes("ELSE") {
		value, err := p.expression()
		if err != nil {
			return nil, false, err
		}
		c.Args = append(c.Args, value)
	}
	return c, true, p.expect("END")
}

func castForm(try bool) form {
	return func(p *parser) (syntax.Node, bool, error) {
		if !p.ahead(1).is("(") {
			return nil, false, nil
		}
		p.next()
		c := syntax.Cast{Try: try}
		err := p.inParens(func() (err error) {
			if c.Arg, err = p.expression(); err != nil {
				return err
			}
			if err = p.expect("AS"); err != nil {
				return err
			}
			c.To, err = p.dataType()
			return err
		})
		return c, true, err
	}
}

func (p *parser) exists() (syntax.Node, bool, error) {
	if !p.ahead(1).is("(") {
		return nil, false, nil
	}
	p.at += 2
	if !p.beginsQuery() {
		p.at -= 2
		return nil, false, nil
	}
	query, err := p.query()
	if err != nil {
		return nil, false, err
	}
	return syntax.Exists{Query: query}, true, p.expect(")")
}

// try reads a call whose arguments have words between them. If they turn out to have
// commas, it takes nothing.
func (p *parser) try(read func() (syntax.Node, bool, error)) (syntax.Node, bool, error) {
	start := p.at
	if !p.ahead(1).is("(") {
		return nil, false, nil
	}
	p.at += 2
	node, ok, err := read()
	if !ok && err == nil {
		p.at = start
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return node, true, p.expect(")")
}

// extract reads EXTRACT(field FROM source) as date_part('field', source).
func (p *parser) extract() (syntax.Node, bool, error) {
	return p.try(func() (syntax.Node, bool, error) {
		field := p.next()
		if field.kind != word && field.kind != text || !p.takes("FROM") {
			return nil, false, nil
		}
		source, err := p.expression()
		return call("date_part", syntax.Strings(field.text), source), true, err
	})
}

// trim reads TRIM([BOTH | LEADING | TRAILING] [characters] FROM text).
func (p *parser) trim() (syntax.Node, bool, error) {
	return p.try(func() (syntax.Node, bool, error) {
		function, side := "trim", true
		switch {
		case p.takes("BOTH"):
		case p.takes("LEADING"):
			function = "ltrim"
		case p.takes("TRAILING"):
			function = "rtrim"
		default:
			side = false
		}
		if side && p.takes("FROM") {
			value, err := p.expression()
			return call(bound.Function(function), value), true, err
		}
		characters, err := p.expression()
		if err != nil || !side && !p.sees("FROM") {
			return nil, false, err
		}
		if err := p.expect("FROM"); err != nil {
			return nil, false, err
		}
		value, err := p.expression()
		return call(bound.Function(function), characters, value), true, err
	})
}

// substring reads SUBSTRING(text FROM start FOR length).
func (p *parser) substring() (syntax.Node, bool, error) {
	return p.try(func() (syntax.Node, bool, error) {
		value, err := p.expression()
		if err != nil || !p.takes("FROM") {
			return nil, false, err
		}
		args := []syntax.Node{value}
		return p.fromFor("substring", args)
	})
}

// fromFor reads "start FOR length", the second part of which may be missing.
func (p *parser) fromFor(function bound.Function, args []syntax.Node) (syntax.Node, bool, error) {
	start, err := p.expression()
	if err != nil {
		return nil, false, err
	}
	args = append(args, start)
	if p.takes("FOR") {
		length, err := p.expression()
		if err != nil {
			return nil, false, err
		}
		args = append(args, length)
	}
	return call(function, args...), true, nil
}

// position reads POSITION(part IN text) as locate(part, text).
func (p *parser) position() (syntax.Node, bool, error) {
	return p.try(func() (syntax.Node, bool, error) {
		part, err := p.operand(0)
		if err != nil || !p.takes("IN") {
			return nil, false, err
		}
		value, err := p.operand(0)
		return call("locate", part, value), true, err
	})
}

// overlay reads OVERLAY(text PLACING part FROM start FOR length).
func (p *parser) overlay() (syntax.Node, bool, error) {
	return p.try(func() (syntax.Node, bool, error) {
		value, err := p.expression()
		if err != nil || !p.takes("PLACING") {
			return nil, false, err
		}
		part, err := p.expression()
		if err != nil {
			return nil, false, err
		}
		if err := p.expect("FROM"); err != nil {
			return nil, false, err
		}
		return p.fromFor("overlay", []syntax.Node{value, part})
	})
}

// unitForm is a function whose first argument is the name of a unit of time.
func unitForm(function string) form {
	return func(p *parser) (syntax.Node, bool, error) {
		return p.try(func() (syntax.Node, bool, error) {
			unit := p.next()
			if unit.kind != word || !unit.isOneOf("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND",
				"MILLISECOND", "MICROSECOND") || !p.takes(",") {
				return nil, false, nil
			}
			args, err := p.expressions()
			return call(bound.Function(function), append([]syntax.Node{syntax.Strings(strings.ToUpper(unit.text))}, args...)...), true, err
		})
	}
}
