package structured

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/types"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

func TestExplain(t *testing.T) {
	session := open(t)
	table := session.Read(described{schema: events})
	stream := session.Stream(described{schema: events})
	for name, query := range map[string]DataFrame{
		"scan":          table,
		"select":        table.Select(expr.Col("word").As("w"), expr.Col("n").Plus(1).As("next")).Where(expr.Col("next").Gt(10)),
		"replace":       table.WithColumn("n", expr.Col("n").Times(2)).Rename("word", "w").Drop("tags", "at"),
		"unread":        table.Where(expr.Col("word").Eq("the")).Agg(expr.Count().As("rows")),
		"sort":          table.Select("word", "n").OrderBy(expr.Col("n").Desc(), expr.Col("word")),
		"top":           table.GroupBy("word").Count().OrderBy(expr.Col("count").Desc()).Limit(10),
		"limit":         table.Limit(3).Where(expr.Col("n").Gt(0)),
		"distinct":      table.Select("word").Distinct().Where(expr.Col("word").Ne("")),
		"expression":    table.GroupBy(expr.Lower("word").As("w")).Agg(expr.Sum("n").Plus(expr.Count()).As("x"), expr.Sum("n").As("s")),
		"constants":     table.Where(expr.Lit(1).Plus(1).Eq(2).And(expr.Col("n").Gt(expr.Lit(2).Times(3)))).Select(expr.Upper(expr.Lit("a")).As("a"), expr.Col("n")),
		"word_count":    stream.Select(expr.Explode(expr.Split("word", " ")).As("word")).GroupBy("word").Count(),
		"watermark":     stream.WithWatermark("at", 10*time.Second).Where(expr.Col("at").IsNotNull().And(expr.Col("word").Eq("a"))).Select("at", "word"),
		"windows":       stream.WithWatermark("at", 10*time.Second).GroupBy(expr.Window("at", time.Minute), expr.Col("word")).Agg(expr.Count().As("n"), expr.Max("n").As("most")),
		"sliding":       table.GroupBy(expr.Window("at", time.Hour, time.Minute).As("w")).Agg(expr.Sum("n").As("n")).Select(expr.Col("w.start"), expr.Col("n")),
		"stateless":     stream.Where(expr.Col("n").In(1, 2)).Select(expr.Concat(expr.Col("word"), expr.Lit("!")).As("loud")),
		"conversions":   table.Where(expr.Col("n").Eq("7")).Select(expr.Col("n").Divide(2).As("half"), expr.Col("at").Cast(types.String)),
		"union":         stream.Select("word", "n").Union(stream.Select(expr.Upper("word"), expr.Col("n").Plus(1))).Where(expr.Col("n").Gt(3)).Select("word"),
		"join":          table.Alias("a").Join(table.Alias("b"), expr.Col("a.word").Eq(expr.Lower("b.word")).And(expr.Col("a.n").Lt(expr.Col("b.n"))).And(expr.Col("b.n").Gt(5)), LeftOuter).Select("a.word", "b.n"),
		"static_join":   stream.Alias("s").Join(table.Alias("t"), expr.Col("s.word").Eq(expr.Col("t.word")), Inner).Where(expr.Col("s.n").Gt(1)).Select("s.at", "t.n"),
		"sessions":      stream.WithWatermark("at", 10*time.Second).GroupBy(expr.SessionWindow("at", time.Minute), expr.Col("word")).Agg(expr.Sum("n").As("n")).Where(expr.Col("word").Ne("")),
		"duplicates":    stream.WithWatermark("at", 10*time.Second).DropDuplicates("word", "at").Select("word"),
		"within":        stream.WithWatermark("at", 10*time.Second).DropDuplicatesWithinWatermark("word").Select("word").Limit(3),
		"global_stream": stream.Agg(expr.Count().As("rows"), expr.Sum("n").As("n")),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := query.Explain(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "explain", name+".txt")
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
