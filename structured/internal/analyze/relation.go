package analyze

import (
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Where keeps the rows for which condition is true.
func (a Analyzer) Where(input plan.Node, condition syntax.Node) (plan.Node, error) {
	if hasAggregate(condition) {
		return nil, fault.Analysisf("INVALID_WHERE_CONDITION",
			"%s is a function of many rows; compute it with Agg first and then use its column", condition)
	}
	binder := a.binder(input)
	expr, err := binder.bind(condition)
	if err != nil {
		return nil, err
	}
	if expr.Type() == types.Void {
		expr = binder.convert(expr, types.Boolean)
	}
	if expr.Type() != types.Boolean {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "the condition %s is %s, not boolean", expr, expr.Type())
	}
	return &plan.Filter{Input: input, Condition: expr}, nil
}

// OrderBy sorts by keys, each ascending with nulls first unless it says otherwise.
func (a Analyzer) OrderBy(input plan.Node, keys []syntax.Node) (plan.Node, error) {
	if len(keys) == 0 {
		return nil, fault.Analysisf("", "there is nothing to sort by")
	}
	binder := a.binder(input)
	orders := make([]bound.Order, len(keys))
	for i, key := range keys {
		order, ok := key.(syntax.Order)
		if !ok {
			order = syntax.Order{Arg: key, NullsFirst: true}
		}
		expr, err := binder.bind(order.Arg)
		if err != nil {
			return nil, err
		}
		if expr = collationKey(expr); !expr.Type().IsOrdered() {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "values of type %s have no order", expr.Type())
		}
		orders[i] = bound.Order{Expr: expr, Descending: order.Descending, NullsFirst: order.NullsFirst}
	}
	return &plan.Sort{Input: input, Orders: orders}, nil
}

// Limit keeps the first n rows.
func (a Analyzer) Limit(input plan.Node, n int64) (plan.Node, error) {
	if n < 0 {
		return nil, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "a limit of %d rows is negative", n)
	}
	return &plan.Limit{Input: input, N: n}, nil
}

// Offset leaves out the first n rows.
func (a Analyzer) Offset(input plan.Node, n int64) (plan.Node, error) {
	if n < 0 {
		return nil, fault.Analysisf("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "an offset of %d rows is negative", n)
	}
	return &plan.Offset{Input: input, N: n}, nil
}

// Distinct keeps one of several equal rows; of those with a collation the first.
func (a Analyzer) Distinct(input plan.Node) (plan.Node, error) {
	output := input.Output()
	collated := false
	for _, column := range output {
		if err := distinguishable(column); err != nil {
			return nil, err
		}
		collated = collated || column.Type.IsCollated()
	}
	if !collated {
		return &plan.Distinct{Input: input}, nil
	}
	var items []syntax.Node
	for i, column := range output {
		if !column.Hidden {
			items = append(items, syntax.Alias{Arg: position(i), Name: column.Name})
		}
	}
	return a.Aggregate(input, items, nil)
}

// distinguishable refuses a column whose values have no equality.
func distinguishable(column plan.Column) error {
	if column.Type.HasMap() {
		return fault.Analysisf("UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "column %q is %s: rows with maps cannot be told apart", column.Name, column.Type)
	}
	return nil
}

// Alias names the table.
func (a Analyzer) Alias(input plan.Node, name string) (plan.Node, error) {
	if name == "" {
		return nil, fault.Analysisf("", "the name of a table is empty")
	}
	return &plan.Alias{Input: input, Name: name}, nil
}

// Watermark declares the event time of a stream. Bounded input has no watermark:
// there only the arguments are checked.
func (a Analyzer) Watermark(input plan.Node, column string, delay time.Duration) (plan.Node, error) {
	at, err := a.binder(input).name(strings.Split(column, "."))
	if err != nil {
		return nil, err
	}
	place, ok := at.(bound.Column)
	if !ok {
		return nil, fault.Analysisf("", "the event time %s is not a column; make it one by WithColumn", at)
	}
	if at.Type() != types.Timestamp && input.Output()[place.Index].Window == nil {
		return nil, fault.Analysisf("EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE",
			"the event time %q must be a timestamp or a time window, but is %s", column, at.Type())
	}
	if delay < 0 {
		return nil, fault.Analysisf("", "the delay of a watermark must not be negative, but is %s", delay)
	}
	if !plan.Streaming(input) {
		return input, nil
	}
	if hasWatermark(input) {
		return nil, fault.Analysisf("_LEGACY_ERROR_TEMP_3076", "this stream has a watermark already; it can be declared once")
	}
	return &plan.Watermark{Input: input, Column: place.Index, Delay: delay}, nil
}

func hasWatermark(node plan.Node) bool {
	if _, ok := node.(*plan.Watermark); ok {
		return true
	}
	for _, child := range node.Children() {
		if hasWatermark(child) {
			return true
		}
	}
	return false
}
