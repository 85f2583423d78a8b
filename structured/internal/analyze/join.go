package analyze

import (
	"errors"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Join pairs the rows of two tables for which a condition on the columns of both is
// true; nil stands for a condition that always is.
func (a Analyzer) Join(left, right plan.Node, kind physical.JoinKind, on syntax.Node) (plan.Node, error) {
	join := &plan.Join{Left: left, Right: right, Kind: kind}
	if on == nil {
		return join, nil
	}
	if hasAggregate(on) {
		return nil, fault.Analysisf("UNSUPPORTED_EXPR_FOR_OPERATOR", "%s is a function of many rows; compute it with Agg before the join", on)
	}
	binder := a.binderOf(append(append([]plan.Column{}, left.Output()...), right.Output()...))
	condition, err := binder.bind(on)
	if err != nil {
		return nil, err
	}
	if condition.Type() == types.Void {
		condition = binder.convert(condition, types.Boolean)
	}
	if condition.Type() != types.Boolean {
		return nil, fault.Analysisf("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "the join condition %s is %s, not boolean", condition, condition.Type())
	}
	join.Condition = condition
	return join, nil
}

// JoinUsing pairs the rows of two tables that have equal values in the columns of
// these names, which both have. The result has each of them once: of a right outer
// join the right one, of a full outer join the one that is not null, else the left one.
// Then come the other columns of the left table and of the right one.
func (a Analyzer) JoinUsing(left, right plan.Node, kind physical.JoinKind, using []string) (plan.Node, error) {
	project, err := a.joinUsing(left, right, kind, using)
	if err != nil {
		return nil, err
	}
	shown := len(project.Exprs)
	for shown > 0 && project.Hidden[shown-1] {
		shown--
	}
	return plan.NewProject(project.Input, project.Exprs[:shown], project.Names[:shown]), nil
}

// joinUsing is JoinUsing with hidden columns behind the others: those that equal columns
// have taken the place of.
func (a Analyzer) joinUsing(left, right plan.Node, kind physical.JoinKind, using []string) (*plan.Project, error) {
	if len(using) == 0 {
		return nil, fault.Analysisf("", "there is no column to join by")
	}
	columns := append(append([]plan.Column{}, left.Output()...), right.Output()...)
	width := len(left.Output())
	binder := a.binderOf(columns)
	var parts, merged []bound.Expr
	var labels []string
	used, shown := make([]bool, len(columns)), make([]bool, len(columns))
	for _, name := range using {
		l, err := onlyNamed(left.Output(), name)
		if err != nil {
			return nil, unresolvedUsing(err)
		}
		r, err := onlyNamed(right.Output(), name)
		if err != nil {
			return nil, unresolvedUsing(err)
		}
		r += width
		used[l], used[r] = true, true
		equal, err := binder.compare(bound.Equal, []bound.Expr{binder.column(l), binder.column(r)})
		if err != nil {
			return nil, err
		}
		parts, labels = append(parts, equal), append(labels, columns[l].Name)
		value := binder.column(l)
		switch kind {
		default:
			shown[l] = true
		case physical.RightOuter:
			value, shown[r] = binder.column(r), true
		case physical.FullOuter:
			either := syntax.Call{Function: "coalesce", Args: []syntax.Node{expression{value}, expression{binder.column(r)}}}
			if value, err = binder.call(either); err != nil {
				return nil, err
			}
		}
		merged = append(merged, value)
	}
	join := &plan.Join{Left: left, Right: right, Kind: kind, Condition: bound.Conjunction(parts...)}
	output := join.Output()
	for i, column := range output {
		if !used[i] && !column.Hidden {
			merged, labels = append(merged, binder.column(i)), append(labels, column.Name)
		}
	}
	hidden := make([]bool, len(merged))
	for i, column := range output {
		if used[i] && !shown[i] || column.Hidden {
			merged, labels, hidden = append(merged, binder.column(i)), append(labels, column.Name), append(hidden, true)
		}
	}
	for i, expr := range merged { // the join may have made columns nullable
		merged[i] = bound.Map(expr, func(e bound.Expr) bound.Expr {
			if column, ok := e.(bound.Column); ok {
				column.Field = output[column.Index].Field
				return column
			}
			return e
		})
	}
	return &plan.Project{Input: join, Exprs: merged, Names: labels, Hidden: hidden}, nil
}

// visible is a table without its hidden columns.
func visible(node plan.Node) plan.Node {
	var exprs []bound.Expr
	var labels []string
	output := node.Output()
	for i, column := range output {
		if !column.Hidden {
			exprs, labels = append(exprs, bound.Column{Index: i, Field: column.Field}), append(labels, column.Name)
		}
	}
	if len(exprs) == len(output) {
		return node
	}
	return plan.NewProject(node, exprs, labels)
}

// onlyNamed returns the position of the one column of a name.
func onlyNamed(columns []plan.Column, name string) (int, error) {
	at, found := -1, 0
	for i, column := range columns {
		if !column.Hidden && strings.EqualFold(column.Name, name) {
			at, found = i, found+1
		}
	}
	switch found {
	case 0:
		return 0, fault.Analysisf("UNRESOLVED_COLUMN.WITH_SUGGESTION", "no column %q in %s%s",
			name, columnList(columns), suggest(name, names(columns)))
	case 1:
		return at, nil
	}
	return 0, fault.Analysisf("AMBIGUOUS_REFERENCE", "%q may be any of %d columns in %s; rename it", name, found, columnList(columns))
}

// unresolvedUsing is the error of a column to join by that does not exist.
func unresolvedUsing(err error) error {
	if missing, ok := errors.AsType[*fault.Error](err); ok && missing.Condition == "UNRESOLVED_COLUMN.WITH_SUGGESTION" {
		using := *missing
		using.Condition = "UNRESOLVED_USING_COLUMN_FOR_JOIN"
		return &using
	}
	return err
}
