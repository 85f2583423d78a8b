package exec

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = 1_000_000

// column is a column of the input by position.
func column(schema types.Schema, i int) bound.Column {
	return bound.Column{Index: i, Field: schema.Fields[i]}
}

// input is a node that stands for whatever feeds the machine.
func input(schema types.Schema) physical.Node {
	columns := make([]int, schema.Len())
	for i := range columns {
		columns[i] = i
	}
	return &physical.Scan{Name: "test", Full: schema, Columns: columns}
}

func machine(t testing.TB, node physical.Node) Machine {
	t.Helper()
	m, err := New(node)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return m
}

type row = []any

func batch(t testing.TB, schema types.Schema, rows ...row) *vector.Batch {
	t.Helper()
	b := vector.NewBatch(schema)
	for _, values := range rows {
		if err := b.AppendRow(values...); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// collector keeps what is emitted.
type collector struct{ rows []row }

func (c *collector) emit(b *vector.Batch) error {
	for i := range b.Len() {
		c.rows = append(c.rows, b.Values(i))
	}
	return nil
}

// take returns the rows since the last take, one a line.
func (c *collector) take() string {
	text := lines(c.rows)
	c.rows = nil
	return text
}

func lines(rows []row) string {
	var text strings.Builder
	for _, r := range rows {
		for i, value := range r {
			if i > 0 {
				text.WriteByte(' ')
			}
			fmt.Fprint(&text, value)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// text is what lines makes of these lines.
func text(lines ...string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func equal(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got\n%swant\n%s", what, got, want)
	}
}

func push(t testing.TB, m Machine, b *vector.Batch, emit Emit) {
	t.Helper()
	if err := m.Push(0, b, emit); err != nil {
		t.Fatal(err)
	}
}

func mark(t testing.TB, m Machine, marker Marker, emit Emit) {
	t.Helper()
	if err := m.Marker(0, marker, emit); err != nil {
		t.Fatal(err)
	}
}

// condition returns the condition of an error of the data.
func condition(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	return f.Condition
}
