package structured

import (
	"context"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/sql"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// DataFrame is a table that is not computed yet. It holds one pointer and goes by
// value; it is never changed, and may be used by several goroutines and in several
// queries. The zero DataFrame is no table: whatever asks for its rows fails.
type DataFrame struct {
	frame *frame
}

// Select computes one column from each argument, a name or an expression. A column
// keeps its name unless As gives it another. One argument may explode an array, one
// may be a time window; with an aggregate function among them the result is one row.
func (d DataFrame) Select[C expr.Arg](columns ...C) DataFrame {
	items := nodes(expr.Columns(columns...))
	return d.then("Select", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Select(input, items)
	})
}

// Where keeps the rows for which the condition is true: not those for which it is
// false, and not those for which it is null.
func (d DataFrame) Where(condition expr.Column) DataFrame {
	return d.then("Where", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Where(input, condition.Syntax())
	})
}

// WithColumn adds a column, or replaces the one of that name.
func (d DataFrame) WithColumn(name string, value expr.Column) DataFrame {
	return d.then("WithColumn", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.WithColumn(input, name, value.Syntax())
	})
}

// WithColumns is WithColumn for several columns, each named by As. None of them sees
// another one's new value.
func (d DataFrame) WithColumns(columns ...expr.Column) DataFrame {
	items := nodes(columns)
	return d.then("WithColumns", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.WithColumns(input, items)
	})
}

// SelectExpr is Select with columns as text in SQL: "price * 2 AS double", "upper(name)".
func (d DataFrame) SelectExpr(texts ...string) DataFrame {
	given := sql.Given{}
	if session := d.session(); session != nil {
		given.Function = session.function
	}
	items := make([]syntax.Node, len(texts))
	for i, text := range texts {
		var err error
		if items[i], err = sql.ParseExpression(text, given); err != nil {
			items[i] = syntax.Invalid{Condition: "PARSE_SYNTAX_ERROR", Message: err.Error()}
		}
	}
	return d.then("SelectExpr", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Select(input, items)
	})
}

// Drop leaves columns out. Each of them must exist.
func (d DataFrame) Drop(names ...string) DataFrame {
	return d.then("Drop", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Drop(input, names)
	})
}

// Rename gives a column, which must exist, another name.
func (d DataFrame) Rename(from, to string) DataFrame {
	return d.then("Rename", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Rename(input, from, to)
	})
}

// Alias names the table, so that its columns can be qualified: "orders.id".
func (d DataFrame) Alias(name string) DataFrame {
	return d.then("Alias", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Alias(input, name)
	})
}

// Union has the rows of this table and of others, one table after the other,
// duplicates included. Columns meet by position and are converted to a type that they
// have in common; their names are those of this table. A stream can be united with
// streams only.
func (d DataFrame) Union(others ...DataFrame) DataFrame {
	return d.with("Union", others, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		if len(inputs) == 1 {
			return inputs[0], nil
		}
		return a.Union(inputs...)
	})
}

// UnionOption is an option of UnionByName.
type UnionOption uint8

// AllowMissing lets each of the two tables lack columns of the other: they are null
// there. Columns of the second table alone come last.
const AllowMissing UnionOption = iota

// UnionByName is Union of two tables whose columns meet by name, in this table's
// order; each must have the other's columns, but for AllowMissing.
func (d DataFrame) UnionByName(b DataFrame, options ...UnionOption) DataFrame {
	missing := slices.Contains(options, AllowMissing)
	return d.with("UnionByName", []DataFrame{b}, func(a analyze.Analyzer, inputs []plan.Node) (plan.Node, error) {
		return a.UnionByName(inputs[0], inputs[1], missing)
	})
}

// Sample keeps about a fraction of the rows, from 0 to 1. Which ones follows from the
// seed, from the rows and from their places in their partitions: a query that runs again
// over the same partitions, or a batch of a stream, has the same sample. In SQL it is
// TABLESAMPLE (10 PERCENT) REPEATABLE (seed); without REPEATABLE the seed is 0.
func (d DataFrame) Sample(fraction float64, seed int64) DataFrame {
	return d.then("Sample", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Sample(input, fraction, seed)
	})
}

// Describe is statistics of columns of numbers and strings, those of these names or all:
// rows of texts, summary being count, mean, stddev, min and max. Nulls do not count;
// strings have no mean and no stddev.
func (d DataFrame) Describe(columns ...string) DataFrame {
	return d.then("Describe", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Describe(input, columns, []string{"count", "mean", "stddev", "min", "max"})
	})
}

