// Package fault is the one form of error for what a query may not do: names and
// types that do not fit, shapes that a stream cannot have, values that cannot be
// computed. Every such [Error] bears the name by which Spark calls its condition,
// so that callers can decide by it whatever the text says.
package fault

import "fmt"

// Stage is when a query was refused.
type Stage uint8

// The stages.
const (
	Parse    Stage = iota + 1 // the text
	Analysis                  // names, types and the rules for streams; before any data is read
	Planning                  // when the first batch is planned
	Runtime                   // while rows are evaluated
)

func (s Stage) String() string {
	switch s {
	case Parse:
		return "parse"
	case Analysis:
		return "analysis"
	case Planning:
		return "planning"
	case Runtime:
		return "runtime"
	default:
		return "unknown"
	}
}

// Error is a refused query.
type Error struct {
	// Condition is Spark's name of the condition, such as "DIVIDE_BY_ZERO" or
	// "UNRESOLVED_COLUMN.WITH_SUGGESTION", or "" where Spark has no lasting name.
	Condition string
	Stage     Stage
	Message   string // what is wrong and what to do, without condition and place

	// Place is the line of the user's program and the operation there, such as
	// "main.go:31: Select", or "" where it is not known.
	Place string

	// Cause is what a user's function returned; nil for other errors.
	Cause error
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

func (e *Error) Error() string {
	if e.Place == "" {
		return e.Message
	}
	return e.Place + ": " + e.Message
}

// Analysisf returns an error of the stage Analysis.
func Analysisf(condition, format string, args ...any) error {
	return &Error{Condition: condition, Stage: Analysis, Message: fmt.Sprintf(format, args...)}
}

// Runtimef returns an error of the stage Runtime.
func Runtimef(condition, format string, args ...any) error {
	return &Error{Condition: condition, Stage: Runtime, Message: fmt.Sprintf(format, args...)}
}
