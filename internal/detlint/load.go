package detlint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// listed is a package as go list describes it.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Export     string // file with the compiled package's types
	DepOnly    bool
	Error      *struct{ Err string }
}

// list asks the go command, which compiles what is not in its cache.
func list(dir string, patterns ...string) ([]listed, error) {
	command := exec.Command("go", append([]string{
		"list", "-e", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,DepOnly,Error", "--",
	}, patterns...)...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOTOOLCHAIN=auto")
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w\n%s", dir, err, problems.String())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", dir, err)
		}
		all = append(all, p)
	}
}

// unit is a package with its syntax and types.
type unit struct {
	path    string
	fileSet *token.FileSet
	files   []*ast.File
	types   *types.Package
	info    *types.Info
}

// loader type-checks packages from source; what they import comes from compiled
// packages.
type loader struct {
	fileSet  *token.FileSet
	importer types.Importer
}

func newLoader(packages []listed) *loader {
	exports := make(map[string]string)
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	l := &loader{fileSet: token.NewFileSet()}
	l.importer = importer.ForCompiler(l.fileSet, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("package %s does not compile", path)
		}
		return os.Open(exports[path])
	})
	return l
}

// load parses and checks the files of a package.
func (l *loader) load(p listed) (*unit, error) {
	if p.Error != nil && len(p.GoFiles) == 0 {
		return nil, fmt.Errorf("package %s: %s", p.ImportPath, strings.TrimSpace(p.Error.Err))
	}
	u := &unit{path: p.ImportPath, fileSet: l.fileSet}
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(l.fileSet, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		u.files = append(u.files, file)
	}
	return u, l.check(u)
}

func (l *loader) check(u *unit) error {
	u.info = &types.Info{
		Types:      make(map[ast.Expr]types.TypeAndValue),
		Uses:       make(map[*ast.Ident]types.Object),
		Defs:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}
	var err error
	u.types, err = (&types.Config{Importer: l.importer}).Check(u.path, l.fileSet, u.files, u.info)
	if err != nil {
		return fmt.Errorf("package %s can't be checked, for it does not compile: %w", u.path, err)
	}
	return nil
}
