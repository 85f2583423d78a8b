package wal

import (
	"errors"
	"fmt"
)

// CorruptError says that a log is damaged in a place that was durable once. A torn
// tail, which a crash leaves behind, is no corruption and no error.
type CorruptError struct {
	Segment string // path of the segment
	Offset  int64  // where the damage begins, in bytes
	Reason  string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("log segment %s is corrupt at offset %d: %s", e.Segment, e.Offset, e.Reason)
}

// VersionError says that a segment was written in a format that this version of the
// library does not read.
type VersionError struct {
	Segment string // path of the segment
	Version int    // of its format
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("log segment %s has format version %d, and this version of tidewheel reads version %d only: "+
		"open it with the version that wrote it", e.Segment, e.Version, formatVersion)
}

// EpochError says that a log has segments of a writer whose epoch is not lower than
// that of the writer to be created.
type EpochError struct {
	Dir   string
	Epoch uint64 // of the writer to be created
	Found uint64 // the highest epoch in the directory
}

func (e *EpochError) Error() string {
	return fmt.Sprintf("log %s: a writer with epoch %d cannot start, there is one with epoch %d", e.Dir, e.Epoch, e.Found)
}

// ErrPoisoned is wrapped by every error of a log after a write or sync has failed.
var ErrPoisoned = errors.New("log is poisoned by an earlier failure")

// ErrClosed is returned by calls of a closed log.
var ErrClosed = errors.New("log is closed")

// PoisonedError is the error of a log after a write or sync has failed. It wraps
// ErrPoisoned and the cause.
type PoisonedError struct {
	Dir   string
	Cause error // the first failure
}

func (e *PoisonedError) Error() string {
	return fmt.Sprintf("log %s: %v: %v", e.Dir, ErrPoisoned, e.Cause)
}

// Unwrap returns ErrPoisoned and the cause.
func (e *PoisonedError) Unwrap() []error { return []error{ErrPoisoned, e.Cause} }
