package sim

import (
	"context"
	"io"
	"io/fs"
	"slices"
	"syscall"

	"github.com/cespare/xxhash/v2"
)

// window is how many bytes may wait at a process before one who sends it more waits.
const window = 64 << 10

// end is one end of a connection, as the other sees it.
type end interface {
	// take gives it bytes.
	take(p []byte)

	// isFull says that it wants no bytes for now.
	isFull() bool

	// drained says that what it has sent was read.
	drained()

	// hangUp says that the other end is closed or, with an error, that the connection
	// broke.
	hangUp(err error)
}

// conn is the end of a connection that a process has.
type conn struct {
	process *Process
	at      address // that was dialed, or listened at
	remote  string
	other   end

	inbox    []byte
	ended    bool  // the other end is closed: nothing follows the inbox
	orphaned bool  // something was sent since
	err      error // why the connection is of no use
	changed  bell
}

func (p *Process) newConn(at address, remote string) *conn {
	c := &conn{process: p, at: at, remote: remote}
	p.conns = append(p.conns, c)
	return c
}

func (c *conn) take(p []byte) {
	if c.err == nil {
		c.inbox = append(c.inbox, p...)
		c.changed.ring()
	}
}

func (c *conn) isFull() bool { return c.err == nil && len(c.inbox) >= window }

func (c *conn) drained() { c.changed.ring() }

func (c *conn) hangUp(err error) {
	c.ended = true
	if err != nil {
		c.err, c.inbox = err, nil
	}
	c.changed.ring()
}

// end makes the connection useless to its owner, and tells the other end: err is nil
// if it closes in good order.
func (c *conn) end(err error) {
	if !c.ended {
		c.ended = true
		c.other.hangUp(err)
	}
	c.err, c.inbox = err, nil
	if err == nil {
		c.err = fs.ErrClosed
	}
	c.changed.ring()
}

func (c *conn) Read(ctx context.Context, p []byte) (int, error) {
	r := c.process.atIn(ctx, opReceive, c.at.name, 0)
	for {
		readable := len(c.inbox) > 0 || c.ended || len(p) == 0
		switch {
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case c.err != nil:
			return 0, netError(opReceive, c.at, c.err)
		case r.fails(), r.failsAfter() && readable:
			c.end(syscall.ECONNRESET)
		case !readable:
			c.process.await(ctx, r.activity, &c.changed)
		case len(c.inbox) == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			return c.read(p, r.isShort()), nil
		}
	}
}

// read takes from the inbox all that p can hold, or as much as the chooser likes: a
// network may split a stream anywhere.
func (c *conn) read(p []byte, isShort bool) int {
	n := min(len(p), len(c.inbox))
	switch {
	case n < 2:
	case isShort:
		n /= 2
	default:
		if k := c.process.world.choose("split", n); k > 0 {
			n = k
		}
	}
	copy(p, c.inbox[:n])
	c.inbox = c.inbox[n:]
	c.other.drained()
	return n
}

func (c *conn) Write(ctx context.Context, p []byte) (n int, err error) {
	r := c.process.atIn(ctx, opSend, c.at.name, xxhash.Sum64(p))
	if r.isShort() {
		p = p[:len(p)/2]
	}
	for {
		switch {
		case ctx.Err() != nil:
			return n, context.Cause(ctx)
		case c.err != nil:
			return n, netError(opSend, c.at, c.err)
		case r.fails():
			c.end(syscall.ECONNRESET)
		case n == len(p) && (r.isShort() || r.failsAfter()):
			c.end(syscall.ECONNRESET)
		case n == len(p):
			return n, nil
		case c.ended && (c.orphaned || c.at.network == "unix"):
			return n, netError(opSend, c.at, syscall.EPIPE)
		case c.ended: // which over tcp the sender learns by the answer
			c.orphaned = true
			return len(p), nil
		case c.other.isFull():
			c.process.await(ctx, r.activity, &c.changed)
		default:
			k := min(len(p)-n, window)
			c.other.take(p[n : n+k])
			n += k
		}
	}
}

func (c *conn) Close() error {
	c.process.check()
	c.close()
	return nil
}

func (c *conn) close() {
	if c.err != fs.ErrClosed {
		c.end(nil)
	}
	c.process.conns = slices.DeleteFunc(c.process.conns, func(other *conn) bool { return other == c })
}

func (c *conn) RemoteAddr() string { return c.remote }
