package sql

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// expression reads an expression. From loose to tight, operators bind so:
//
//	OR
//	AND
//	NOT
//	IS, BETWEEN, IN, LIKE and the like, behind an operand
//	= <=> <> < <= > >=
//	|    ^    &    << >> >>>
//	+ - ||
//	* / % DIV
//	+ - ~ before an operand
//	. [] :: behind one
func (p *parser) expression() (node syntax.Node, err error) {
	err = p.nested(func() error {
		node, err = p.disjunction()
		return err
	})
	return node, err
}

func call(function bound.Function, args ...syntax.Node) syntax.Node {
	return syntax.Call{Function: string(function), Args: args}
}

func (p *parser) disjunction() (syntax.Node, error) {
	left, err := p.conjunction()
	for err == nil && p.takes("OR") {
		var right syntax.Node
		if right, err = p.conjunction(); err == nil {
			left = call(bound.Or, left, right)
		}
	}
	return left, err
}

func (p *parser) conjunction() (syntax.Node, error) {
	left, err := p.negation()
	for err == nil && p.takes("AND") {
		var right syntax.Node
		if right, err = p.negation(); err == nil {
			left = call(bound.And, left, right)
		}
	}
	return left, err
}

func (p *parser) negation() (syntax.Node, error) {
	negations := 0
	for (p.sees("NOT") || p.sees("!")) && !p.ahead(1).isOneOf(",", ")", ".", "FROM") && p.ahead(1).kind != end {
		p.next()
		negations++
	}
	node, err := p.predicate()
	for ; err == nil && negations > 0; negations-- {
		node = call(bound.Not, node)
	}
	return node, err
}

// predicate reads an operand and the tests behind it.
func (p *parser) predicate() (syntax.Node, error) {
	node, err := p.operand(0)
	for err == nil {
		start := p.at
		not := p.takes("NOT") || p.takes("!")
		var test syntax.Node
		switch {
		case !not && p.takes("IS"):
			node, err = p.is(node)
			continue
		case p.takes("BETWEEN"):
			test, err = p.between(node)
			test = unless(test, not)
		case p.takes("IN"):
			test, err = p.in(node)
			test = unless(test, not)
		case p.takes("LIKE"):
			test, err = p.like(node, "like", not)
		case p.takes("ILIKE"):
			test, err = p.like(node, "ilike", not)
		case p.takes("RLIKE"), p.takes("REGEXP"):
			test, err = p.quantified("rlike", node, not, nil)
		default:
			p.at = start
			return node, nil
		}
		node = test
	}
	return nil, err
}

// is reads what stands behind IS.
func (p *parser) is(left syntax.Node) (syntax.Node, error) {
	not := p.takes("NOT")
	var test syntax.Node
	switch {
	case p.takes("NULL"), p.takes("UNKNOWN"):
		if not {
			return call(bound.IsNotNull, left), nil
		}
		return call(bound.IsNull, left), nil
	case p.takes("TRUE"):
		test = call(bound.EqualNullSafe, left, syntax.Literal{Value: true, Of: types.Boolean})
	case p.takes("FALSE"):
		test = call(bound.EqualNullSafe, left, syntax.Literal{Value: false, Of: types.Boolean})
	case p.takes("DISTINCT", "FROM"):
		right, err := p.operand(0)
		if err != nil {
			return nil, err
		}
		test, not = call(bound.EqualNullSafe, left, right), !not
	default:
		return nil, p.unexpected("'NULL', 'TRUE', 'FALSE', 'UNKNOWN' or 'DISTINCT FROM'")
	}
	if not {
		return call(bound.Not, test), nil
	}
	return test, nil
}

