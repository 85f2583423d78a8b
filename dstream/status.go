package dstream

import (
	"fmt"
	"time"
)

// SessionState is where a session is in its life. It only moves forward.
type SessionState int

// The states of a session.
const (
	Building SessionState = iota // its graph is declared
	Starting                     // it opens sources and sinks, and restores its state
	Active                       // it runs batches
	Draining                     // it runs its last batches
	Stopped                      // it has ended, and all is closed
)

func (s SessionState) String() string {
	if s < Building || s > Stopped {
		return "unknown"
	}
	return [...]string{"being built", "starting", "active", "draining", "stopped"}[s]
}

// MarshalText writes the state as String does.
func (s SessionState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Status is what a session is doing.
type Status struct {
	State           SessionState `json:"state"`
	Message         string       `json:"message"`
	IsTriggerActive bool         `json:"isTriggerActive"` // a batch runs
	Batch           int64        `json:"batchId"`         // that runs, or is next
	Waiting         int64        `json:"waitingBatches"`  // that are due, besides Batch
}

// Status returns what the session is doing.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.status
	status.State = s.state
	if status.Message == "" {
		status.Message = "The session is " + s.state.String()
	}
	return status
}

// report keeps the status before a batch, or before the wait for one.
func (s *Session) report(tick int64, due bool) {
	status := Status{Batch: tick - 1, Message: "Waiting for the next batch"}
	if due {
		status.IsTriggerActive, status.Message = true, fmt.Sprintf("Processing batch %d", tick-1)
		status.Waiting = s.submitted.last - tick
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// BatchError is why a batch has failed. Of a stream with a checkpoint the batch is
// pending, and runs again after the next Recover.
type BatchError struct {
	Batch int64     // counts from 0
	Time  time.Time // of the batch
	Err   error
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("batch %d (%s): %v", e.Batch, e.Time.Format(time.RFC3339Nano), e.Err)
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

// DrainError says that a stream was not drained in time and was stopped.
type DrainError struct {
	Batch int64 // the first one that was not done
	Kept  bool  // whether the stream has a checkpoint, from which it can go on
	Err   error // the cause of the context that was done
}

func (e *DrainError) Error() string {
	then := "what it and later batches would have done is lost, as the stream has no checkpoint"
	if e.Kept {
		then = "the next Recover goes on with it"
	}
	return fmt.Sprintf("dstream: Drain: the stream was stopped before batch %d was done; %s: %v", e.Batch, then, e.Err)
}

// Unwrap returns the cause.
func (e *DrainError) Unwrap() error { return e.Err }
