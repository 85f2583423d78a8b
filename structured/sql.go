package structured

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/types"
)

// SQL returns the table that a query describes, in a large part of Spark's SELECT. It
// may name the views of this session, see [Session.CreateView], bounded and growing
// ones, and the functions of [Session.Register]. A mistake in the text is an *Error that
// says where. docs/sql.md describes what is read.
//
// Arguments are the values of the text's parameters: in their order for each ?, or, made
// by Named, for :name. They are Go values as expr.Lit takes them, or columns that read
// no table.
//
// EXPLAIN before a query gives one row with the text that DataFrame.Explain has, DESCRIBE
// before a query or the name of a view a row for each column. CREATE
// [OR REPLACE] TEMPORARY VIEW and DROP VIEW act at once and give a table without rows.
func (s *Session) SQL(text string, arguments ...any) DataFrame {
	f := &frame{session: s}
	if s == nil {
		return f.failed("SQL", errNoSession)
	}
	parameters, err := parametersOf(arguments)
	if err != nil {
		return f.failed("SQL", err)
	}
	statement, err := sql.Parse(text, sql.Given{Function: s.function, Parameters: parameters})
	if err != nil {
		return f.failed("SQL", err)
	}
	if err := unused(arguments, statement); err != nil {
		return f.failed("SQL", err)
	}
	if statement.Drop != "" {
		if err := s.dropView(statement.Drop, statement.IfExists); err != nil {
			return f.failed("SQL", err)
		}
		return f.nothing()
	}
	table := s.query(f, statement)
	if statement.View == "" || table.Err() != nil {
		return table
	}
	if err := s.createView(statement.View, table, statement.Replace); err != nil {
		return f.failed("SQL", err)
	}
	return (&frame{session: s}).nothing()
}

// query is the table of a statement's query.
func (s *Session) query(f *frame, statement *sql.Statement) DataFrame {
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
		if err == nil {
			node, err = analyze.Renamed(node, statement.Columns)
		}
		switch {
		case err != nil:
			return nil, err
		case statement.Describe:
			return analyze.Described(node), nil
		case !statement.Explain:
			return node, nil
		}
		text, err := explained(node, f.sizes(f.sources()))
		return &plan.Values{
			Fields: []types.Field{types.Required("plan", types.String)},
			Rows:   [][]bound.Expr{{bound.Literal{Value: text, Of: types.String}}},
		}, err
	}
	f.start("SQL")
	return DataFrame{f}
}

// failed is the table of an operation that cannot be.
func (f *frame) failed(operation string, err error) DataFrame {
	f.place = place(operation)
	f.err = f.mistake(err)
	return DataFrame{f}
}

// nothing is the table of a statement that has no rows.
func (f *frame) nothing() DataFrame {
	f.operation = func(analyze.Analyzer, []plan.Node) (plan.Node, error) { return &plan.Values{}, nil }
	f.start("SQL")
	return DataFrame{f}
}

// CreateView gives a table a name by which the queries of [Session.SQL] know it, in
// any case. It takes the place of a view that has the name. A table with a mistake is
// refused with it.
func (s *Session) CreateView(name string, table DataFrame) error {
	switch {
	case s == nil:
		return fmt.Errorf("structured: CreateView: %w", errNoSession)
	case name == "":
		return errors.New("structured: CreateView: the name is empty")
	case table.frame != nil && table.frame.session != s && table.frame.err == nil:
		return fmt.Errorf("structured: CreateView %q: %w", name, errOtherSession)
	}
	if err := table.Err(); err != nil {
		return err
	}
	return s.createView(name, table, true)
}

func (s *Session) createView(name string, table DataFrame, replace bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	key := strings.ToLower(name)
	if _, exists := s.views[key]; exists && !replace {
		return fault.Analysisf("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "there is a view %q; write CREATE OR REPLACE, or drop it before", name)
	}
	if s.views == nil {
		s.views = map[string]DataFrame{}
	}
	s.views[key] = table
	return nil
}

// DropView forgets a view; it is false if there was none. Tables that were made with it
// stay as they are.
func (s *Session) DropView(name string) bool { return s.dropView(name, false) == nil }

func (s *Session) dropView(name string, ifExists bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.ToLower(name)
	if _, exists := s.views[key]; !exists && !ifExists {
		return fault.Analysisf("TABLE_OR_VIEW_NOT_FOUND", "there is no view %q", name)
	}
	delete(s.views, key)
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
