// Package callsite finds the line of the user's program that called into the
// library, for the messages of mistakes made while building a graph or a query.
package callsite

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

const module = "github.com/tidewheel/tidewheel/"

// User returns "file.go:31", the innermost call on the stack from outside the
// library; its examples, commands and tests count as outside. It is meant for
// errors: resolving a stack takes microseconds.
func User() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	for {
		frame, more := frames.Next()
		if !isLibrary(frame) && frame.File != "" {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "unknown place"
		}
	}
}

func isLibrary(frame runtime.Frame) bool {
	return strings.HasPrefix(frame.Function, module) &&
		!strings.HasPrefix(frame.Function, module+"examples/") &&
		!strings.HasPrefix(frame.Function, module+"cmd/") &&
		!strings.HasSuffix(frame.File, "_test.go")
}
