package callsite

import (
	"strings"
	"testing"
)

func TestOutside(t *testing.T) {
	if got := Outside("internal/callsite"); !strings.HasPrefix(got, "callsite_test.go:") {
		t.Errorf("Outside = %s, want this file", got)
	}
	if got := Outside(""); !strings.HasPrefix(got, "callsite_test.go:") {
		t.Errorf("Outside of the module = %s, want this test", got)
	}
}
