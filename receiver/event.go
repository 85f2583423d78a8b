package receiver

import "time"

// EventKind is what happened to a receiver.
type EventKind int

// The kinds of events.
const (
	Started  EventKind = iota // Run is about to be called
	Reported                  // Run has reported an error and goes on
	Stopped                   // Run has returned
)

func (k EventKind) String() string {
	if k < Started || k > Stopped {
		return "unknown"
	}
	return [...]string{"started", "reported", "stopped"}[k]
}

// Event is something that happened to a receiver.
type Event struct {
	Receiver string // its name
	Kind     EventKind
	At       time.Time

	// Err is the error that was reported, or why Run returned; nil if it ended in peace.
	Err error

	// Again says that Run will be called again, Delay when. For Stopped.
	Again bool
	Delay time.Duration
}
