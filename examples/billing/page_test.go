package billing

import (
	"encoding/json/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const page = "../../docs/testing.md"

// The bug of the page, and how it is mended.
const (
	bug   = "var entry Entry"
	fixed = `entry := Entry{Key: fmt.Sprint("batch ", id)}`
)

// blocks returns the texts in a page between lines of three back quotes, of a language.
func blocks(t *testing.T, language string) (texts []string) {
	t.Helper()
	text := read(t, page)
	for _, match := range regexp.MustCompile("(?ms)^```(.*?)\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		if match[1] == language {
			texts = append(texts, match[2])
		}
	}
	if len(texts) == 0 {
		t.Fatalf("%s has no block of %q", page, language)
	}
	return texts
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// imports finds the import clause of a file.
var imports = regexp.MustCompile(`(?s)import \(.*?\n\)\n`)

// TestPageShowsTheseFiles: the programs of the page are those of this directory.
func TestPageShowsTheseFiles(t *testing.T) {
	files := read(t, "billing.go") + read(t, "billing_test.go")
	files = imports.ReplaceAllString(files, "")
	for _, block := range blocks(t, "go") {
		for part := range strings.SplitSeq(imports.ReplaceAllString(strings.Replace(block, bug, fixed, 1), ""), "\n\n") {
			if !strings.Contains(files, strings.TrimSpace(part)) {
				t.Errorf("%s has what is not in the files here:\n%s", page, part)
			}
		}
	}
}

// TestPageShowsTheFailure: with the bug, the test fails as the page says.
func TestPageShowsTheFailure(t *testing.T) {
	if testing.Short() {
		t.Skip("the build takes a while")
	}
	good, err := filepath.Abs("billing.go")
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "billing.go")
	source := strings.Replace(strings.Replace(read(t, good), fixed, bug, 1), "\t\"fmt\"\n", "", 1)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {good: bad}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "overlay.json")
	for name, text := range map[string]string{bad: source, list: string(overlay)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-overlay", list, "-run", "^TestRevenue$").CombinedOutput()
	if err == nil {
		t.Fatalf("the program with the bug passes:\n%s", out)
	}
	want, ok := "", false
	for _, block := range blocks(t, "") {
		if want, ok = strings.CutPrefix(block, "$ go test\n--- FAIL"); ok {
			break
		}
	}
	if have := "$ go test\n" + string(out); plain(have) != plain("$ go test\n--- FAIL"+want) {
		t.Errorf("%s does not show what is printed now:\n%s", page, have)
	}
}

// plain leaves out of a test's output what differs from run to run and from one module
// to another.
func plain(text string) string {
	text = strings.ReplaceAll(text, "./examples/billing", ".")
	text = regexp.MustCompile(`\d+\.\d+ ?s|trace   : [0-9a-f]+|_test.go:\d+|FAIL\t\S+`).ReplaceAllString(text, "")
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
