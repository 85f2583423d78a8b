package structured

import (
	"context"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// counting is a source that remembers the reader of the last query.
type counting struct {
	source.Source
	reader source.Reader
}

func (c *counting) Open(ctx context.Context, query source.Query) (source.Reader, error) {
	r, err := c.Source.Open(ctx, query)
	c.reader = r
	return r, err
}

// TestRulesSpareTheSource shows each rule of the optimizer by what the source is
// spared: rows that it need not hand out, and columns of these.
func TestRulesSpareTheSource(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", `{"a":1,"b":10,"c":"x"}
{"a":2,"b":20,"c":"y"}
{"a":3,"b":30,"c":"x"}
{"a":4,"b":40,"c":"y"}
`)
	schema := types.NewSchema(types.Nullable("a", types.Bigint), types.Nullable("b", types.Bigint), types.Nullable("c", types.String))
	a, b, c := expr.Col("a"), expr.Col("b"), expr.Col("c")
	for _, q := range []struct {
		name  string
		query func(d DataFrame) DataFrame
		want  source.Counts
	}{
		{"all", func(d DataFrame) DataFrame { return d }, source.Counts{Rows: 4, Values: 12}},
		{"columns are pushed", func(d DataFrame) DataFrame { return d.Select(b) }, source.Counts{Rows: 4, Values: 4}},
		{"a filter is pushed, with its column", func(d DataFrame) DataFrame { return d.Where(a.Gt(2)).Select(a) }, source.Counts{Rows: 2, Values: 2, Skipped: 2}},
		{"a filter passes a projection", func(d DataFrame) DataFrame {
			return d.Select(a.As("k"), b).Where(expr.Col("k").Gt(3)).Select("k")
		}, source.Counts{Rows: 1, Values: 1, Skipped: 3}},
		{"filters are combined", func(d DataFrame) DataFrame {
			return d.Where(a.Gt(1)).Where(b.Lt(40)).Where(c.Eq("x")).Select(a, b, c)
		}, source.Counts{Rows: 1, Values: 3, Skipped: 3}},
		{"constants are folded", func(d DataFrame) DataFrame {
			return d.Where(expr.Lit(1).Plus(1).Eq(2).Or(c.Eq("z"))).Select(a) // always true, so c is not read
		}, source.Counts{Rows: 4, Values: 4}},
	} {
		t.Run(q.name, func(t *testing.T) {
			s := newSession(t, 2)
			src := &counting{Source: source.JSONFiles(dir, schema)}
			rows := 0
			for _, err := range q.query(s.Read(src)).Rows(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				rows++
			}
			got := src.reader.(source.Counted).Counts()
			if int64(rows) != q.want.Rows || got != q.want {
				t.Errorf("%d rows, the source handed out %+v; want %+v", rows, got, q.want)
			}
		})
	}
}
