package structured

import (
	"fmt"
	"go/format"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/internal/analyze"
	"github.com/tidewheel/tidewheel/structured/internal/function"
)

// referenceSubject is a table of the page of functions.
type referenceSubject struct {
	name      string
	functions []analyze.Reference
	lambdas   map[string]bool // those that take a lambda
}

func reference() []referenceSubject {
	list := []referenceSubject{{name: "Functions of many rows", functions: analyze.Aggregates()}}
	for _, subject := range function.All() {
		s := referenceSubject{name: subject.Name, lambdas: map[string]bool{}}
		for _, f := range subject.Functions {
			if f.Operator {
				continue
			}
			least, most := f.Arity()
			s.functions = append(s.functions, analyze.Reference{Name: f.Name, Aliases: f.Aliases, Doc: f.Doc, Least: least, Most: most})
			s.lambdas[f.Name] = f.Lambda != nil
		}
		if len(s.functions) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// TestReference holds the page of functions, and the functions of package expr that are
// made of it, to the library.
func TestReference(t *testing.T) {
	written, err := os.ReadDir("expr")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]bool{}
	for _, file := range written {
		if name := file.Name(); name != "library.go" && !strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile("expr/" + name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range regexp.MustCompile(`(?m)^func (\w+)`).FindAllStringSubmatch(string(text), -1) {
				taken[f[1]] = true
			}
		}
	}
	code, err := format.Source([]byte(exprLibrary(taken)))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"../docs/functions.md": functionPage(), "expr/library.go": string(code)} {
		if *rewrite {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s is not what the library says (%v): go test ./structured -run TestReference -rewrite", file, err)
		}
	}
}

// TestExprLibrary calls functions of each form.
func TestExprLibrary(t *testing.T) {
	s := newSession(t, 1)
	table := s.SQL("SELECT * FROM VALUES ('ab cd', 3, DATE'2024-02-28'), ('x', 5, null) AS t(word, n, day)")
	rows, err := Collect[struct {
		Title string
		Next  *string
		Pi    bool
		Most  int32
	}](t.Context(), table.Select(
		expr.Initcap("word").As("title"), expr.DateFormat(expr.DateAdd("day", expr.Col("n")), expr.Lit("yyyy-MM-dd")).As("next"),
		expr.Pi().Gt(3).As("pi"), expr.Greatest("n", expr.Lit(4)).As("most"),
	))
	if err != nil {
		t.Fatal(err)
	}
	if next := rows[0].Next; len(rows) != 2 || rows[0].Title != "Ab Cd" || next == nil || *next != "2024-03-02" || !rows[0].Pi || rows[0].Most != 4 || rows[1].Next != nil || rows[1].Most != 5 {
		t.Errorf("%+v", rows)
	}
}

func functionPage() string {
	var page strings.Builder
	page.WriteString("# Functions\n\nThe functions of SQL text; package `expr` has them by the same names in camel case. Unless it says otherwise, the result is null when an argument is null,\n" +
		"and functions of many rows pass nulls over and are null of no rows. A row for which a function has no value fails the query; `try_` functions give null instead.\n" +
		"This page is made of what the library says of itself. Operators, casts and windows are in [sql.md](sql.md).\n")
	for _, subject := range reference() {
		fmt.Fprintf(&page, "\n## %s\n\n| function | arguments | result |\n| --- | --- | --- |\n", subject.name)
		for _, f := range subject.functions {
			names := "`" + strings.Join(append([]string{f.Name}, f.Aliases...), "`, `") + "`"
			fmt.Fprintf(&page, "| %s | %s | %s |\n", names, arity(f), strings.ReplaceAll(f.Doc, "|", `\|`))
		}
	}
	return page.String()
}

func arity(f analyze.Reference) string {
	switch {
	case f.Most < 0:
		return fmt.Sprintf("%d or more", f.Least)
	case f.Least < f.Most:
		return fmt.Sprintf("%d to %d", f.Least, f.Most)
	}
	return fmt.Sprint(f.Least)
}

// exprLibrary is the source of the functions of package expr that it does not have yet.
// Those that take a lambda are left to SQL text.
func exprLibrary(taken map[string]bool) string {
	var code strings.Builder
	code.WriteString("// Code generated from the library of functions by TestReference of package structured; DO NOT EDIT.\n\npackage expr\n")
	for _, subject := range reference() {
		heading := fmt.Sprintf("\n// %s.\n", subject.name)
		for _, f := range subject.functions {
			name := camel(f.Name)
			if taken[name] || subject.lambdas[f.Name] || !identifier.MatchString(name) {
				continue
			}
			taken[name] = true
			code.WriteString(heading)
			heading = ""
			fmt.Fprintf(&code, "\n// %s is the function %s. %s\n", name, f.Name, wrapped(f.Doc))
			switch {
			case f.Most == 0:
				fmt.Fprintf(&code, "func %s() Column { return call(%q) }\n", name, f.Name)
			case f.Least == 0:
				fmt.Fprintf(&code, "func %s(args ...Column) Column { return call(%q, args...) }\n", name, f.Name)
			case f.Most == 1:
				fmt.Fprintf(&code, "func %s[C Arg](arg C) Column { return call(%q, columnOf(arg)) }\n", name, f.Name)
			default:
				fmt.Fprintf(&code, "func %s[C Arg](first C, others ...Column) Column { return callOn(%q, first, others) }\n", name, f.Name)
			}
		}
	}
	return code.String()
}

// identifier is what no name of an operator, such as &, is.
var identifier = regexp.MustCompile(`^[A-Z]\w*$`)

// wrapped is a text as lines of a comment.
func wrapped(text string) string {
	line, lines := "", []string{}
	for _, word := range strings.Fields(text) {
		if len(line)+len(word) > 84 {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return "\n//\n// " + strings.Join(append(lines, line), "\n// ")
}

var initialisms = strings.NewReplacer("Md5", "MD5", "Sha", "SHA", "Crc32", "CRC32", "Json", "JSON", "Csv", "CSV", "Url", "URL", "Utf8", "UTF8", "Uuid", "UUID", "Utc", "UTC", "Xxhash", "XXHash", "Ascii", "ASCII")

func camel(name string) string {
	var result strings.Builder
	for _, part := range strings.Split(name, "_") {
		part = initialisms.Replace(strings.ToUpper(part[:1]) + part[1:])
		if part == "Id" {
			part = "ID"
		}
		result.WriteString(part)
	}
	return result.String()
}
