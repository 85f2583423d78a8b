package sql

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// maxDepth is how deep queries and expressions may nest in each other.
const maxDepth = 400

// parser reads tokens. Its methods return at the first error, which they give back.
type parser struct {
	tokens []token
	at     int
	depth  int

	given      Given
	positional int      // how many "?" there were
	parameters []string // the names of parameters
	tables     []string // the names of tables, each once
}

// Given is what the caller of a text adds to it.
type Given struct {
	// Function returns the function of the program that has a name in lower case, nil for
	// none. It may be nil itself.
	Function func(name string) bound.User

	// Parameters are the values of parameters, by their names, "0", "1" and so on for
	// those that are written as "?".
	Parameters map[string]syntax.Node
}

func newParser(text string) (*parser, error) {
	tokens, err := lex(text)
	return &parser{tokens: tokens}, err
}

// function is the function of the program that has a name, nil for none.
func (p *parser) function(name string) bound.User {
	if p.given.Function == nil {
		return nil
	}
	return p.given.Function(name)
}

// peek is the next token.
func (p *parser) peek() token { return p.ahead(0) }

// ahead is the token after the next n.
func (p *parser) ahead(n int) token {
	return p.tokens[min(p.at+n, len(p.tokens)-1)]
}

// next takes a token.
func (p *parser) next() token {
	t := p.peek()
	if t.kind != end {
		p.at++
	}
	return t
}

// sees reports whether these keywords and symbols come next, in this order.
func (p *parser) sees(wants ...string) bool {
	for i, want := range wants {
		if !p.ahead(i).is(want) {
			return false
		}
	}
	return true
}

// takes takes these keywords and symbols if they come next.
func (p *parser) takes(wants ...string) bool {
	if !p.sees(wants...) {
		return false
	}
	p.at += len(wants)
	return true
}

// expect takes these keywords and symbols, which must come next.
func (p *parser) expect(wants ...string) error {
	for _, want := range wants {
		if !p.takes(want) {
			return p.unexpected("'" + want + "'")
		}
	}
	return nil
}

// unexpected is the error that the next token is none of those that fit.
func (p *parser) unexpected(fits string) error {
	t := p.peek()
	return syntaxError(t.at, "expected "+fits+", got "+t.String())
}

// nested calls f one level deeper.
func (p *parser) nested(f func() error) error {
	if p.depth++; p.depth > maxDepth {
		return parseError("", p.peek().at, "the query nests too deeply")
	}
	defer func() { p.depth-- }()
	return f()
}

// list reads one or more parts with commas between them.
func (p *parser) list(part func() error) error {
	for {
		if err := part(); err != nil {
			return err
		}
		if !p.takes(",") {
			return nil
		}
	}
}

// inParens reads what stands between brackets.
func (p *parser) inParens(f func() error) error {
	if err := p.expect("("); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return p.expect(")")
}

// name takes a name, which may be any word.
func (p *parser) name(what string) (string, error) {
	t := p.peek()
	if t.kind != word && t.kind != quoted {
		return "", p.unexpected(what)
	}
	p.at++
	return t.text, nil
}

// qualified takes a name of one or more parts with points between them.
func (p *parser) qualified(what string) ([]string, error) {
	var parts []string
	for {
		part, err := p.name(what)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		if !p.takes(".") {
			return parts, nil
		}
	}
}

// names takes names in brackets.
func (p *parser) names(what string) ([]string, error) {
	var list []string
	err := p.inParens(func() error {
		return p.list(func() error {
			name, err := p.name(what)
			list = append(list, name)
			return err
		})
	})
	return list, err
}

// clauses are the words that begin a clause: none of them can be an alias without AS,
// since the alias would swallow the clause.
var clauses = []string{
	"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET", "UNION",
	"EXCEPT", "MINUS", "INTERSECT", "LATERAL", "PIVOT", "UNPIVOT", "TABLESAMPLE",
}

// joins are the words that begin a join or its condition: no table has them as an
// alias.
var joins = []string{"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "SEMI", "ANTI", "NATURAL", "ON", "USING"}

// strict are the words that no table has as an alias, even where nothing follows that
// they could begin.
var strict = append([]string{"EXCEPT", "MINUS", "INTERSECT", "LATERAL", "UNION"}, joins...)

// alias takes "AS name" or "name", if there is one. A word that begins a clause is a
// name where the text ends behind it.
func (p *parser) alias(reserved ...[]string) (string, bool, error) {
	t := p.peek()
	if t.kind == word && p.ahead(1).kind == end && (len(reserved) < 2 || !t.isOneOf(strict...)) {
		p.at++
		return t.text, true, nil
	}
	if p.takes("AS") {
		name, err := p.name("a name")
		return name, err == nil, err
	}
	if t.kind == quoted {
		p.at++
		return t.text, true, nil
	}
	if t.kind != word {
		return "", false, nil
	}
	for _, words := range reserved {
		if t.isOneOf(words...) {
			return "", false, nil
		}
	}
	p.at++
	return t.text, true, nil
}

func lower(t token) string { return strings.ToLower(t.text) }

// expressions reads expressions with commas between them.
func (p *parser) expressions() ([]syntax.Node, error) {
	var list []syntax.Node
	err := p.list(func() error {
		node, err := p.expression()
		list = append(list, node)
		return err
	})
	return list, err
}
