package sim

import (
	"context"
	"io/fs"
	"net"
	"slices"
	"strconv"
	"syscall"

	"github.com/tidewheel/tidewheel/internal/env"
)

// address is where somebody listens.
type address struct{ network, name string }

// server is who listens at an address: a process or a peer.
type server interface {
	// connect gives the connection of a process its other end.
	connect(c *conn)
}

// processNet is the network as a process sees it. Each call is an I/O point of the
// process, but for Close.
type processNet struct{ process *Process }

// Net is the world's network: addresses of peers and of processes of this world.
func (p *Process) Net() env.Net { return processNet{p} }

func (w *World) serveAt(at address, s server) {
	if w.servers == nil {
		w.servers = make(map[address]server)
	}
	w.servers[at] = s
}

// netError is the error of an operation on an address.
func netError(op operation, at address, err error) error {
	return &net.OpError{Op: operationNames[op], Net: at.network, Addr: namedAddr(at), Err: err}
}

// netErr returns the error of a fault that is usual for an operation, or that of too
// many open files.
func (k Kind) netErr(usual syscall.Errno) error {
	if k == NoFiles {
		return k.err()
	}
	return usual
}

// namedAddr is an address as package net has them.
type namedAddr address

func (a namedAddr) Network() string { return a.network }
func (a namedAddr) String() string  { return a.name }

func (a address) check() error {
	if a.network != "tcp" && a.network != "unix" {
		return net.UnknownNetworkError(a.network)
	}
	return nil
}

func (n processNet) Dial(ctx context.Context, network, name string) (env.Conn, error) {
	p, at := n.process, address{network, name}
	r := p.atIn(ctx, opDial, name, 0)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := at.check(); err != nil {
		return nil, err
	}
	to := p.world.servers[at]
	switch {
	case r.fails():
		return nil, netError(opDial, at, r.fault.Kind.netErr(syscall.ECONNREFUSED))
	case to == nil:
		return nil, netError(opDial, at, syscall.ECONNREFUSED)
	}
	c := p.newConn(at, name)
	to.connect(c)
	if r.failsAfter() {
		c.close()
		return nil, netError(opDial, at, syscall.ETIMEDOUT)
	}
	return c, nil
}

func (n processNet) Listen(ctx context.Context, network, name string) (env.Listener, error) {
	p, at := n.process, address{network, name}
	r := p.atIn(ctx, opListen, name, 0)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := at.check(); err != nil {
		return nil, err
	}
	w := p.world
	if host, port, err := net.SplitHostPort(name); network == "tcp" && err == nil && port == "0" {
		at.name = net.JoinHostPort(host, w.freePort())
	}
	if w.servers[at] != nil || r.fails() {
		return nil, netError(opListen, at, syscall.EADDRINUSE)
	}
	l := &listener{process: p, at: at}
	p.listeners = append(p.listeners, l)
	w.serveAt(at, l)
	return l, nil
}

// listener is a process that listens. Connections wait in it until they are accepted.
type listener struct {
	process *Process
	at      address
	waiting []*conn
	closed  bool
	changed bell
}

func (l *listener) connect(c *conn) {
	accepted := l.process.newConn(l.at, "")
	if l.at.network == "tcp" {
		accepted.remote = net.JoinHostPort("127.0.0.1", l.process.world.freePort())
	}
	c.other, accepted.other = accepted, c
	l.waiting = append(l.waiting, accepted)
	l.changed.ring()
}

// freePort returns a port that nobody has had.
func (w *World) freePort() string {
	w.port++
	return strconv.Itoa(49151 + w.port)
}

func (l *listener) Accept(ctx context.Context) (env.Conn, error) {
	p := l.process
	r := p.atIn(ctx, opAccept, l.at.name, 0)
	for {
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case l.closed:
			return nil, netError(opAccept, l.at, fs.ErrClosed)
		case r.fails():
			return nil, netError(opAccept, l.at, r.fault.Kind.netErr(syscall.ECONNABORTED))
		case len(l.waiting) > 0:
			c := l.waiting[0]
			l.waiting = l.waiting[1:]
			return c, nil
		}
		p.await(ctx, r.activity, &l.changed)
	}
}

func (l *listener) Addr() string { return l.at.name }

func (l *listener) Close() error {
	l.process.check()
	l.close()
	return nil
}

func (l *listener) close() {
	if l.closed {
		return
	}
	l.closed = true
	delete(l.process.world.servers, l.at)
	l.process.listeners = slices.DeleteFunc(l.process.listeners, func(other *listener) bool { return other == l })
	for _, c := range l.waiting {
		c.close()
	}
	l.waiting = nil
	l.changed.ring()
}

// bell wakes all that wait for something to change.
type bell struct{ waiting []*env.Waker }

// Arm implements env.Waitable.
func (b *bell) Arm(w *env.Waker) bool {
	b.waiting = append(b.waiting, w)
	return false
}

// Disarm implements env.Waitable.
func (b *bell) Disarm(w *env.Waker) {
	b.waiting = slices.DeleteFunc(b.waiting, func(other *env.Waker) bool { return other == w })
}

func (b *bell) ring() {
	waiting := b.waiting
	b.waiting = nil
	for _, w := range waiting {
		w.Wake()
	}
}

// await parks an activity until the bell rings or ctx is done.
func (p *Process) await(ctx context.Context, a *activity, b *bell) {
	b.Arm(&a.waker)
	defer b.Disarm(&a.waker)
	a.until = env.Forever
	p.park(ctx, a)
}
