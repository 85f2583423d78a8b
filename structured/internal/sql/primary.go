package sql

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// primary reads an operand and what follows it without an operator: fields, elements
// and casts.
func (p *parser) primary() (syntax.Node, error) {
	node, err := p.atom()
	if err != nil {
		return nil, err
	}
	return p.postfix(node)
}

func (p *parser) postfix(node syntax.Node) (syntax.Node, error) {
	for {
		switch {
		case p.sees(".") && (p.ahead(1).kind == word || p.ahead(1).kind == quoted):
			p.next()
			name := p.next().text
			if column, ok := node.(syntax.Name); ok {
				node = syntax.Name{Parts: append(append([]string{}, column.Parts...), name)}
			} else {
				node = syntax.Field{Arg: node, Name: name}
			}
		case p.sees(".", "*"):
			column, ok := node.(syntax.Name)
			if !ok {
				return node, p.unexpected("a field")
			}
			p.at += 2
			return p.star(column.Parts)
		case p.takes("["):
			key, err := p.expression()
			if err != nil {
				return nil, err
			}
			node = syntax.Index{Arg: node, Key: key}
			if err := p.expect("]"); err != nil {
				return nil, err
			}
		case p.takes("COLLATE"):
			name, err := p.name("a collation")
			if err != nil {
				return nil, err
			}
			node = syntax.Call{Function: "collate", Args: []syntax.Node{node, syntax.Literal{Value: name, Of: types.String}}}
		case p.takes("::"):
			to, err := p.dataType()
			if err != nil {
				return nil, err
			}
			node = syntax.Cast{Arg: node, To: to}
		default:
			return node, nil
		}
	}
}

// star reads what follows the star of all columns.
func (p *parser) star(table []string) (syntax.Node, error) {
	s := syntax.Star{Table: table}
	if !p.sees("EXCEPT", "(") || p.ahead(2).isOneOf("SELECT", "WITH", "VALUES", "FROM", "TABLE", "(") {
		return s, nil
	}
	p.next()
	err := p.inParens(func() error {
		return p.list(func() error {
			name, err := p.qualified("a column")
			s.Except = append(s.Except, name)
			return err
		})
	})
	return s, err
}

// atom reads an operand.
func (p *parser) atom() (syntax.Node, error) {
	t := p.peek()
	switch t.kind {
	case number:
		return p.number("")
	case text:
		return p.string(), nil
	case quoted:
		p.next()
		if p.sees("->") {
			return p.lambda([]string{t.text})
		}
		return syntax.Name{Parts: []string{t.text}}, nil
	case word:
		return p.word()
	}
	switch {
	case t.is("("):
		return p.brackets()
	case t.is("*"):
		p.next()
		return p.star(nil)
	case t.is("?"), t.is(":"):
		return p.parameter()
	}
	return nil, p.unexpected("an expression")
}

// string takes strings that follow each other: they are one.
func (p *parser) string() syntax.Node {
	var value strings.Builder
	for p.peek().kind == text {
		value.WriteString(p.next().text)
	}
	return syntax.Strings(value.String())
}

// brackets reads what stands in brackets: a subquery, the parameters of a lambda
// function, an expression, or several that make a row.
func (p *parser) brackets() (syntax.Node, error) {
	if params, ok := p.lambdaParams(); ok {
		return p.lambda(params)
	}
	p.next()
	if p.beginsQuery() {
		query, err := p.query()
		if err != nil {
			return nil, err
		}
		return syntax.Subquery{Query: query}, p.expect(")")
	}
	list, err := p.rowItems()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return call("struct", list...), nil
}

// rowItems reads the values of a row, which may have names.
func (p *parser) rowItems() ([]syntax.Node, error) {
	var list []syntax.Node
	err := p.list(func() error {
		node, err := p.expression()
		if err != nil {
			return err
		}
		if p.takes("AS") {
			name, err := p.name("a name")
			list = append(list, syntax.Alias{Arg: node, Name: name})
			return err
		}
		list = append(list, node)
		return nil
	})
	return list, err
}

