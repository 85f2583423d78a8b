package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A path in a document stands in back quotes and has a slash or a known ending.
var quoted = regexp.MustCompile("`([A-Za-z0-9_.{}/,-]+)`")

// TestDocumentsNameExistingPaths keeps README.md, ARCHITECTURE.md and the other
// documents of the root from naming files that are gone.
func TestDocumentsNameExistingPaths(t *testing.T) {
	documents, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for number, line := range strings.Split(string(text), "\n") {
			for _, match := range quoted.FindAllStringSubmatch(line, -1) {
				name := strings.TrimSuffix(match[1], "/")
				if !isPath(match[1]) {
					continue
				}
				checked++
				if !exists(name) {
					t.Errorf("%s:%d: there is no %s", filepath.Base(document), number+1, match[1])
				}
			}
		}
	}
	if checked == 0 {
		t.Error("no document names any path")
	}
}

// isPath says whether quoted text is a path of the project: it starts at one of
// the root's folders, or it is a file of the root.
func isPath(text string) bool {
	if strings.ContainsAny(text, "{},") {
		return false
	}
	first, _, slash := strings.Cut(text, "/")
	if slash {
		return exists(first) || strings.HasSuffix(text, ".go")
	}
	return strings.HasSuffix(text, ".go") || strings.HasSuffix(text, ".md") || text == "Makefile"
}
