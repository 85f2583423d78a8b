package env

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Waitable is what an activity can park on: a *Latch or a *Mailbox. Its methods
// are for implementations of [Env.Park].
type Waitable interface {
	// Arm keeps w and wakes it when the Waitable becomes ready. If it is ready
	// already, Arm returns true and does not keep w.
	Arm(w *Waker) (ready bool)

	// Disarm forgets w.
	Disarm(w *Waker)
}

// Waker is one parked activity. Wake may be called by any activity, more than
// once, and must neither block nor park.
type Waker struct{ Wake func() }

// Latch is set once and ready from then on. The zero value is ready for use.
type Latch struct {
	mu      sync.Mutex
	set     bool
	waiting []*Waker
}

// Set wakes all that wait. Later calls do nothing.
func (l *Latch) Set() {
	l.mu.Lock()
	waiting := l.waiting
	l.set, l.waiting = true, nil
	l.mu.Unlock()
	for _, w := range waiting {
		w.Wake()
	}
}

// IsSet says whether Set was called.
func (l *Latch) IsSet() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.set
}

// Wait parks the calling activity until the latch is set or ctx is done.
func (l *Latch) Wait(ctx context.Context, e Env) error {
	for !l.IsSet() {
		if err := e.Park(ctx, Forever, l); err != nil {
			return err
		}
	}
	return nil
}

// Arm implements Waitable.
func (l *Latch) Arm(w *Waker) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.set {
		l.waiting = append(l.waiting, w)
	}
	return l.set
}

// Disarm implements Waitable.
func (l *Latch) Disarm(w *Waker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.DeleteFunc(l.waiting, func(x *Waker) bool { return x == w })
}

// ErrClosed is returned by a read of a mailbox that is closed and empty.
var ErrClosed = errors.New("mailbox is closed")

// Mailbox is an unbounded queue with many writers and one reader. The zero value
// is an empty, open mailbox.
type Mailbox[T any] struct {
	mu      sync.Mutex
	items   []T // items[taken:] are in the mailbox
	taken   int
	closed  bool
	waiting *Waker
}

// Put appends an element and never blocks. It reports false, and drops the
// element, if the mailbox is closed.
func (m *Mailbox[T]) Put(element T) bool {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return false
	}
	if len(m.items) == cap(m.items) && m.taken > len(m.items)/2 {
		kept := copy(m.items, m.items[m.taken:])
		clear(m.items[kept:])
		m.items, m.taken = m.items[:kept], 0
	}
	m.items = append(m.items, element)
	m.wakeAndUnlock()
	return true
}

// Close refuses further elements; those in the mailbox can still be taken.
func (m *Mailbox[T]) Close() {
	m.mu.Lock()
	m.closed = true
	m.wakeAndUnlock()
}

func (m *Mailbox[T]) wakeAndUnlock() {
	w := m.waiting
	m.waiting = nil
	m.mu.Unlock()
	if w != nil {
		w.Wake()
	}
}

// Poll takes the oldest element, if there is one.
func (m *Mailbox[T]) Poll() (element T, ok bool) {
	element, ok, _ = m.poll()
	return element, ok
}

func (m *Mailbox[T]) poll() (element T, ok, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.taken == len(m.items) {
		return element, false, m.closed
	}
	var zero T
	element, m.items[m.taken] = m.items[m.taken], zero
	if m.taken++; m.taken == len(m.items) {
		m.items, m.taken = m.items[:0], 0
	}
	return element, true, false
}

// Take parks the calling activity until there is an element. It returns
// ErrClosed when the mailbox is closed and empty, and the cause of ctx when that
// is done first.
func (m *Mailbox[T]) Take(ctx context.Context, e Env) (T, error) {
	for {
		element, ok, closed := m.poll()
		if ok {
			return element, nil
		}
		if closed {
			return element, ErrClosed
		}
		if err := e.Park(ctx, Forever, m); err != nil {
			return element, err
		}
	}
}

// Arm implements Waitable.
func (m *Mailbox[T]) Arm(w *Waker) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.taken < len(m.items) || m.closed {
		return true
	}
	m.waiting = w
	return false
}

// Disarm implements Waitable.
func (m *Mailbox[T]) Disarm(w *Waker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting == w {
		m.waiting = nil
	}
}
