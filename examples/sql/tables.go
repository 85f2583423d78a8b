package sql

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/structured"
)

// File is a row of the view files.
type File struct {
	Path    string
	Package string // the folder
	Lines   int64
	Bytes   int64
	Test    bool
}

// Import is a row of the view imports: a file imports a package.
type Import struct {
	Path     string
	Imported string
}

// Tables reads the Go files below a folder and makes the views files and imports of
// them. Folders called testdata are passed over, and so is a file that does not parse.
func Tables(session *structured.Session, root string) error {
	var files []File
	var imports []Import
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "testdata" {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			return nil
		}
		files = append(files, File{
			Path: name, Package: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"),
			Lines: int64(bytes.Count(text, []byte("\n"))), Bytes: int64(len(text)),
		})
		for _, spec := range parsed.Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
				imports = append(imports, Import{name, imported})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := session.CreateView("files", session.FromSlice(files).DataFrame()); err != nil {
		return err
	}
	return session.CreateView("imports", session.FromSlice(imports).DataFrame())
}
