package callsite

import (
	"strings"
	"testing"
)

func TestUser(t *testing.T) {
	if got := User(); !strings.HasPrefix(got, "callsite_test.go:") {
		t.Errorf("User = %s, want a line of this file", got)
	}
}
