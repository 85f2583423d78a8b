package sql_test

import (
	"context"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/examples/sql"
	"github.com/tidewheel/tidewheel/structured"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small is a session over a small tree of its own.
func small() (*structured.Session, func()) {
	root, err := os.MkdirTemp("", "sql")
	must(err)
	for name, text := range map[string]string{
		"a/a.go":      "package a\n\nimport \"b\"\n\nvar _ = b.B\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n",
		"b/b.go":      "package b\n\nimport \"fmt\"\n\nvar B = fmt.Sprint()\n",
		"b/more.go":   "package b\n",
	} {
		must(os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		must(os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	session, err := structured.Open(structured.Options{Partitions: 2})
	must(err)
	must(sql.Tables(session, root))
	return session, func() {
		session.Close()
		os.RemoveAll(root)
	}
}

func Example() {
	session, done := small()
	defer done()
	for _, question := range sql.Questions[:3] {
		fmt.Println(question.Name)
		for row, err := range session.SQL(question.SQL).Rows(context.Background()) {
			must(err)
			fmt.Println(row)
		}
	}
	// Output:
	// the largest file of each of the largest packages
	// [b, b/b.go, 5, 6]
	// [a, a/a.go, 5, 5]
	// the packages that most others import
	// [b, 1]
	// [fmt, 1]
	// files that no other package of the tree is imported by, by kind
	// [false, 2, NULL, NULL]
	// [true, 1, NULL, NULL]
}

func ExamplePrint() {
	session, done := small()
	defer done()
	must(sql.Print(context.Background(), os.Stdout, session, sql.Questions[1]))
	// Output:
	// the packages that most others import
	// [b, 1]
	// [fmt, 1]
	// == Analysed ==
	// Limit 5
	// └─ Sort [packages desc nulls last, imported asc nulls first]
	//    └─ Project [imported, cast(size(collect_set(distinct package)) as bigint) as packages]
	//       └─ Aggregate [imported] [collect_set(distinct package)]
	//          └─ Filter (not test)
	//             └─ Project [path, imported, package, lines, bytes, test, path]
	//                └─ Join inner on (path = path)
	//                   ├─ Alias i
	//                   │  └─ Alias imports
	//                   │     └─ Scan records[3 rows] [path, imported]
	//                   └─ Alias f
	//                      └─ Alias files
	//                         └─ Scan records[4 rows] [path, package, lines, bytes, test]
	// == Optimised ==
	// Limit 5
	// └─ Sort [packages desc nulls last, imported asc nulls first]
	//    └─ Project [imported, cast(size(collect_set(distinct package)) as bigint) as packages]
	//       └─ Aggregate [imported] [collect_set(distinct package)]
	//          └─ Project [imported, package]
	//             └─ Join inner on (path = path), broadcast left
	//                ├─ Alias i
	//                │  └─ Alias imports
	//                │     └─ Scan records[3 rows] [path, imported]
	//                └─ Alias f
	//                   └─ Alias files
	//                      └─ Scan records[4 rows] [path, package, test] where (not test)
	// == Physical ==
	// TopN 5 [packages desc nulls last, imported asc nulls first]
	// └─ Exchange single
	//    └─ TopN 5 [packages desc nulls last, imported asc nulls first]
	//       └─ Project [imported, cast(size(collect_set(distinct package)) as bigint) as packages]
	//          └─ FinalAggregate [imported] [collect_set(distinct package)]
	//             └─ Exchange hash [imported]
	//                └─ PartialAggregate [imported] [collect_set(distinct package)]
	//                   └─ Project [imported, package]
	//                      └─ HashJoin inner [path = path], left first
	//                         ├─ Scan records[4 rows] [path, package, test] where (not test)
	//                         └─ Broadcast
	//                            └─ Scan records[3 rows] [path, imported]
}

// TestGoTree asks all questions about the source of Go itself.
func TestGoTree(t *testing.T) {
	root := filepath.Join(build.Default.GOROOT, "src")
	if _, err := os.Stat(filepath.Join(root, "fmt", "print.go")); err != nil {
		t.Skip("the source of Go is not on this machine: ", err)
	}
	session, err := structured.Open(structured.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := sql.Tables(session, root); err != nil {
		t.Fatal(err)
	}
	for _, question := range sql.Questions {
		var text strings.Builder
		if err := sql.Print(context.Background(), &text, session, question); err != nil {
			t.Error(err)
		}
		answer, plan, ok := strings.Cut(text.String(), "== Analysed ==\n")
		if !ok || strings.Count(answer, "\n") < 2 || !strings.Contains(plan, "== Physical ==\n") {
			t.Errorf("%s", text.String())
		}
		t.Log(text.String())
	}
	type sums struct {
		Package     string
		Code, Tests *int64
	}
	list, err := structured.Collect[sums](context.Background(), session.SQL(sql.Questions[3].SQL))
	if err != nil {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	var code int64
	for _, row := range list[:len(list)-1] {
		if row.Code != nil {
			code += *row.Code
		}
	}
	if last.Package != "all" || *last.Code != code || code == 0 {
		t.Errorf("all packages have %d lines, their sum is %d", *last.Code, code)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