func (p *parser) between(left syntax.Node) (syntax.Node, error) {
	low, err := p.operand(0)
	if err != nil {
		return nil, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	high, err := p.operand(0)
	return call(bound.And, call(bound.GreaterEqual, left, low), call(bound.LessEqual, left, high)), err
}

func (p *parser) in(left syntax.Node) (syntax.Node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	if p.beginsQuery() {
		query, err := p.query()
		if err != nil {
			return nil, err
		}
		args := []syntax.Node{left}
		if row, ok := left.(syntax.Call); ok && row.Function == "struct" && row.Over == nil {
			args = row.Args
		}
		return syntax.InQuery{Args: args, Query: query}, p.expect(")")
	}
	list, err := p.expressions()
	if err != nil {
		return nil, err
	}
	return call(bound.In, append([]syntax.Node{left}, list...)...), p.expect(")")
}

// like reads the pattern of LIKE or ILIKE, which may be several of which any or all
// must match, or not match, and the escape character.
func (p *parser) like(left syntax.Node, function string, not bool) (syntax.Node, error) {
	return p.quantified(function, left, not, func() (syntax.Node, error) {
		if !p.takes("ESCAPE") {
			return nil, nil
		}
		t := p.next()
		if t.kind != text || len([]rune(t.text)) != 1 {
			return nil, parseError("INVALID_ESCAPE_CHAR", t.at, "an escape character must be a string of one character, not "+t.String())
		}
		return syntax.Strings(t.text), nil
	})
}

func (p *parser) quantified(function string, left syntax.Node, not bool, escape func() (syntax.Node, error)) (syntax.Node, error) {
	match := func(pattern syntax.Node) syntax.Call {
		return syntax.Call{Function: function, Args: []syntax.Node{left, pattern}}
	}
	join := bound.Or
	switch {
	case p.sees("ANY", "("), p.sees("SOME", "("):
	case p.sees("ALL", "("):
		join = bound.And
	default:
		pattern, err := p.operand(0)
		if err != nil {
			return nil, err
		}
		test := match(pattern)
		if escape != nil {
			character, err := escape()
			if err != nil {
				return nil, err
			}
			if character != nil {
				test.Args = append(test.Args, character)
			}
		}
		return unless(test, not), nil
	}
	p.next()
	var all syntax.Node
	err := p.inParens(func() error {
		return p.list(func() error {
			pattern, err := p.operand(0)
			if all == nil {
				all = unless(match(pattern), not)
			} else {
				all = call(join, all, unless(match(pattern), not))
			}
			return err
		})
	})
	return all, err
}

// unless is a test, or its opposite.
func unless(test syntax.Node, not bool) syntax.Node {
	if not && test != nil {
		return call(bound.Not, test)
	}
	return test
}

// levels are the operators between two operands, from loose to tight, and the
// functions that they stand for.
var levels = [...]map[string]bound.Function{
	{
		"=": bound.Equal, "==": bound.Equal, "<=>": bound.EqualNullSafe, "<>": bound.NotEqual, "!=": bound.NotEqual,
		"<": bound.Less, "<=": bound.LessEqual, "!>": bound.LessEqual, ">": bound.Greater, ">=": bound.GreaterEqual, "!<": bound.GreaterEqual,
	},
	{"|": "|"},
	{"^": "^"},
	{"&": "&"},
	{"<<": "shiftleft", ">>": "shiftright", ">>>": "shiftrightunsigned"},
	{"+": bound.Add, "-": bound.Subtract, "||": bound.Concat},
	{"*": bound.Multiply, "/": bound.Divide, "%": bound.Remainder, "DIV": "div"},
}

// operand reads operands with operators between them that bind at least as tight as
// level.
func (p *parser) operand(level int) (syntax.Node, error) {
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	return p.operators(left, level)
}

// operators reads the operators behind an operand, and their right sides.
func (p *parser) operators(left syntax.Node, level int) (syntax.Node, error) {
	for {
		function, binds, ok := p.operator()
		if !ok || binds < level {
			return left, nil
		}
		p.next()
		var right syntax.Node
		err := p.nested(func() (err error) {
			right, err = p.operand(binds + 1)
			return err
		})
		if err != nil {
			return nil, err
		}
		left = call(function, left, right)
	}
}

func (p *parser) operator() (function bound.Function, level int, ok bool) {
	t := p.peek()
	if t.kind != symbol && t.kind != word {
		return "", 0, false
	}
	for level := range levels {
		if function, ok := levels[level][strings.ToUpper(t.text)]; ok {
			return function, level, true
		}
	}
	return "", 0, false
}

// unary reads the signs before an operand, and the operand. A minus before a number
// belongs to it, so that the least bigint can be written.
func (p *parser) unary() (node syntax.Node, err error) {
	switch {
	case p.sees("-") && p.ahead(1).kind == number:
		p.next()
		if node, err = p.number("-"); err != nil {
			return nil, err
		}
		return p.postfix(node)
	case p.takes("-"):
		err = p.nested(func() error {
			node, err = p.unary()
			return err
		})
		return call(bound.Negate, node), err
	case p.takes("+"):
		err = p.nested(func() error {
			node, err = p.unary()
			return err
		})
		return call("positive", node), err
	case p.takes("~"):
		err = p.nested(func() error {
			node, err = p.unary()
			return err
		})
		return call("~", node), err
	}
	return p.primary()
}
