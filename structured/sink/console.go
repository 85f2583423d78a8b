package sink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/internal/text"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Console returns a sink that prints the first 20 rows of each batch to standard
// output, cells cut at 20 characters. It delivers at least once.
func Console() Sink { return Print(env.Stdout()) }

// Print is Console with another place to print to. Writes to it come from one
// activity at a time.
func Print(to io.Writer) Sink { return console{to} }

const (
	consoleRows  = 20
	consoleWidth = 20
)

type console struct{ to io.Writer }

func (console) String() string { return "console" }

// Ephemeral implements the interface of that name.
func (console) Ephemeral() {}

// Modes implements Sink: all modes.
func (console) Modes() []Mode { return []Mode{Append, Update, Complete} }

// Open implements Sink.
func (c console) Open(_ context.Context, query Query) (Writer, error) {
	return &consoleWriter{to: c.to, schema: query.Schema}, nil
}

type consoleWriter struct {
	to       io.Writer
	schema   types.Schema
	prepared bytes.Buffer
}

// LastCommitted implements Writer: what was printed is not known.
func (w *consoleWriter) LastCommitted(context.Context) (int64, bool, error) { return 0, false, nil }

// Prepare implements Writer.
func (w *consoleWriter) Prepare(_ context.Context, batch Batch) (Token, error) {
	w.prepared.Reset()
	const line = "-------------------------------------------\n"
	fmt.Fprintf(&w.prepared, "%sBatch: %d\n%s", line, batch.ID, line)
	var records []arrow.RecordBatch
	for r := range batch.All() {
		records = append(records, r)
	}
	WriteTable(&w.prepared, w.schema, records, consoleRows, consoleWidth)
	w.prepared.WriteByte('\n')
	return nil, nil
}

// Commit implements Writer. What was printed is not printed again.
func (w *consoleWriter) Commit(context.Context, Token) error {
	_, err := w.prepared.WriteTo(w.to)
	return err
}

// Abort implements Writer.
func (w *consoleWriter) Abort(context.Context, Token) error {
	w.prepared.Reset()
	return nil
}

// Close implements Writer.
func (w *consoleWriter) Close() error { return nil }

// WriteTable prints at most the given number of rows as a table with borders,
// cells longer than width characters cut and ended with "...". A width of 0 cuts
// nothing. If there are more rows, a last line says so.
func WriteTable(to *bytes.Buffer, schema types.Schema, records []arrow.RecordBatch, rows, width int) {
	cells := [][]string{schema.Names()}
	more := false
	for _, r := range records {
		for i := range int(r.NumRows()) {
			if len(cells) > rows {
				more = true
				break
			}
			row := make([]string, schema.Len())
			for c, column := range r.Columns() {
				row[c] = cut(Format(schema.Fields[c].Type, Value(column, i)), width)
			}
			cells = append(cells, row)
		}
	}
	widths := make([]int, schema.Len())
	for _, row := range cells {
		for c, cell := range row {
			widths[c] = max(widths[c], utf8.RuneCountInString(cell))
		}
	}
	border := "+"
	for _, width := range widths {
		border += strings.Repeat("-", width) + "+"
	}
	fmt.Fprintln(to, border)
	for i, row := range cells {
		for c, cell := range row {
			to.WriteString("|" + strings.Repeat(" ", widths[c]-utf8.RuneCountInString(cell)) + cell)
		}
		to.WriteString("|\n")
		if i == 0 {
			fmt.Fprintln(to, border)
		}
	}
	fmt.Fprintln(to, border)
	if more {
		fmt.Fprintf(to, "only showing top %d rows\n", rows)
	}
}

func cut(text string, width int) string {
	if width < 4 || utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width-3]) + "..."
}

// Format returns a value, of the Go type that package types lists for t, as text.
// Timestamps are in UTC.
func Format(t types.Type, value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case float32:
		return string(text.AppendFloat(nil, v))
	case float64:
		return string(text.AppendDouble(nil, v))
	case decimal128.Num:
		return string(text.AppendDecimal(nil, v, t.Scale()))
	case types.CalendarInterval:
		return string(text.AppendCalendarInterval(nil, v))
	case int32:
		switch t.Kind() {
		case types.KindDate:
			return string(text.AppendDate(nil, v))
		case types.KindYearMonth:
			return string(text.AppendMonths(nil, v, t))
		}
	case int64:
		switch t.Kind() {
		case types.KindTimestamp, types.KindTimestampNTZ:
			return string(text.AppendClock(nil, v))
		case types.KindDayTime:
			return string(text.AppendMicros(nil, v, t))
		}
	case []byte:
		return fmt.Sprintf("[% X]", v)
	case []any:
		return formatNested(t, v)
	}
	return fmt.Sprint(value)
}

func formatNested(t types.Type, values []any) string {
	parts := make([]string, len(values))
	switch t.Kind() {
	case types.KindStruct:
		for i, field := range t.Fields() {
			parts[i] = Format(field.Type, values[i])
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.KindMap:
		for i, entry := range values {
			pair := entry.([]any)
			parts[i] = Format(t.Key(), pair[0]) + " -> " + Format(t.Value(), pair[1])
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	for i, element := range values {
		parts[i] = Format(t.Element(), element)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
