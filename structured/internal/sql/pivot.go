package sql

import "github.com/tidewheel/tidewheel/structured/internal/syntax"

// pivot reads PIVOT (aggregates FOR columns IN (values)) and its alias.
func (p *parser) pivot(input syntax.Query) (syntax.Query, error) {
	p.next()
	pivot := &syntax.Pivot{Input: input}
	err := p.inParens(func() (err error) {
		err = p.list(func() error {
			item, err := p.namedItem("FOR")
			pivot.Aggregates = append(pivot.Aggregates, item)
			return err
		})
		if err != nil {
			return err
		}
		if err := p.expect("FOR"); err != nil {
			return err
		}
		if pivot.For, err = p.columnOrColumns(); err != nil {
			return err
		}
		if err := p.expect("IN"); err != nil {
			return err
		}
		return p.inParens(func() error {
			return p.list(func() error {
				item, err := p.namedItem()
				pivot.Values = append(pivot.Values, item)
				return err
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return p.tableAlias(pivot)
}

// namedItem reads an expression and its name, which is none of these words.
func (p *parser) namedItem(reserved ...string) (syntax.Node, error) {
	node, err := p.expression()
	if err != nil {
		return nil, err
	}
	name, ok, err := p.alias(clauses, reserved)
	if err != nil || !ok {
		return node, err
	}
	return syntax.Alias{Arg: node, Name: name}, nil
}

// columnOrColumns reads the name of a column, or of several in brackets.
func (p *parser) columnOrColumns() ([]syntax.Node, error) {
	var list []syntax.Node
	one := func() error {
		parts, err := p.qualified("a column")
		list = append(list, syntax.Name{Parts: parts})
		return err
	}
	if !p.sees("(") {
		return list, one()
	}
	err := p.inParens(func() error { return p.list(one) })
	return list, err
}

// unpivot reads UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns)) and its alias.
// Several values in brackets have as many columns in each entry.
func (p *parser) unpivot(input syntax.Query) (syntax.Query, error) {
	p.next()
	unpivot := &syntax.Unpivot{Input: input, IncludeNulls: p.takes("INCLUDE", "NULLS")}
	p.takes("EXCLUDE", "NULLS")
	err := p.inParens(func() (err error) {
		if p.sees("(") {
			unpivot.Values, err = p.names("the name of a values' column")
		} else {
			unpivot.Values = make([]string, 1)
			unpivot.Values[0], err = p.name("the name of the values' column")
		}
		if err != nil {
			return err
		}
		if err := p.expect("FOR"); err != nil {
			return err
		}
		if unpivot.Name, err = p.name("the name of the names' column"); err != nil {
			return err
		}
		if err := p.expect("IN"); err != nil {
			return err
		}
		return p.inParens(func() error {
			return p.list(func() error {
				entry, err := p.unpivotEntry()
				unpivot.Entries = append(unpivot.Entries, entry)
				return err
			})
		})
	})
	if err != nil {
		return nil, err
	}
	return p.tableAlias(unpivot)
}

// unpivotEntry reads a column, or several in brackets, and the entry's name.
func (p *parser) unpivotEntry() (entry syntax.UnpivotEntry, err error) {
	if entry.Columns, err = p.columnOrColumns(); err != nil || !p.takes("AS") {
		return entry, err
	}
	name := p.peek()
	if name.kind != word && name.kind != quoted && name.kind != text {
		return entry, p.unexpected("a name")
	}
	p.next()
	entry.Name = name.text
	return entry, nil
}
