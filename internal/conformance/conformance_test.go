package conformance

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRecordedCases holds the library to Spark's answers.
func TestRecordedCases(t *testing.T) {
	results, err := Run("../../testdata/conformance")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Errorf("%s: %v", r.File, r.Err)
		}
	}
	t.Logf("%d cases", len(results))
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
