package sql

import (
	"slices"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/syntax"
)

// namedWindows reads the entries of a WINDOW clause.
func (p *parser) namedWindows() ([]syntax.NamedWindow, error) {
	var windows []syntax.NamedWindow
	err := p.list(func() error {
		at := p.peek().at
		name, err := p.name("the name of a window")
		if err != nil {
			return err
		}
		if hasWindow(windows, name) {
			return parseError("INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", at, "there are two windows "+name)
		}
		if err := p.expect("AS"); err != nil {
			return err
		}
		at = p.peek().at
		over, err := p.over()
		if err != nil {
			return err
		}
		if over.Name != "" && !hasWindow(windows, over.Name) {
			return parseError("INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE", at, "there is no window "+over.Name+" before this one")
		}
		windows = append(windows, syntax.NamedWindow{Name: name, Over: *over})
		return nil
	})
	return windows, err
}

func hasWindow(windows []syntax.NamedWindow, name string) bool {
	return slices.ContainsFunc(windows, func(w syntax.NamedWindow) bool { return strings.EqualFold(w.Name, name) })
}

// over reads what follows OVER: the name of a window, or one in brackets.
func (p *parser) over() (*syntax.Over, error) {
	over := &syntax.Over{}
	var err error
	if !p.sees("(") {
		if p.ahead(1).is("BY") {
			return nil, p.unexpected("'('")
		}
		over.Name, err = p.name("a window")
		return over, err
	}
	err = p.inParens(func() error {
		if t := p.peek(); (t.kind == word || t.kind == quoted) && p.ahead(1).is(")") {
			over.Name, err = p.name("a window")
			return err
		}
		if p.takes("PARTITION", "BY") || p.takes("DISTRIBUTE", "BY") {
			if over.PartitionBy, err = p.expressions(); err != nil {
				return err
			}
		}
		if p.takes("ORDER", "BY") || p.takes("SORT", "BY") {
			if over.OrderBy, err = p.orders(); err != nil {
				return err
			}
		}
		if p.sees("ROWS") || p.sees("RANGE") {
			over.Frame, err = p.frame()
		}
		return err
	})
	return over, err
}

func (p *parser) frame() (*syntax.Frame, error) {
	frame := &syntax.Frame{Rows: p.next().is("ROWS"), To: syntax.Bound{Kind: syntax.CurrentRow}}
	between := p.takes("BETWEEN")
	var err error
	if frame.From, err = p.bound(); err != nil || !between {
		return frame, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	frame.To, err = p.bound()
	return frame, err
}

func (p *parser) bound() (syntax.Bound, error) {
	switch {
	case p.takes("UNBOUNDED", "PRECEDING"):
		return syntax.Bound{Kind: syntax.UnboundedPreceding}, nil
	case p.takes("UNBOUNDED", "FOLLOWING"):
		return syntax.Bound{Kind: syntax.UnboundedFollowing}, nil
	case p.takes("CURRENT", "ROW"):
		return syntax.Bound{Kind: syntax.CurrentRow}, nil
	}
	offset, err := p.expression()
	switch {
	case err != nil:
		return syntax.Bound{}, err
	case p.takes("PRECEDING"):
		return syntax.Bound{Kind: syntax.Preceding, Offset: offset}, nil
	case p.takes("FOLLOWING"):
		return syntax.Bound{Kind: syntax.Following, Offset: offset}, nil
	}
	return syntax.Bound{}, p.unexpected("'PRECEDING' or 'FOLLOWING'")
}
