package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRecordedCases holds the library to Spark's answers. The cases that it does not
// give yet are listed by name in a file: one that fails and is not there fails the test,
// and so does one that is there and passes, so that the list only gets shorter.
func TestRecordedCases(t *testing.T) {
	const root = "../../testdata/conformance"
	results, err := Run(root)
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(root, "failing.txt"))
	if err != nil {
		t.Fatal(err)
	}
	failing := strings.Fields(string(list))
	known := map[string]bool{}
	for _, name := range failing {
		known[name] = true
	}
	passed := 0
	for _, r := range results {
		name := r.Kind + "/" + strings.TrimSuffix(filepath.Base(r.File), ".json")
		switch {
		case r.Err == nil && known[name]:
			t.Errorf("%s passes: take it from the list of failing cases", name)
		case r.Err != nil && !known[name]:
			t.Errorf("%s: %v", name, r.Err)
		}
		delete(known, name)
		if r.Err == nil {
			passed++
		}
	}
	for name := range known {
		t.Errorf("the list of failing cases has %s, which is no case", name)
	}
	t.Logf("%d of %d cases pass", passed, len(results))
}

func TestWrongAnswersFail(t *testing.T) {
	const right = `{"batchInterval": 1, "batches": [[1, 2]], "ticks": 1, "chain": [{"op": "map", "fn": "double"}], "expect": [[2, 4]]}`
	for name, text := range map[string]string{
		"another value":    strings.Replace(right, "[2, 4]", "[2, 5]", 1),
		"one too many":     strings.Replace(right, "[2, 4]", "[2, 4, 4]", 1),
		"no output":        strings.Replace(right, "[[2, 4]]", "[null]", 1),
		"another length":   strings.Replace(right, "[[2, 4]]", "[[2, 4], []]", 1),
		"unknown function": strings.Replace(right, "double", "triple", 1),
		"unknown step":     strings.Replace(right, `"map"`, `"mop"`, 1),
		"no refusal":       strings.Replace(right, `"expect": [[2, 4]]`, `"expectError": {"at": "runtime"}`, 1),
		"not JSON":         right + "x",
	} {
		if runDStream([]byte(text)) == nil {
			t.Errorf("%s: passed", name)
		}
	}
	if err := runDStream([]byte(right)); err != nil {
		t.Errorf("the right answer: %v", err)
	}
}
