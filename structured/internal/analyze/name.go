package analyze

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
)

// name looks up a column, possibly qualified by its table and followed by fields
// inside it. Case does not matter.
func (b *binder) name(parts []string) (bound.Expr, error) {
	if variable, ok := b.variable(parts[0]); ok {
		return b.fields(variable, parts[1:])
	}
	if len(parts) == 1 && b.alias != nil && b.aliasFirst {
		if expr, ok, err := b.alias(parts[0]); ok || err != nil {
			return expr, err
		}
	}
	found := b.matches(parts)
	if len(found) == 0 {
		if expr, ok, err := b.elsewhere(parts); ok || err != nil {
			return expr, err
		}
	}
	switch {
	case len(found) > 1:
		return nil, fault.Analysisf("AMBIGUOUS_REFERENCE",
			"%q may be any of %d columns in %s; qualify or rename it", strings.Join(parts, "."), len(found), columnList(b.input))
	case len(found) == 0 && len(b.input) == 0:
		return nil, fault.Analysisf("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
			"no column %q: there are no columns here", strings.Join(parts, "."))
	case len(found) == 0:
		return nil, fault.Analysisf("UNRESOLVED_COLUMN.WITH_SUGGESTION", "no column %q in %s%s",
			strings.Join(parts, "."), columnList(b.input), suggest(parts[len(parts)-1], names(b.input)))
	}
	return b.fields(b.column(found[0].column), found[0].fields)
}

// fields takes a field of a field of an expression.
func (b *binder) fields(expr bound.Expr, names []string) (bound.Expr, error) {
	for _, name := range names {
		var err error
		if expr, err = b.field(expr, name); err != nil {
			return nil, err
		}
	}
	return expr, nil
}

// elsewhere looks a name up that is no column of the input: among the items, and in
// the query around a subquery.
func (b *binder) elsewhere(parts []string) (bound.Expr, bool, error) {
	if b.alias != nil {
		if expr, ok, err := b.alias(parts[0]); ok || err != nil {
			if err == nil {
				expr, err = b.fields(expr, parts[1:])
			}
			return expr, err == nil, err
		}
	}
	if b.outer == nil || len(b.outer.matches(parts)) == 0 {
		if len(parts) > 1 {
			return nil, false, nil
		}
		switch name := strings.ToLower(parts[0]); name { // which need no parentheses
		case "current_timestamp", "current_date", "localtimestamp":
			expr, ok := b.currentTime(name)
			return expr, ok, nil
		}
		return nil, false, nil
	}
	expr, err := b.outer.name(parts)
	if err != nil {
		return nil, false, err
	}
	return outerOf(expr), true, nil
}

// match is one reading of a name.
type match struct {
	column int
	fields []string // inside the column
}

// matches are the readings of a name: a column of a table, or else a column and fields
// inside it.
func (b *binder) matches(parts []string) []match {
	var qualified, plain []match
	for i, column := range b.input {
		switch {
		case len(parts) > 1 && column.Table != "" && strings.EqualFold(parts[0], column.Table) && strings.EqualFold(parts[1], column.Name):
			qualified = append(qualified, match{i, parts[2:]})
		case !column.Hidden && strings.EqualFold(parts[0], column.Name):
			plain = append(plain, match{i, parts[1:]})
		}
	}
	if len(qualified) > 0 {
		return qualified
	}
	return plain
}

func names(columns []plan.Column) []string { return plan.Schema(columns).Names() }

// columnList is the columns as an error names them.
func columnList(columns []plan.Column) string {
	const most = 20
	list := names(columns)
	if len(list) > most {
		return fmt.Sprintf("(%s and %d more)", strings.Join(list[:most], ", "), len(list)-most)
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// suggest is the end of a message: the candidate that was probably meant, if there
// is one.
func suggest(name string, candidates []string) string {
	best, least := "", len([]rune(name))/3+2
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the number of characters that must be added, removed, changed or
// swapped with their neighbour to make b of a.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	// rows[i%3][j] is the distance of the first i characters of a from the first j of b.
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		row, above := rows[i%3], rows[(i-1)%3]
		row[0] = i
		for j := 1; j <= len(to); j++ {
			changed := 1
			if from[i-1] == to[j-1] {
				changed = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+changed)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				row[j] = min(row[j], rows[(i-2)%3][j-2]+1)
			}
		}
	}
	return rows[len(from)%3][len(to)]
}
