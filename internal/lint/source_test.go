package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/tidewheel/tidewheel"

// root is the module's folder, seen from this package.
const root = "../.."

// sourceFile is a Go file of the module that is not a test.
type sourceFile struct {
	name    string // slash separated, from the module's root
	dir     string // the package's folder
	syntax  *ast.File
	fileSet *token.FileSet
}

// sources parses all Go files of the module but tests and test data.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if base == "testdata" || strings.HasPrefix(base, ".") && base != ".." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		fileSet := token.NewFileSet()
		syntax, err := parser.ParseFile(fileSet, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative := strings.TrimPrefix(filepath.ToSlash(name), root+"/")
		files = append(files, sourceFile{name: relative, dir: path.Dir(relative), syntax: syntax, fileSet: fileSet})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files found below " + root)
	}
	return files
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}
