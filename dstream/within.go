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
	loop, task := callers()
	if task || loop && s.loopNumber.Load() == goroutine() {
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

// callers says whether the caller was called by the loop of a session, or by a task. Both
// are functions too large to be inlined, so that each has a frame.
func callers() (loop, task bool) {
	var counters [256]uintptr
	for _, counter := range counters[:runtime.Callers(2, counters[:])] {
		if f := runtime.FuncForPC(counter - 1); f != nil {
			loop = loop || strings.HasSuffix(f.Name(), "/dstream.(*Session).run")
			task = task || strings.HasSuffix(f.Name(), "/scheduler.(*Scheduler).work")
		}
	}
	return loop, task
}
