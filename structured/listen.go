package structured

import "github.com/tidewheel/tidewheel/internal/env"

// Identity says which query an event is about.
type Identity struct {
	ID    string `json:"id"`    // constant over restarts
	RunID string `json:"runId"` // new at each start
	Name  string `json:"name"`  // may be empty
}

// Listener is told what the queries of a session do. Any of its functions may be
// nil. Those of one query are called one after the other, by the query itself: they
// must return soon, and must not wait for the query. A panic in one is logged and
// does the query no harm.
type Listener struct {
	Started    func(Identity)        // before Writer.Start returns
	Progress   func(Progress)        // once for each batch
	Idle       func(Identity)        // there is no data; at most every 10 s
	Terminated func(Identity, error) // once; nil for a query that was stopped
}

// Listen has l told of what happens from now on, until remove is called.
func (s *Session) Listen(l Listener) (remove func(), err error) {
	return s.attach(listening{l})
}

// listening is a Listener as something that ends with its session.
type listening struct{ Listener }

// Close does nothing: the session forgets the listener.
func (listening) Close() error { return nil }

// tell calls a function of each listener.
func (s *Session) tell(call func(Listener)) {
	s.mu.Lock()
	var listeners []Listener
	for _, a := range s.attached {
		if l, ok := a.closer.(listening); ok {
			listeners = append(listeners, l.Listener)
		}
	}
	s.mu.Unlock()
	for _, l := range listeners {
		if err := env.Protect(func() error { call(l); return nil }); err != nil {
			s.options.Logger.Error("a query listener panicked", "error", err)
		}
	}
}
