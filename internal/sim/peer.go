package sim

import (
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Peer is a program of the world outside that processes connect to: a state machine
// whose methods the world calls when something happens and which answers at once,
// on the Link. It calls nothing else of the world but Mono and Now.
//
// What a process sends reaches its peer before Write returns. What a peer sends waits for
// the process to read it and is lost with the process. So at each point the state of a
// peer is its own fields: a caller that clones the world copies these, and Serves the
// peer anew in the next World, in which it has no links.
type Peer interface {
	// Accept is told that a process has connected.
	Accept(link *Link)

	// Receive takes what the process has written, in pieces of any size. The peer
	// does not keep p.
	Receive(link *Link, p []byte)

	// Closed is told that the process has closed the connection or has ended, or that
	// the connection broke. The link is of no use from now on.
	Closed(link *Link)
}

// TimedPeer is a Peer that does something by itself.
type TimedPeer interface {
	Peer

	// Next is when Tick is to be called, by World.Mono; env.Forever is never.
	Next() time.Duration

	// Tick is called when that time has come. Next is later afterwards.
	Tick()
}

// Link is a connection as its peer sees it.
type Link struct {
	peer Peer
	conn *conn // of the process; nil when the connection is closed
}

// Send sends bytes to the process. On a closed link it does nothing.
func (l *Link) Send(p []byte) {
	if l.conn != nil {
		l.conn.take(p)
	}
}

// Close closes the connection: the process reads what was sent and then io.EOF. The
// peer is not told.
func (l *Link) Close() {
	if c := l.conn; c != nil {
		l.conn = nil
		c.hangUp(nil)
	}
}

func (l *Link) take(p []byte) { l.peer.Receive(l, p) }

func (l *Link) isFull() bool { return false }

func (l *Link) drained() {}

func (l *Link) hangUp(error) {
	l.conn = nil
	l.peer.Closed(l)
}

// service is a peer at its address.
type service struct {
	peer    Peer
	address address
}

// Serve makes a peer listen at an address for as long as the world lasts. The address is
// the text that processes dial; nothing is made of it.
func (w *World) Serve(network, name string, peer Peer) {
	at := address{network, name}
	if _, used := w.servers[at]; used {
		panic("sim: somebody serves " + network + " " + name + " already")
	}
	w.serveAt(at, &service{peer, at})
	if timed, ok := peer.(TimedPeer); ok {
		w.timed = append(w.timed, timed)
	}
}

// connect makes a link to the peer.
func (s *service) connect(c *conn) {
	link := &Link{s.peer, c}
	c.other = link
	s.peer.Accept(link)
}

// nextTick is when the next of the peers does something by itself.
func (w *World) nextTick() time.Duration {
	next := env.Forever
	for _, peer := range w.timed {
		next = min(next, peer.Next())
	}
	return next
}

// tick calls the peers whose time has come.
func (w *World) tick() {
	for _, peer := range slices.Clone(w.timed) {
		if peer.Next() <= w.mono {
			peer.Tick()
		}
	}
}