// lambdaParams takes "(a, b)" if "->" follows.
func (p *parser) lambdaParams() ([]string, bool) {
	var params []string
	i := 1
	for {
		if t := p.ahead(i); t.kind != word && t.kind != quoted {
			return nil, false
		}
		params = append(params, p.ahead(i).text)
		if p.ahead(i + 1).is(")") {
			break
		}
		if !p.ahead(i + 1).is(",") {
			return nil, false
		}
		i += 2
	}
	if !p.ahead(i + 2).is("->") {
		return nil, false
	}
	p.at += i + 2
	return params, true
}

// lambda reads from the arrow on.
func (p *parser) lambda(params []string) (syntax.Node, error) {
	p.next()
	body, err := p.expression()
	return syntax.Lambda{Params: params, Body: body}, err
}

func (p *parser) parameter() (syntax.Node, error) {
	t := p.next()
	if t.is("?") {
		p.positional++
		return p.valueOf(syntax.Parameter{Name: strconv.Itoa(p.positional - 1), At: t.at}), nil
	}
	name, err := p.name("the name of a parameter")
	return p.valueOf(syntax.Parameter{Name: name, At: t.at}), err
}

// valueOf is the value of a parameter, or, if none is given, the parameter itself.
func (p *parser) valueOf(parameter syntax.Parameter) syntax.Node {
	p.parameters = append(p.parameters, parameter.Name)
	if value, ok := p.given.Parameters[parameter.Name]; ok {
		return value
	}
	return parameter
}

// word reads an operand that begins with a word: one of the forms with a syntax of
// their own, a function, a lambda function or a name.
func (p *parser) word() (syntax.Node, error) {
	if form := formOf(strings.ToUpper(p.peek().text)); form != nil {
		node, ok, err := form(p)
		if ok || err != nil {
			return node, err
		}
	}
	switch {
	case p.ahead(1).is("("):
		return p.call()
	case p.ahead(1).is("->"):
		return p.lambda([]string{p.next().text})
	}
	return syntax.Name{Parts: []string{p.next().text}}, nil
}

// call reads a call.
func (p *parser) call() (syntax.Node, error) {
	c := syntax.Call{Function: lower(p.next())}
	c.User = p.function(c.Function)
	err := p.inParens(func() error {
		switch {
		case c.Function == "count" && p.sees("*", ")"):
			p.next()
			return nil
		case p.sees(")"):
			return nil
		}
		if c.Distinct = p.takes("DISTINCT"); !c.Distinct && p.sees("ALL") && !p.ahead(1).isOneOf(",", ")", ".") {
			p.next()
		}
		var err error
		if c.Args, err = p.arguments(); err != nil {
			return err
		}
		p.takesNulls(&c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.aggregateClauses(c)
}

// arguments reads the arguments of a call; those of struct may have names.
func (p *parser) arguments() ([]syntax.Node, error) { return p.rowItems() }

// takesNulls takes IGNORE NULLS or RESPECT NULLS.
func (p *parser) takesNulls(c *syntax.Call) {
	if p.takes("IGNORE", "NULLS") {
		c.IgnoreNulls = true
	} else {
		p.takes("RESPECT", "NULLS")
	}
}

// aggregateClauses reads what may follow a call: WITHIN GROUP, FILTER, IGNORE NULLS
// and OVER.
func (p *parser) aggregateClauses(c syntax.Call) (syntax.Node, error) {
	if p.sees("WITHIN", "GROUP", "(") {
		p.at += 2
		err := p.inParens(func() (err error) {
			if err = p.expect("ORDER", "BY"); err != nil {
				return err
			}
			c.WithinGroup, err = p.orders()
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if p.sees("FILTER", "(") {
		p.next()
		err := p.inParens(func() (err error) {
			if err = p.expect("WHERE"); err != nil {
				return err
			}
			c.Filter, err = p.expression()
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	p.takesNulls(&c)
	if p.sees("OVER") && (p.ahead(1).is("(") || p.ahead(1).kind == word || p.ahead(1).kind == quoted) {
		p.next()
		var err error
		if c.Over, err = p.over(); err != nil {
			return nil, err
		}
	}
	return c, nil
}
