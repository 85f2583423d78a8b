package sql

import (
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// query reads a query with all that may stand around its blocks.
func (p *parser) query() (query syntax.Query, err error) {
	err = p.nested(func() error {
		var with *syntax.With
		if p.sees("WITH") {
			if with, err = p.with(); err != nil {
				return err
			}
		}
		if query, err = p.setOperation(0); err != nil {
			return err
		}
		if query, err = p.organised(query); err != nil {
			return err
		}
		if with != nil {
			with.Query = query
			query = with
		}
		return nil
	})
	return query, err
}

func (p *parser) with() (*syntax.With, error) {
	p.next()
	if p.takes("RECURSIVE") {
		return nil, parseError("", p.peek().at, "recursive queries are not supported")
	}
	with := &syntax.With{}
	err := p.list(func() (err error) {
		var table syntax.CommonTable
		if table.Name, err = p.name("the name of a common table"); err != nil {
			return err
		}
		if p.sees("(") && !p.ahead(1).isOneOf("SELECT", "WITH", "VALUES", "FROM", "TABLE", "(") {
			if table.Columns, err = p.names("the name of a column"); err != nil {
				return err
			}
		}
		p.takes("AS")
		err = p.inParens(func() error {
			table.Query, err = p.query()
			return err
		})
		with.Tables = append(with.Tables, table)
		return err
	})
	return with, err
}

// setOperation reads blocks with set operators between them that bind at least as
// tight as level: 0 for UNION and EXCEPT, 1 for INTERSECT.
func (p *parser) setOperation(level int) (syntax.Query, error) {
	left, err := p.block()
	if err != nil {
		return nil, err
	}
	for {
		operator, binds, ok := setOperator(p.peek())
		if !ok || binds < level {
			return left, nil
		}
		p.next()
		operation := &syntax.SetOperation{Operator: operator, Left: left}
		if operation.All = p.takes("ALL"); !operation.All {
			p.takes("DISTINCT")
		}
		if operation.Right, err = p.setOperation(binds + 1); err != nil {
			return nil, err
		}
		left = operation
	}
}

func setOperator(t token) (operator syntax.SetOperator, binds int, ok bool) {
	switch {
	case t.is("UNION"):
		return syntax.Union, 0, true
	case t.isOneOf("EXCEPT", "MINUS"):
		return syntax.Except, 0, true
	case t.is("INTERSECT"):
		return syntax.Intersect, 1, true
	}
	return 0, 0, false
}

// block reads one operand of set operations.
func (p *parser) block() (query syntax.Query, err error) {
	switch {
	case p.sees("("):
		err = p.inParens(func() error {
			query, err = p.query()
			return err
		})
		return query, err
	case p.sees("VALUES"):
		values, err := p.values()
		if err != nil {
			return nil, err
		}
		return p.tableAlias(values)
	case p.sees("TABLE"):
		p.next()
		return p.table()
	case p.sees("SELECT"):
		return p.selection(nil)
	case p.sees("FROM"):
		p.next()
		from, err := p.from()
		if err != nil {
			return nil, err
		}
		if !p.sees("SELECT") {
			return nil, p.unexpected("'SELECT'")
		}
		return p.selection(from)
	}
	return nil, p.unexpected("a query: 'SELECT', 'VALUES', 'TABLE', 'FROM' or '('")
}

// organised reads ORDER BY, LIMIT and OFFSET.
func (p *parser) organised(query syntax.Query) (syntax.Query, error) {
	if p.sees("ORDER", "BY") || p.sees("SORT", "BY") {
		p.at += 2
		orders, err := p.orders()
		if err != nil {
			return nil, err
		}
		query = &syntax.Sorted{Input: query, Orders: orders}
	}
	limited := &syntax.Limited{Input: query}
	for {
		var err error
		switch {
		case limited.Limit == nil && limited.Offset == nil && p.takes("LIMIT"):
			if p.takes("ALL") {
				continue
			}
			limited.Limit, err = p.expression()
		case limited.Offset == nil && p.takes("OFFSET"):
			limited.Offset, err = p.expression()
		case limited.Limit == nil && limited.Offset == nil:
			return query, nil
		default:
			return limited, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// orders reads sort keys.
func (p *parser) orders() ([]syntax.Node, error) {
	var orders []syntax.Node
	err := p.list(func() error {
		arg, err := p.expression()
		if err != nil {
			return err
		}
		order := syntax.Order{Arg: arg}
		if order.Descending = p.takes("DESC"); !order.Descending {
			p.takes("ASC")
		}
		order.NullsFirst = !order.Descending
		switch {
		case p.takes("NULLS", "FIRST"):
			order.NullsFirst = true
		case p.takes("NULLS", "LAST"):
			order.NullsFirst = false
		}
		orders = append(orders, order)
		return nil
	})
	return orders, err
}
