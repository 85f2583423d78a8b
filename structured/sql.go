package structured

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/types"
)

// SQL returns the table that a query describes, in a large part of Spark's SELECT. It
// may name the views of this session, see [Session.CreateView], bounded and growing
// ones. A mistake in the text is an *Error that says where. EXPLAIN before a query gives
// one row with the text that DataFrame.Explain has. docs/sql.md describes what is read.
func (s *Session) SQL(text string) DataFrame {
	f := &frame{session: s}
	if s == nil {
		f.place = place("SQL")
		f.err = f.mistake(errors.New("the session is nil; make it with Open"))
		return DataFrame{f}
	}
	statement, err := sql.Parse(text)
	if err == nil && statement.View != "" {
		err = errors.New("SQL reads queries; name their tables by CreateView")
	}
	if err != nil {
		f.place = place("SQL")
		f.err = f.mistake(err)
		return DataFrame{f}
	}
	var names []string
	for _, name := range statement.Tables {
		if view, ok := s.view(name); ok {
			names, f.inputs = append(names, strings.ToLower(name)), append(f.inputs, view.frame)
		}
	}
	f.operation = func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		tables := analyze.Tables{}
		for i, name := range names {
			tables[name] = inputs[i]
		}
		node, err := a.Query(statement.Query, tables)
		if err != nil || !statement.Explain {
			return node, err
		}
		text, err := explained(node)
		return &plan.Values{
			Fields: []types.Field{types.Required("plan", types.String)},
			Rows:   [][]bound.Expr{{bound.Literal{Value: text, Of: types.String}}},
		}, err
	}
	f.start("SQL")
	return DataFrame{f}
}

// CreateView gives a table a name by which the queries of [Session.SQL] know it, in
// any case. It takes the place of a view that has the name. A table with a mistake is
// refused with it.
func (s *Session) CreateView(name string, table DataFrame) error {
	switch {
	case s == nil:
		return errors.New("structured: CreateView: the session is nil; make it with Open")
	case name == "":
		return errors.New("structured: CreateView: the name is empty")
	case table.frame != nil && table.frame.session != s && table.frame.err == nil:
		return fmt.Errorf("structured: CreateView %q: %w", name, errOtherSession)
	}
	if err := table.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.views == nil {
		s.views = map[string]DataFrame{}
	}
	s.views[strings.ToLower(name)] = table
	return nil
}

func (s *Session) view(name string) (DataFrame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	table, ok := s.views[strings.ToLower(name)]
	return table, ok
}

// ParseSchema reads columns as SQL declares them: "id BIGINT NOT NULL, tags
// ARRAY<STRING>".
func ParseSchema(text string) (types.Schema, error) { return sql.ParseSchema(text) }
