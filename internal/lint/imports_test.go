package lint

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what the packages below a folder may import of this module. The
// table is read from top to bottom as the drawing in ARCHITECTURE.md is: imports
// point down only. The first entry whose folder holds the package decides.
var layers = []struct {
	folder string
	may    []string
}{
	{"internal/mutate", nil},
	{"internal/env", []string{"internal/mutate"}},
	{"internal/clocked", []string{"internal/env"}},
	{"internal/latency", nil},
	{"internal/live", nil},
	{"internal/codec", nil},
	{"internal/keyed", []string{"internal/codec"}},
	{"internal/sim", []string{"internal/env"}},
	{"internal/failpoint", []string{"internal/env", "internal/sim", "wal"}},
	{"internal/simlog", []string{"receiver", "internal/env"}},
	{"internal/detlint", nil},
	{"internal/callsite", nil},
	{"internal/manifest", []string{"internal/env", "internal/mutate"}},
	{"internal/filelog", []string{"internal/env", "internal/mutate", "internal/manifest", "wal"}},
	{"internal/lint", nil},
	{"wal", []string{"internal/env", "internal/mutate"}},
	{"checkpoint", []string{"internal/env", "internal/mutate"}},
	{"internal/journal", []string{"internal/env", "internal/mutate", "wal"}},
	{"internal/snapshots", []string{"internal/env", "internal/mutate", "internal/journal", "internal/keyed", "checkpoint"}},
	{"scheduler", []string{"internal/env", "internal/mutate"}},
	{"receiver/kafka", []string{"receiver", "internal/env", "internal/mutate"}},
	{"receiver", []string{"wal", "internal/codec", "internal/env", "internal/mutate"}},
	{"rdd", []string{"scheduler", "checkpoint", "internal/env", "internal/codec", "internal/keyed", "internal/mutate", "internal/callsite"}},
	{"dstream", []string{"rdd", "scheduler", "receiver", "checkpoint", "wal", "internal"}},
	{"structured", []string{"rdd", "scheduler", "receiver", "checkpoint", "wal", "internal"}},
	{"internal/conformance", []string{"dstream", "structured", "rdd", "internal"}},
	{"testkit", []string{"dstream", "structured", "rdd", "scheduler", "receiver", "checkpoint", "wal", "internal"}},
	{"examples", []string{"dstream", "structured", "rdd", "receiver", "testkit"}},
	{"cmd", []string{"dstream", "structured", "rdd", "receiver", "testkit", "examples", "cmd", "internal/conformance"}},
	{"e2e", []string{"dstream", "structured", "rdd", "receiver", "wal", "examples", "internal"}},
	{"bench", []string{"dstream", "structured", "rdd", "scheduler", "receiver", "wal", "internal"}},
}

// libraries lists who may import which library, by prefix of its path.
var libraries = map[string][]string{
	"github.com/apache/arrow-go":        {"structured", "testkit", "cmd", "examples", "bench"},
	"github.com/IBM/sarama":             {"receiver/kafka/client"},
	"github.com/twmb/franz-go":          {"examples"},
	"github.com/benbjohnson/clock":      {"internal/clocked", "dstream", "structured", "testkit", "examples"},
	"github.com/cespare/xxhash":         {"internal", "structured", "rdd", "wal", "checkpoint", "testkit"},
	"github.com/klauspost/compress":     {"internal", "structured", "rdd", "checkpoint"},
	"golang.org/x/text":                 {"structured"},
	"github.com/samber/lo":              {""},
	"pgregory.net/rapid":                {"testkit", "internal/env/fstest"},
	"github.com/cockroachdb/datadriven": {},
}

func TestImportsPointDown(t *testing.T) {
	for _, file := range sources(t) {
		for _, spec := range file.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			at := file.fileSet.Position(spec.Pos())
			if inner, ok := strings.CutPrefix(imported, module+"/"); ok {
				if !mayImport(file.dir, inner) {
					t.Errorf("%s:%d: %s may not import %s; see the table in this test", file.name, at.Line, file.dir, inner)
				}
			} else if strings.Contains(strings.Split(imported, "/")[0], ".") && !mayUse(file.dir, imported) {
				t.Errorf("%s:%d: %s may not use the library %s; see the table in this test", file.name, at.Line, file.dir, imported)
			}
		}
	}
}

func mayImport(dir, imported string) bool {
	for _, layer := range layers {
		if within(dir, layer.folder) {
			return within(imported, layer.folder) || slices.ContainsFunc(layer.may, func(folder string) bool { return within(imported, folder) })
		}
	}
	return false
}

func mayUse(dir, library string) bool {
	for prefix, folders := range libraries {
		if strings.HasPrefix(library, prefix) {
			return slices.ContainsFunc(folders, func(folder string) bool { return within(dir, folder) })
		}
	}
	return false
}

func within(dir, folder string) bool {
	return folder == "" || dir == folder || strings.HasPrefix(dir, folder+"/")
}
