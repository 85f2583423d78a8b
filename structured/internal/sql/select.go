package sql

import "github.com/tidewheel/tidewheel/structured/internal/syntax"

// selection reads a block from SELECT on. A block that begins with its FROM clause
// has read that already.
func (p *parser) selection(from syntax.Query) (syntax.Query, error) {
	p.next()
	s := &syntax.Select{From: from}
	var err error
	if s.Hints, err = p.hints(); err != nil {
		return nil, err
	}
	if s.Distinct = p.takes("DISTINCT"); !s.Distinct && p.sees("ALL") && !p.ahead(1).isOneOf(",", ".", "FROM") {
		p.next()
	}
	if s.Items, err = p.items(); err != nil {
		return nil, err
	}
	if from == nil && p.takes("FROM") {
		if s.From, err = p.from(); err != nil {
			return nil, err
		}
	}
	if p.takes("WHERE") {
		if s.Where, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if p.sees("GROUP") {
		if err := p.expect("GROUP", "BY"); err != nil {
			return nil, err
		}
		if s.GroupBy, err = p.grouping(); err != nil {
			return nil, err
		}
	}
	if p.takes("HAVING") {
		if s.Having, err = p.expression(); err != nil {
			return nil, err
		}
	}
	if p.takes("WINDOW") {
		if s.Windows, err = p.namedWindows(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *parser) items() ([]syntax.Node, error) {
	var items []syntax.Node
	err := p.list(func() error {
		if len(items) > 0 && p.sees("FROM") && !p.ahead(1).isOneOf(".", "(", ",") {
			return parseError("TRAILING_COMMA_IN_SELECT", p.peek().at, "there is a comma behind the last item of SELECT")
		}
		item, err := p.item()
		items = append(items, item)
		return err
	})
	return items, err
}

// item reads an expression with the name or names that it may be given.
func (p *parser) item() (syntax.Node, error) {
	node, err := p.expression()
	if err != nil {
		return nil, err
	}
	if p.sees("AS", "(") || p.sees("(") && isCall(node) {
		p.takes("AS")
		names, err := p.names("the name of a column")
		if err != nil {
			return nil, err
		}
		return syntax.Aliases{Arg: node, Names: names}, nil
	}
	name, ok, err := p.alias(clauses)
	if err != nil || !ok {
		return node, err
	}
	return syntax.Alias{Arg: node, Name: name}, nil
}

func isCall(node syntax.Node) bool {
	_, ok := node.(syntax.Call)
	return ok
}

// grouping reads a GROUP BY clause. The older form "a, b WITH ROLLUP" is read too.
func (p *parser) grouping() (*syntax.Grouping, error) {
	if p.sees("ALL") && !p.ahead(1).isOneOf(".", "(") {
		p.next()
		return &syntax.Grouping{All: true}, nil
	}
	elements, err := p.groupingElements()
	if err != nil {
		return nil, err
	}
	kind := syntax.Plain
	switch {
	case p.takes("WITH", "ROLLUP"):
		kind = syntax.Rollup
	case p.takes("WITH", "CUBE"):
		kind = syntax.Cube
	case p.sees("GROUPING", "SETS"): // GROUP BY a, b GROUPING SETS (…): the sets tell all
		element, err := p.groupingElement()
		return &syntax.Grouping{Elements: []syntax.GroupingElement{element}}, err
	default:
		return &syntax.Grouping{Elements: elements}, nil
	}
	all := syntax.GroupingElement{Kind: kind}
	for _, element := range elements {
		if element.Kind != syntax.Plain {
			return nil, p.unexpected("plain expressions before 'WITH'")
		}
		all.Sets = append(all.Sets, element.Sets...)
	}
	return &syntax.Grouping{Elements: []syntax.GroupingElement{all}}, nil
}

func (p *parser) groupingElements() ([]syntax.GroupingElement, error) {
	var elements []syntax.GroupingElement
	err := p.list(func() error {
		element, err := p.groupingElement()
		elements = append(elements, element)
		return err
	})
	return elements, err
}

func (p *parser) groupingElement() (element syntax.GroupingElement, err error) {
	switch {
	case p.sees("ROLLUP", "("):
		element.Kind = syntax.Rollup
	case p.sees("CUBE", "("):
		element.Kind = syntax.Cube
	case p.takes("GROUPING", "SETS"):
		element.Kind = syntax.GroupingSets
		err = p.nested(func() error {
			return p.inParens(func() error {
				element.Of, err = p.setElements()
				return err
			})
		})
		return element, err
	default:
		var node syntax.Node
		node, err = p.expression()
		element.Sets = [][]syntax.Node{{node}}
		return element, err
	}
	p.next()
	err = p.inParens(func() error {
		return p.list(func() error {
			set, err := p.groupingSet()
			element.Sets = append(element.Sets, set)
			return err
		})
	})
	return element, err
}

// setElements reads what may stand in GROUPING SETS: sets in brackets, expressions,
// and further analytics.
func (p *parser) setElements() ([]syntax.GroupingElement, error) {
	var elements []syntax.GroupingElement
	err := p.list(func() error {
		if p.sees("ROLLUP", "(") || p.sees("CUBE", "(") || p.sees("GROUPING", "SETS") {
			element, err := p.groupingElement()
			elements = append(elements, element)
			return err
		}
		set, err := p.groupingSet()
		elements = append(elements, syntax.GroupingElement{Sets: [][]syntax.Node{set}})
		return err
	})
	return elements, err
}

// groupingSet reads an expression, or several in brackets, or none in brackets.
func (p *parser) groupingSet() (set []syntax.Node, err error) {
	if p.takes("(", ")") {
		return nil, nil
	}
	node, err := p.expression()
	if err != nil {
		return nil, err
	}
	if row, ok := node.(syntax.Call); ok && row.Function == "struct" && row.Over == nil {
		return row.Args, nil
	}
	return []syntax.Node{node}, nil
}