// Summary is Describe of all columns with statistics of choice: those of Describe and
// percentiles such as "25%". Without any it has those of Describe and the quartiles.
func (d DataFrame) Summary(statistics ...string) DataFrame {
	if len(statistics) == 0 {
		statistics = []string{"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"}
	}
	return d.then("Summary", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Describe(input, nil, statistics)
	})
}

// Distinct keeps the first of the rows that are equal in all columns: it is
// DropDuplicates without names.
func (d DataFrame) Distinct() DataFrame {
	return d.then("Distinct", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Deduplicate(input, nil, false)
	})
}

// DropDuplicates keeps the first of the rows that are equal in the columns of these
// names, all columns if there are none. Nulls are equal to each other, NaNs too.
//
// A stream gives a row at once and keeps its key. If the column of WithWatermark is
// among the names, keys behind the watermark are forgotten and rows behind it are
// dropped; else the state grows for ever and no row is late.
func (d DataFrame) DropDuplicates(names ...string) DataFrame {
	return d.then("DropDuplicates", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Deduplicate(input, names, false)
	})
}

// DropDuplicatesWithinWatermark is DropDuplicates for a stream whose equal rows differ
// in their event times by no more than the delay of WithWatermark, which comes before
// it: a key is forgotten when the watermark has reached the time of its first row plus
// the delay.
func (d DataFrame) DropDuplicatesWithinWatermark(names ...string) DataFrame {
	return d.then("DropDuplicatesWithinWatermark", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Deduplicate(input, names, true)
	})
}

// OrderBy sorts by keys, names or expressions: ascending with nulls first, unless
// Desc and the like say otherwise. A stream can be sorted only after an aggregation
// and in output mode complete.
func (d DataFrame) OrderBy[C expr.Arg](keys ...C) DataFrame {
	items := nodes(expr.Columns(keys...))
	return d.then("OrderBy", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.OrderBy(input, items)
	})
}

// Limit keeps the first n rows; without an OrderBy before it, any n. Of a stream in
// output mode append these are the first n of all its batches, in output mode complete
// the first n of each result.
func (d DataFrame) Limit(n int64) DataFrame {
	return d.then("Limit", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Limit(input, n)
	})
}

// Hint says how the table is best joined, by the name of one of Spark's hints in any case:
// broadcast gives the whole table to every partition of what it is joined with, however large
// it is; shuffle_hash and merge exchange both by their keys, however small. A hint that the
// kind of join does not allow, or of another name, changes nothing; nor does any hint change
// a result. Explain shows what was chosen.
func (d DataFrame) Hint(name string) DataFrame {
	return d.then("Hint", func(_ analyze.Analyzer, input plan.Node) (plan.Node, error) {
		strategy, ok := plan.StrategyNamed(name)
		if !ok {
			return input, nil
		}
		return plan.Hinted(input, strategy), nil
	})
}

// WithWatermark declares which column tells when a row happened, and how far rows
// may be behind the latest one before they are too late. It belongs before the
// aggregation that uses the column. Over bounded input it has no effect.
func (d DataFrame) WithWatermark(column string, delay time.Duration) DataFrame {
	return d.then("WithWatermark", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		return a.Watermark(input, column, delay)
	})
}

// GroupBy puts the rows with equal keys, names or expressions, into one group. Nulls
// are equal to each other, NaNs too.
func (d DataFrame) GroupBy[C expr.Arg](keys ...C) Grouped {
	items := nodes(expr.Columns(keys...))
	checked := d.then("GroupBy", func(a analyze.Analyzer, input plan.Node) (plan.Node, error) {
		_, err := a.Aggregate(input, items, nil)
		return input, err
	})
	return Grouped{table: checked, keys: items}
}

// Agg computes aggregates over all rows: its result is one row.
func (d DataFrame) Agg(columns ...expr.Column) DataFrame {
	return Grouped{table: d}.Agg(columns...)
}

// Err returns the first mistake made in building the table, and nil if there is none
// so far.
func (d DataFrame) Err() error {
	if d.frame == nil {
		return errNoTable
	}
	return d.frame.err
}

// Schema returns the columns. If the source has to read data to know them, it does.
func (d DataFrame) Schema(ctx context.Context) (types.Schema, error) {
	node, _, err := d.analysed(ctx)
	if err != nil {
		return types.Schema{}, err
	}
	return plan.Schema(node.Output()), nil
}

func nodes(columns []expr.Column) []syntax.Node {
	list := make([]syntax.Node, len(columns))
	for i, column := range columns {
		list[i] = column.Syntax()
	}
	return list
}
