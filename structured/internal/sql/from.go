package sql

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// from reads the relations of a FROM clause, without the word: those with commas
// between them are crossed, and then come lateral views.
func (p *parser) from() (syntax.Query, error) {
	var all syntax.Query
	err := p.list(func() error {
		lateral := p.sees("LATERAL", "(") || p.sees("LATERAL") && p.ahead(1).kind == word && !p.ahead(1).is("VIEW")
		relation, err := p.relation()
		switch {
		case err != nil:
		case all == nil:
			all = relation
		default:
			all = &syntax.Join{Left: all, Right: relation, Kind: syntax.Inner, Lateral: lateral}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for {
		switch {
		case p.sees("LATERAL", "VIEW"):
			all, err = p.lateralView(all)
		case p.sees("PIVOT", "("):
			all, err = p.pivot(all)
		case p.sees("UNPIVOT"):
			all, err = p.unpivot(all)
		default:
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// relation reads a table and what is joined to it.
func (p *parser) relation() (syntax.Query, error) {
	p.takes("LATERAL")
	left, err := p.primaryRelation()
	if err != nil {
		return nil, err
	}
	for {
		switch {
		case p.sees("PIVOT", "("):
			left, err = p.pivot(left)
		case p.sees("UNPIVOT"):
			left, err = p.unpivot(left)
		default:
			join, ok := p.joinKind()
			if !ok {
				return left, nil
			}
			join.Left = left
			left, err = join, p.join(join)
		}
		if err != nil {
			return nil, err
		}
	}
}

// joinKind reads up to JOIN, if that is what comes next.
func (p *parser) joinKind() (*syntax.Join, bool) {
	join, start := &syntax.Join{}, p.at
	join.Natural = p.takes("NATURAL")
	switch {
	case p.takes("INNER"):
	case p.takes("CROSS"):
		join.Kind = syntax.Cross
	case p.takes("LEFT", "OUTER"):
		join.Kind = syntax.LeftOuter
	case p.takes("LEFT", "SEMI"), p.takes("SEMI"):
		join.Kind = syntax.LeftSemi
	case p.takes("LEFT", "ANTI"), p.takes("ANTI"):
		join.Kind = syntax.LeftAnti
	case p.takes("LEFT"):
		join.Kind = syntax.LeftOuter
	case p.takes("RIGHT", "OUTER"), p.takes("RIGHT"):
		join.Kind = syntax.RightOuter
	case p.takes("FULL", "OUTER"), p.takes("FULL"):
		join.Kind = syntax.FullOuter
	}
	if !p.takes("JOIN") {
		p.at = start
		return nil, false
	}
	return join, true
}

// join reads the right side of a join and its condition.
func (p *parser) join(join *syntax.Join) (err error) {
	join.Lateral = p.takes("LATERAL")
	if join.Right, err = p.primaryRelation(); err != nil {
		return err
	}
	switch {
	case p.takes("ON"):
		join.On, err = p.expression()
	case p.takes("USING"):
		join.Using, err = p.names("the name of a column")
	}
	if err == nil && join.Natural && (join.On != nil || join.Using != nil) {
		return parseError("INCOMPATIBLE_JOIN_TYPES", p.peek().at, "a natural join has no condition of its own")
	}
	return err
}

// primaryRelation reads one table with its sample and alias.
func (p *parser) primaryRelation() (relation syntax.Query, err error) {
	t := p.peek()
	switch {
	case t.is("("):
		relation, err = p.parenthesised()
	case t.is("VALUES"):
		relation, err = p.values()
	case t.kind == word && p.ahead(1).is("("):
		relation, err = p.tableFunction()
	default:
		return p.table()
	}
	if err != nil {
		return nil, err
	}
	return p.sampledAndNamed(relation)
}

// parenthesised reads a query or a relation in brackets.
func (p *parser) parenthesised() (relation syntax.Query, err error) {
	err = p.nested(func() error {
		return p.inParens(func() error {
			if p.beginsQuery() {
				relation, err = p.query()
			} else {
				relation, err = p.from()
			}
			return err
		})
	})
	return relation, err
}

// beginsQuery reports whether a query comes next, maybe in further brackets, and not
// a relation.
func (p *parser) beginsQuery() bool {
	depth := 0
	for p.ahead(depth).is("(") {
		depth++
	}
	if t := p.ahead(depth); !t.isOneOf("SELECT", "WITH", "VALUES", "FROM", "TABLE") {
		return false
	}
	if depth == 0 {
		return true
	}
	// ((SELECT …) t JOIN …) is a relation: look behind the bracket of the innermost query.
	at, open := p.at, depth
	defer func() { p.at = at }()
	for p.at += depth; open > 0; p.at++ {
		switch t := p.peek(); {
		case t.kind == end:
			return true
		case t.is("("):
			open++
		case t.is(")"):
			if open--; open == depth-1 {
				return p.ahead(1).isOneOf(")", "UNION", "EXCEPT", "MINUS", "INTERSECT", "ORDER", "LIMIT", "OFFSET")
			}
		}
	}
	return true
}

func (p *parser) table() (syntax.Query, error) {
	at := p.peek().at
	parts, err := p.qualified("a table")
	if err != nil {
		return nil, err
	}
	if name := strings.Join(parts, "."); !slices.Contains(p.tables, name) {
		p.tables = append(p.tables, name)
	}
	return p.sampledAndNamed(&syntax.Table{Parts: parts, At: at})
}

func (p *parser) tableFunction() (syntax.Query, error) {
	t := p.next()
	f := &syntax.TableFunction{Name: lower(t), User: p.function(lower(t)), At: t.at}
	err := p.inParens(func() (err error) {
		if !p.sees(")") {
			f.Args, err = p.expressions()
		}
		return err
	})
	return f, err
}

// values reads rows that are written out. A row of one column needs no brackets.
func (p *parser) values() (syntax.Query, error) {
	p.next()
	v := &syntax.Values{}
	err := p.list(func() error {
		at := p.peek().at
		node, err := p.expression()
		if err != nil {
			return err
		}
		row := []syntax.Node{node}
		if call, ok := node.(syntax.Call); ok && call.Function == "struct" && call.Over == nil {
			row = call.Args
		}
		if len(v.Rows) > 0 && len(row) != len(v.Rows[0]) {
			return parseError("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", at, "the first row has "+
				strconv.Itoa(len(v.Rows[0]))+" columns, this one "+strconv.Itoa(len(row)))
		}
		v.Rows = append(v.Rows, row)
		return nil
	})
	return v, err
}

// sampledAndNamed reads TABLESAMPLE and the alias of a relation.
func (p *parser) sampledAndNamed(relation syntax.Query) (syntax.Query, error) {
	if p.sees("TABLESAMPLE") {
		var err error
		if relation, err = p.sample(relation); err != nil {
			return nil, err
		}
	}
	return p.tableAlias(relation)
}

func (p *parser) tableAlias(relation syntax.Query) (syntax.Query, error) {
	name, ok, err := p.alias(clauses, joins)
	if err != nil || !ok {
		return relation, err
	}
	aliased := &syntax.Aliased{Input: relation, Name: name}
	if p.sees("(") {
		aliased.Columns, err = p.names("the name of a column")
	}
	return aliased, err
}

// sample reads TABLESAMPLE (10 PERCENT), (5 ROWS) or (BUCKET 1 OUT OF 4), with
// REPEATABLE (seed).
func (p *parser) sample(input syntax.Query) (syntax.Query, error) {
	p.next()
	s := &syntax.Sample{Input: input}
	err := p.inParens(func() error {
		if p.takes("BUCKET") {
			x, err := p.float()
			if err != nil {
				return err
			}
			if err := p.expect("OUT", "OF"); err != nil {
				return err
			}
			y, err := p.float()
			s.Fraction = x / y
			return err
		}
		if t := p.peek(); t.kind == number && p.ahead(1).is("PERCENT") {
			percent, err := p.float()
			s.Fraction = percent / 100
			p.next()
			return err
		}
		var err error
		if s.Rows, err = p.expression(); err != nil {
			return err
		}
		return p.expect("ROWS")
	})
	if err != nil {
		return nil, err
	}
	if s.Rows == nil && !(s.Fraction >= 0 && s.Fraction <= 1) {
		return nil, parseError("_LEGACY_ERROR_TEMP_0064", p.peek().at, "the fraction of a sample must lie between 0 and 1")
	}
	if p.takes("REPEATABLE") {
		err = p.inParens(func() error {
			seed, err := p.float()
			s.Seed, s.HasSeed = int64(seed), true
			return err
		})
	}
	return s, err
}

// float takes a number.
func (p *parser) float() (float64, error) {
	t := p.peek()
	value, err := strconv.ParseFloat(t.text, 64)
	if t.kind != number || err != nil || math.IsInf(value, 0) {
		return 0, p.unexpected("a number")
	}
	p.next()
	return value, nil
}

func (p *parser) lateralView(input syntax.Query) (syntax.Query, error) {
	p.at += 2
	view := &syntax.LateralView{Input: input, Outer: p.takes("OUTER")}
	at := p.peek().at
	node, err := p.primary()
	if err != nil {
		return nil, err
	}
	var ok bool
	if view.Generator, ok = node.(syntax.Call); !ok {
		return nil, syntaxError(at, "a lateral view needs a function that gives rows")
	}
	if !p.sees("AS") {
		if view.Name, _, err = p.alias(clauses, joins); err != nil {
			return nil, err
		}
	}
	if !p.takes("AS") {
		return view, nil
	}
	if p.sees("(") {
		view.Columns, err = p.names("the name of a column")
		return view, err
	}
	err = p.list(func() error {
		name, err := p.name("the name of a column")
		view.Columns = append(view.Columns, name)
		return err
	})
	return view, err
}
