package wordcount_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put makes a file appear in a directory in one step.
func put(directory, name, text string) {
	temporary := filepath.Join(directory, "."+name)
	must(os.WriteFile(temporary, []byte(text), 0o644))
	must(os.Rename(temporary, filepath.Join(directory, name)))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
