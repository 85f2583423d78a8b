package detlint

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Finding is a breach of a rule.
type Finding struct {
	Position token.Position
	Text     string
}

// String returns "file:line:column: text".
func (f Finding) String() string { return f.Position.String() + ": " + f.Text }

// Check reports the breaches in the packages of the module in dir that engine
// selects by import path, sorted by position. Packages that do not compile are
// errors; the findings are those of the others.
func Check(dir string, engine func(path string) bool) ([]Finding, error) {
	packages, err := list(dir, "./...")
	if err != nil {
		return nil, err
	}
	var findings []Finding
	var broken []error
	l := newLoader(packages)
	for _, p := range packages {
		if p.DepOnly || !engine(p.ImportPath) {
			continue
		}
		u, err := l.load(p)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		findings = append(findings, check(u)...)
	}
	return findings, errors.Join(broken...)
}

// checker collects the findings of one package.
type checker struct {
	*unit
	notes    map[place]*note
	findings []Finding
	sorted   map[ast.Expr]bool // calls whose result is sorted at once
}

func check(u *unit) []Finding {
	c := &checker{unit: u, notes: make(map[place]*note), sorted: make(map[ast.Expr]bool)}
	for _, file := range u.files {
		c.readNotes(file)
	}
	for _, file := range u.files {
		c.imports(file)
		ast.Inspect(file, func(n ast.Node) bool {
			c.statements(n)
			c.names(n)
			c.order(n)
			c.locks(n)
			return true
		})
	}
	c.packageState()
	for _, note := range c.notes {
		if !note.used {
			c.add(note.at, "annotation det:%s allows nothing here", note.kind)
		}
		if note.reason == "" {
			c.add(note.at, "annotation det:%s gives no reason", note.kind)
		}
	}
	slices.SortFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Position.Filename, b.Position.Filename),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			cmp.Compare(a.Text, b.Text),
		)
	})
	return slices.Compact(c.findings)
}

func (c *checker) add(at token.Pos, format string, args ...any) {
	c.findings = append(c.findings, Finding{c.fileSet.Position(at), fmt.Sprintf(format, args...)})
}

// report adds a finding unless an annotation of the kind allows it.
func (c *checker) report(at token.Pos, kind, format string, args ...any) {
	if !c.allows(at, kind) {
		c.add(at, format, args...)
	}
}

// place is a line of a file.
type place struct {
	file string
	line int
}

// note is an annotation.
type note struct {
	at     token.Pos
	kind   string
	reason string
	used   bool
}

// The kinds of annotation.
const (
	unordered = "unordered"
	locked    = "lock"
	world     = "world"
)

func (c *checker) readNotes(file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			text, found := strings.CutPrefix(comment.Text, "//det:")
			if !found {
				continue
			}
			kind, reason, _ := strings.Cut(text, " ")
			if kind != unordered && kind != locked && kind != world {
				c.add(comment.Pos(), "annotation det:%s is unknown", kind)
				continue
			}
			position := c.fileSet.Position(comment.Pos())
			c.notes[place{position.Filename, position.Line}] = &note{at: comment.Pos(), kind: kind, reason: strings.TrimSpace(reason)}
		}
	}
}

// allows looks for an annotation on the line or the line above and marks it used.
func (c *checker) allows(at token.Pos, kind string) bool {
	position := c.fileSet.Position(at)
	for _, line := range []int{position.Line, position.Line - 1} {
		if n := c.notes[place{position.Filename, line}]; n != nil && n.kind == kind {
			n.used = true
			return true
		}
	}
	return false
}
