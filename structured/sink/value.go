package sink

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// appendRows adds the rows of records, each as one Go value a column.
func appendRows(rows [][]any, records arrow.RecordBatch) [][]any {
	for i := range int(records.NumRows()) {
		row := make([]any, records.NumCols())
		for c, column := range records.Columns() {
			row[c] = Value(column, i)
		}
		rows = append(rows, row)
	}
	return rows
}

// Value returns one value of an Arrow column as the Go type that package types
// lists for it; nil is null. Strings are copied.
func Value(column arrow.Array, i int) any {
	if column.IsNull(i) {
		return nil
	}
	switch column := column.(type) {
	case *array.Boolean:
		return column.Value(i)
	case *array.Int8:
		return column.Value(i)
	case *array.Int16:
		return column.Value(i)
	case *array.Int32:
		return column.Value(i)
	case *array.Int64:
		return column.Value(i)
	case *array.Float64:
		return column.Value(i)
	case *array.Float32:
		return column.Value(i)
	case *array.Decimal128:
		return column.Value(i)
	case *array.String:
		return strings.Clone(column.Value(i))
	case *array.Binary:
		return append([]byte{}, column.Value(i)...)
	case *array.Date32:
		return int32(column.Value(i))
	case *array.Timestamp:
		return int64(column.Value(i))
	case *array.MonthInterval:
		return int32(column.Value(i))
	case *array.Duration:
		return int64(column.Value(i))
	case array.ListLike: // a list; or a map, which is a list of its entries
		from, to := column.ValueOffsets(i)
		list := make([]any, 0, to-from)
		for j := from; j < to; j++ {
			list = append(list, Value(column.ListValues(), int(j)))
		}
		return list
	case *array.Struct:
		fields := make([]any, column.NumField())
		for f := range fields {
			fields[f] = Value(column.Field(f), i)
		}
		return fields
	}
	panic(fmt.Sprintf("column of Arrow type %s", column.DataType()))
}
