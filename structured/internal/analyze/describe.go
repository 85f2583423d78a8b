package analyze

import (
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/internal/syntax"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Describe is a row of texts for each statistic, for columns of numbers and strings: all
// such, or those of these names. Statistics are the names of aggregate functions and
// percentiles such as "25%".
func (a Analyzer) Describe(input plan.Node, columns, statistics []string) (plan.Node, error) {
	described, err := describable(input.Output(), columns)
	if err != nil {
		return nil, err
	}
	labels := []string{"summary"}
	for _, at := range described {
		labels = append(labels, input.Output()[at].Name)
	}
	var items []syntax.Node
	rows := syntax.Call{Function: "stack", Args: []syntax.Node{syntax.Literal{Value: int32(len(statistics)), Of: types.Int}}}
	for _, statistic := range statistics {
		rows.Args = append(rows.Args, syntax.Strings(statistic))
		for _, at := range described {
			value, err := statisticOf(statistic, at, input.Output()[at].Type)
			if err != nil {
				return nil, err
			}
			name := "s" + strconv.Itoa(len(items))
			items = append(items, syntax.Alias{Arg: syntax.Cast{Arg: value, To: types.String}, Name: name})
			rows.Args = append(rows.Args, syntax.Name{Parts: []string{name}})
		}
	}
	if len(items) > 0 {
		if input, err = a.Aggregate(input, nil, items); err != nil {
			return nil, err
		}
	} else {
		input = oneRow()
	}
	if input, err = a.Select(input, []syntax.Node{rows}); err != nil {
		return nil, err
	}
	return Renamed(input, labels)
}

// describable are the columns that have statistics.
func describable(output []plan.Column, names []string) ([]int, error) {
	var list []int
	for i, column := range output {
		if names == nil && (column.Type.IsNumeric() || column.Type == types.String) {
			list = append(list, i)
		}
	}
	for _, name := range names {
		at, err := onlyNamed(output, name)
		if err != nil {
			return nil, err
		}
		if t := output[at].Type; !t.IsNumeric() && t != types.String {
			return nil, fault.Analysisf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "column %q is %s; numbers and strings can be described", name, t)
		}
		list = append(list, at)
	}
	return list, nil
}

// statisticOf is a statistic of a column. Of strings there is no mean and the like.
func statisticOf(statistic string, at int, of types.Type) (syntax.Node, error) {
	call := syntax.Call{Function: statistic, Args: []syntax.Node{position(at)}}
	percent, isPercentile := strings.CutSuffix(statistic, "%")
	switch {
	case statistic == "count" || statistic == "min" || statistic == "max":
		return call, nil
	case statistic != "mean" && statistic != "stddev" && !isPercentile:
		return nil, fault.Analysisf("UNRESOLVED_ROUTINE", "no statistic %q; there are count, mean, stddev, min, max and percentiles such as 25%%", statistic)
	case of == types.String:
		return syntax.Call{Function: "max", Args: []syntax.Node{syntax.Literal{Of: types.String}}}, nil
	case !isPercentile:
		return call, nil
	}
	fraction, err := strconv.ParseFloat(percent, 64)
	if err != nil || fraction < 0 || fraction > 100 {
		return nil, fault.Analysisf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "the percentile %q does not lie between 0%% and 100%%", statistic)
	}
	call.Function = "percentile_approx"
	call.Args = append(call.Args, syntax.Literal{Value: fraction / 100, Of: types.Double})
	return call, nil
}

// Described has a row for each column of a table: its name, its type and a comment, of which
// there is none.
func Described(table plan.Node) plan.Node {
	values := &plan.Values{Fields: []types.Field{
		types.Required("col_name", types.String), types.Required("data_type", types.String), types.Nullable("comment", types.String),
	}}
	for _, column := range table.Output() {
		if !column.Hidden {
			values.Rows = append(values.Rows, []bound.Expr{
				bound.Literal{Value: column.Name, Of: types.String},
				bound.Literal{Value: column.Type.String(), Of: types.String},
				bound.Literal{Of: types.String},
			})
		}
	}
	return values
}
