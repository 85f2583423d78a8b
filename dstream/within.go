package dstream

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// ErrWithin is returned by the methods that wait for a session when a function of a
// stream or of a listener calls them: the session waits for the function.
var ErrWithin = errors.New("called by a function of the stream, for whose end it would wait: call it from another goroutine")

// outside returns ErrWithin if the caller is the session's loop or a task.
func (s *Session) outside(method string) error {
	if loop := s.loopNumber.Load(); loop != 0 && loop == goroutine() || inTask() {
		return fmt.Errorf("dstream: %s: %w", method, ErrWithin)
	}
	return nil
}

// goroutine is the number of the calling goroutine, as it stands in traces of the
// stack. It is only compared.
func goroutine() int64 {
	var trace [40]byte
	text := trace[:runtime.Stack(trace[:], false)]
	text = bytes.TrimPrefix(text, []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	n, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil {
		return -1 // no trace looks like this
	}
	return n
}

// inTask says whether the caller was called by a task.
func inTask() bool {
	var counters [256]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "/scheduler.(*Scheduler).work") {
			return true
		}
		if !more {
			return false
		}
	}
}
