package env

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// osNet is the network of the operating system.
type osNet struct{}

func checkNetwork(network string) error {
	if network != "tcp" && network != "unix" {
		return net.UnknownNetworkError(network)
	}
	return nil
}

func (osNet) Dial(ctx context.Context, network, address string) (Conn, error) {
	if err := checkNetwork(network); err != nil {
		return nil, err
	}
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return newOSConn(c), nil
}

func (osNet) Listen(ctx context.Context, network, address string) (Listener, error) {
	if err := checkNetwork(network); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, network, address)
	if network == "unix" && errors.Is(err, syscall.EADDRINUSE) {
		l, err = replaceStale(ctx, address, err)
	}
	if err != nil {
		return nil, err
	}
	listener := &osListener{Listener: l}
	listener.setDeadline = l.(interface{ SetDeadline(time.Time) error }).SetDeadline
	return listener, nil
}

// replaceStale listens at the path of a socket that nobody listens on any more. The
// directory is locked meanwhile: of two processes that find the same stale socket, the
// second must not remove what the first has put in its place.
func replaceStale(ctx context.Context, address string, inUse error) (net.Listener, error) {
	dir, err := os.Open(filepath.Dir(address))
	if err != nil {
		return nil, errors.Join(inUse, err)
	}
	defer dir.Close() // and with it the lock
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(inUse, fmt.Errorf("lock %s: %w", dir.Name(), err))
	}
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "unix", address)
	if err == nil {
		return nil, errors.Join(inUse, c.Close())
	}
	if info, statErr := os.Lstat(address); statErr != nil || info.Mode().Type() != fs.ModeSocket || !errors.Is(err, syscall.ECONNREFUSED) {
		return nil, inUse
	}
	if err := os.Remove(address); err != nil {
		return nil, errors.Join(inUse, err)
	}
	var config net.ListenConfig
	return config.Listen(ctx, "unix", address)
}

// deadlined is something whose blocked operation a deadline ends, which is the only
// way to do so in package net.
type deadlined struct {
	setDeadline func(time.Time) error
}

// past is a deadline that has passed.
var past = time.Unix(1, 0)

// do calls an operation that ends when ctx does. It returns true if ctx ended it.
func (d deadlined) do(ctx context.Context, operation func()) (ended bool) {
	if ctx.Done() == nil {
		operation()
		return false
	}
	if ctx.Err() != nil {
		return true
	}
	var ending sync.WaitGroup
	ending.Add(1)
	stop := context.AfterFunc(ctx, func() {
		defer ending.Done()
		_ = d.setDeadline(past) // fails if it is closed, which ends the operation as well
	})
	operation()
	if stop() {
		return false
	}
	ending.Wait()
	_ = d.setDeadline(time.Time{})
	return true
}

// closedError makes the error of an operation on what is closed wrap fs.ErrClosed.
func closedError(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("%w: %w", fs.ErrClosed, err)
	}
	return err
}

// closeOnce ignores that it is closed already.
func closeOnce(c io.Closer) error {
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

type osConn struct {
	conn          net.Conn
	reads, writes deadlined
}

func newOSConn(c net.Conn) *osConn {
	return &osConn{conn: c, reads: deadlined{c.SetReadDeadline}, writes: deadlined{c.SetWriteDeadline}}
}

func (c *osConn) Read(ctx context.Context, p []byte) (n int, err error) {
	ended := c.reads.do(ctx, func() { n, err = c.conn.Read(p) })
	if ended && n == 0 && !errors.Is(err, net.ErrClosed) {
		return 0, context.Cause(ctx)
	}
	if n > 0 {
		err = nil // it comes again
	}
	return n, closedError(err)
}

func (c *osConn) Write(ctx context.Context, p []byte) (n int, err error) {
	ended := c.writes.do(ctx, func() { n, err = c.conn.Write(p) })
	if ended && n < len(p) && !errors.Is(err, net.ErrClosed) {
		return n, context.Cause(ctx)
	}
	return n, closedError(err)
}

func (c *osConn) Close() error { return closeOnce(c.conn) }

func (c *osConn) RemoteAddr() string {
	if address := c.conn.RemoteAddr().String(); address != "@" { // a socket without a name
		return address
	}
	return ""
}

type osListener struct {
	net.Listener
	deadlined
}

func (l *osListener) Accept(ctx context.Context) (Conn, error) {
	var c net.Conn
	var err error
	ended := l.do(ctx, func() { c, err = l.Listener.Accept() })
	switch {
	case c != nil:
		return newOSConn(c), nil
	case ended && !errors.Is(err, net.ErrClosed):
		return nil, context.Cause(ctx)
	}
	return nil, closedError(err)
}

func (l *osListener) Addr() string { return l.Listener.Addr().String() }

func (l *osListener) Close() error { return closeOnce(l.Listener) }
