package dstream

import (
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
)

// Listener is told what a session does. Any of its functions may be nil. They are
// called one after the other, by the loop that runs the batches: they must return
// soon, and must not wait for the session. A panic in one is logged and does the
// stream no harm.
//
// The events of a batch come in this order: submitted, once it is due, which may be
// while earlier batches still wait; started; for each output, in the order of the
// program, started and completed; completed. An output whose stream has no batch at
// the time is left out.
type Listener struct {
	Started         func(Identity)
	BatchSubmitted  func(BatchInfo)
	BatchStarted    func(BatchInfo)
	OutputStarted   func(BatchInfo, OutputProgress)
	OutputCompleted func(BatchInfo, OutputProgress)
	BatchCompleted  func(Progress)       // also of a batch that failed
	Receiver        func(receiver.Event) // of the receivers of the session
	Stopped         func(Identity, error)
}

// Identity says which stream an event is about.
type Identity struct {
	ID    string `json:"id,omitzero"` // constant over restarts; empty without a checkpoint
	Epoch uint64 `json:"epoch"`       // of the run: higher than that of any run before; 0 without a checkpoint
}

// BatchInfo says which batch an event is about.
type BatchInfo struct {
	Identity
	Batch int64     `json:"batchId"`
	Time  time.Time `json:"batchTime"`
}

// Listen has l told of what happens from now on, until remove is called. It may be
// called at any time, by functions of l too.
func (s *Session) Listen(l Listener) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextListener
	s.nextListener++
	s.listeners = append(s.listeners[:len(s.listeners):len(s.listeners)], listening{id, l})
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		var rest []listening
		for _, other := range s.listeners {
			if other.id != id {
				rest = append(rest, other)
			}
		}
		s.listeners = rest
	}
}

// listening is a Listener that was not removed.
type listening struct {
	id int
	Listener
}

// tell calls a function of each listener.
func (s *Session) tell(call func(Listener)) {
	s.mu.Lock()
	listeners := s.listeners
	s.mu.Unlock()
	for _, l := range listeners {
		if err := env.Protect(func() error { call(l.Listener); return nil }); err != nil {
			s.options.Logger.Error("a stream listener panicked", "error", err)
		}
	}
}

// passOn tells of the receivers' events that have come.
func (s *Session) passOn() {
	for event, ok := s.events.Poll(); ok; event, ok = s.events.Poll() {
		s.tell(func(l Listener) {
			if l.Receiver != nil {
				l.Receiver(event)
			}
		})
	}
}

func (s *Session) identity() Identity {
	if s.recovered == nil {
		return Identity{}
	}
	return Identity{ID: s.recovered.ID, Epoch: s.recovered.Epoch}
}

func (s *Session) info(tick int64) BatchInfo {
	return BatchInfo{Identity: s.identity(), Batch: tick - 1, Time: s.generator.time(tick)}
}

// submissions says when the stream saw that batches were due.
type submissions struct {
	last  int64 // tick
	times []time.Time
}

// at is when a tick was submitted.
func (b *submissions) at(tick int64, otherwise time.Time) time.Time {
	if i := int64(len(b.times)) - 1 - (b.last - tick); i >= 0 && i < int64(len(b.times)) {
		return b.times[i]
	}
	return otherwise
}

// forget drops what was noted of a tick and those before.
func (b *submissions) forget(tick int64) {
	if n := int64(len(b.times)) - (b.last - tick); n > 0 {
		b.times = b.times[min(n, int64(len(b.times))):]
	}
}

// submit tells of the batches that have come due.
func (s *Session) submit(now time.Time) {
	b := &s.submitted
	b.last = max(b.last, s.generator.done)
	for !s.generator.time(b.last + 1).After(now) {
		b.last++
		b.times = append(b.times, now)
		info := s.info(b.last)
		s.tell(func(l Listener) {
			if l.BatchSubmitted != nil {
				l.BatchSubmitted(info)
			}
		})
	}
}
