package rdd

import (
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// A mistake made while building a collection sticks: it is passed on from parent to
// child and every end returns it, with the file and line of the user's call.

// mistakef makes the error of a mistake. It looks for the user's line, which takes
// microseconds; only mistakes pay for it.
func mistakef(format string, arguments ...any) error {
	err := fmt.Errorf(format, arguments...)
	if place := callSite(); place != "" {
		return fmt.Errorf("%s: %w", place, err)
	}
	return err
}

// module is the import path that the engine's packages start with.
const module = "github.com/tidewheel/tidewheel/"

// callSite is the file and line of the innermost call from outside the engine.
func callSite() string {
	var counters [32]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	for {
		frame, more := frames.Next()
		if !isEngine(frame) {
			return path.Base(frame.File) + ":" + strconv.Itoa(frame.Line)
		}
		if !more {
			return ""
		}
	}
}

func isEngine(frame runtime.Frame) bool {
	return strings.HasPrefix(frame.Function, module) &&
		!strings.HasPrefix(frame.Function, module+"examples/") &&
		!strings.HasSuffix(frame.File, "_test.go")
}
