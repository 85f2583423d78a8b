package env

import (
	"io"
	"os"
)

// Stdout is the process's standard output, for what prints to a terminal unless it
// is told otherwise.
func Stdout() io.Writer { return os.Stdout }
