package sql

import (
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Statement is one statement.
type Statement struct {
	Query syntax.Query

	// Explain is set if not the rows are asked for but how they are computed.
	Explain bool

	// Describe is set if the columns of Query are asked for.
	Describe bool

	// View is the name of the view to create for Query, with the names of its columns
	// if the statement gives them; "" for other statements. Replace says that a view of
	// that name may exist.
	View    string
	Columns []string
	Replace bool

	// Drop is the name of the view to drop, and IfExists says that there may be none; ""
	// for other statements, and then there is a Query.
	Drop     string
	IfExists bool

	// Parameters are the names of those that the text has, in order.
	Parameters []string

	// Tables are the names of the tables that the query reads, and of the common tables
	// that it defines itself, each once.
	Tables []string
}

// Parse reads a statement, with or without a semicolon at its end. The error is a
// *fault.Error of the stage Parse and names the place.
func Parse(text string, given Given) (*Statement, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	p.given = given
	if p.peek().kind == end {
		return nil, parseError("PARSE_EMPTY_STATEMENT", p.peek().at, "there is no statement")
	}
	s, err := p.statement()
	if err != nil {
		return nil, err
	}
	p.takes(";")
	return s, p.done()
}

// ParseExpression reads an expression alone.
func ParseExpression(text string, given Given) (syntax.Node, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	p.given = given
	node, err := p.item()
	if err != nil {
		return nil, err
	}
	return node, p.done()
}

// ParseType reads a type as SQL writes it, such as "array<int>".
func ParseType(text string) (types.Type, error) {
	p, err := newParser(text)
	if err != nil {
		return types.Type{}, err
	}
	t, err := p.dataType()
	if err != nil {
		return types.Type{}, err
	}
	return t, p.done()
}

// ParseSchema reads columns as SQL declares them, such as "id BIGINT NOT NULL, name
// STRING".
func ParseSchema(text string) (types.Schema, error) {
	p, err := newParser(text)
	if err != nil {
		return types.Schema{}, err
	}
	fields, err := p.fields(false)
	if err != nil {
		return types.Schema{}, err
	}
	return types.NewSchema(fields...), p.done()
}

// done expects the end of the text.
func (p *parser) done() error {
	if p.peek().kind != end {
		return p.unexpected("end of input")
	}
	return nil
}

func (p *parser) statement() (*Statement, error) {
	s := &Statement{}
	var err error
	switch {
	case p.sees("EXPLAIN") && p.ahead(1).kind == word:
		p.next()
		s.Explain = true
		if p.peek().isOneOf("EXTENDED", "FORMATTED", "CODEGEN", "COST", "LOGICAL") {
			p.next()
		}
	case p.peek().isOneOf("DESCRIBE", "DESC"):
		p.next()
		s.Describe = true
		if !p.takes("QUERY") && !p.beginsQuery() {
			s.Query, err = p.table()
			s.Tables = p.tables
			return s, err
		}
	case p.sees("CREATE"):
		if err = p.createView(s); err != nil {
			return nil, err
		}
	case p.sees("DROP") && p.ahead(1).isOneOf("TEMP", "TEMPORARY", "VIEW"):
		return s, p.dropView(s)
	}
	s.Query, err = p.query()
	s.Tables, s.Parameters = p.tables, p.parameters
	return s, err
}

// dropView reads DROP VIEW [IF EXISTS] name.
func (p *parser) dropView(s *Statement) (err error) {
	p.next()
	if !p.takes("TEMP") {
		p.takes("TEMPORARY")
	}
	if err := p.expect("VIEW"); err != nil {
		return err
	}
	s.IfExists = p.takes("IF", "EXISTS")
	s.Drop, err = p.name("the name of the view")
	return err
}

// createView reads up to the query of a view.
func (p *parser) createView(s *Statement) (err error) {
	p.next()
	s.Replace = p.takes("OR", "REPLACE")
	if !p.takes("TEMP") {
		if err := p.expect("TEMPORARY"); err != nil {
			return err
		}
	}
	if err := p.expect("VIEW"); err != nil {
		return err
	}
	if s.View, err = p.name("the name of the view"); err != nil {
		return err
	}
	if p.sees("(") {
		if s.Columns, err = p.names("the name of a column"); err != nil {
			return err
		}
	}
	return p.expect("AS")
}
