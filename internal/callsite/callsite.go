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

// Outside returns "file.go:31", the innermost call on the stack from outside the
// package of that path within the module (and what lies below it). Its tests
// count as outside. It is meant for errors: resolving a stack takes microseconds.
func Outside(pkg string) string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	prefix := module + pkg
	for {
		frame, more := frames.Next()
		inside := strings.HasPrefix(frame.Function, prefix) && !strings.HasSuffix(frame.File, "_test.go")
		if !inside && frame.File != "" {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "unknown place"
		}
	}
}
