// Package nettest is the conformance suite of [env.Net]. It runs on the network of
// the operating system and on the simulated one, as fstest does for files.
//
// Cases that need a program outside the process talk to one that sends back what it
// gets: a real one over loopback, or a simulated peer.
package nettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Place is where a case runs.
type Place struct {
	Env     env.Env
	Network string
	Free    string // an address to listen at; of tcp, with port 0
	Vacant  string // an address where nobody listens
	Echo    string // the address of a server that sends back what it gets, and closes the connection after a "."
}

// Run runs body in a new place, as an activity of its Env.
type Run func(t *testing.T, body func(Place) error)

// Test runs the suite.
func Test(t *testing.T, run Run) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(p Place) error {
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				f := &fixture{Place: p, ctx: ctx}
				return errors.Join(c.run(f), f.close())
			})
		})
	}
}

var errCause = errors.New("the cause")

var cases = []struct {
	name string
	run  func(*fixture) error
}{
	{"a server outside", func(f *fixture) error {
		c, err := f.Env.Net().Dial(f.ctx, f.Network, f.Echo)
		if err != nil {
			return err
		}
		if c.RemoteAddr() != f.Echo {
			return fmt.Errorf("the other end is %q, want %q", c.RemoteAddr(), f.Echo)
		}
		return errors.Join(
			f.write(c, "hello "), f.write(c, "world"), f.expect(c, "hello world"),
			f.write(c, "bye."), f.expect(c, "bye."), f.expectEnd(c),
			c.Close(), c.Close())
	}},
	{"nobody listens", func(f *fixture) error {
		_, err := f.Env.Net().Dial(f.ctx, f.Network, f.Vacant)
		if err == nil {
			return errors.New("dialed where nobody listens")
		}
		return nil
	}},
	{"an unknown network", func(f *fixture) error {
		_, dialErr := f.Env.Net().Dial(f.ctx, "udp", f.Echo)
		_, listenErr := f.Env.Net().Listen(f.ctx, "udp", f.Free)
		if dialErr == nil || listenErr == nil {
			return errors.New("udp is no network of streams")
		}
		return nil
	}},
	{"one who listens and one who dials", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		if client.RemoteAddr() != f.listener.Addr() {
			return fmt.Errorf("dialed %q, and the other end is %q", f.listener.Addr(), client.RemoteAddr())
		}
		if isUnix := f.Network == "unix"; isUnix != (server.RemoteAddr() == "") {
			return fmt.Errorf("the client's address is %q", server.RemoteAddr())
		}
		return errors.Join(
			f.write(client, "to the server"), f.write(server, "to the client"),
			f.expect(client, "to the client"), f.expect(server, "to the server"),
			f.write(client, "the rest"), client.Close(),
			f.expect(server, "the rest"), f.expectEnd(server), f.expectEnd(server), server.Close())
	}},
	{"an address has one listener", func(f *fixture) error {
		l, err := f.listen()
		if err != nil {
			return err
		}
		if second, err := f.Env.Net().Listen(f.ctx, f.Network, l.Addr()); err == nil {
			return errors.Join(errors.New("two listen at one address"), second.Close())
		}
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			return err
		}
		again, err := f.Env.Net().Listen(f.ctx, f.Network, l.Addr())
		if err != nil {
			return err
		}
		return again.Close()
	}},
	{"connections wait to be accepted", func(f *fixture) error {
		l, err := f.listen()
		if err != nil {
			return err
		}
		var clients [3]env.Conn
		for i := range clients {
			if clients[i], err = f.Env.Net().Dial(f.ctx, f.Network, l.Addr()); err != nil {
				return err
			}
			if err := f.write(clients[i], string(rune('a'+i))); err != nil {
				return err
			}
		}
		for i := range clients {
			server, err := l.Accept(f.ctx)
			if err != nil {
				return err
			}
			if err := errors.Join(f.expect(server, string(rune('a'+i))), server.Close(), clients[i].Close()); err != nil {
				return err
			}
		}
		return nil
	}},
	{"accept waits", func(f *fixture) error {
		l, err := f.listen()
		if err != nil {
			return err
		}
		accepting := f.Env.Spawn("accept", func() error {
			c, err := l.Accept(f.ctx)
			if err != nil {
				return err
			}
			return errors.Join(f.expect(c, "hello"), c.Close())
		})
		c, err := f.Env.Net().Dial(f.ctx, f.Network, l.Addr())
		if err != nil {
			return err
		}
		return errors.Join(f.write(c, "hello"), accepting.Wait(f.ctx, f.Env), c.Close())
	}},
	{"a context that is done", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		if err := f.write(server, "kept"); err != nil {
			return err
		}
		done, cancel := context.WithCancelCause(f.ctx)
		cancel(errCause)
		_, dialErr := f.Env.Net().Dial(done, f.Network, f.listener.Addr())
		_, listenErr := f.Env.Net().Listen(done, f.Network, f.Free)
		_, acceptErr := f.listener.Accept(done)
		_, readErr := client.Read(done, make([]byte, 10))
		_, writeErr := client.Write(done, []byte("text"))
		for i, err := range []error{dialErr, listenErr, acceptErr, readErr, writeErr} {
			if !errors.Is(err, errCause) {
				return fmt.Errorf("call %d: %v, want the cause", i, err)
			}
		}
		return errors.Join(f.expect(client, "kept"), client.Close(), server.Close())
	}},
	{"a context ends what waits", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		waiting, cancel := context.WithCancelCause(f.ctx)
		read := f.Env.Spawn("read", func() error {
			_, err := client.Read(waiting, make([]byte, 10))
			return err
		})
		accept := f.Env.Spawn("accept", func() error {
			_, err := f.listener.Accept(waiting)
			return err
		})
		write := f.Env.Spawn("write", func() error { // which nobody reads
			for {
				if _, err := client.Write(waiting, make([]byte, 64<<10)); err != nil {
					return err
				}
			}
		})
		f.Env.Yield()
		cancel(errCause)
		for _, p := range []*env.Proc{read, accept, write} {
			if err := p.Wait(f.ctx, f.Env); !errors.Is(err, errCause) {
				return fmt.Errorf("%s: %v, want the cause", p.Name, err)
			}
		}
		// The connection and the listener are as good as before.
		if err := errors.Join(f.write(server, "later"), f.expect(client, "later"), client.Close(), server.Close()); err != nil {
			return err
		}
		if client, server, err = f.connect(); err != nil {
			return err
		}
		return errors.Join(client.Close(), server.Close())
	}},
	{"close ends what waits", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		read := f.Env.Spawn("read", func() error {
			_, err := client.Read(f.ctx, make([]byte, 10))
			return err
		})
		accept := f.Env.Spawn("accept", func() error {
			_, err := f.listener.Accept(f.ctx)
			return err
		})
		f.Env.Yield()
		if err := errors.Join(client.Close(), f.listener.Close()); err != nil {
			return err
		}
		for _, p := range []*env.Proc{read, accept} {
			if err := p.Wait(f.ctx, f.Env); !errors.Is(err, fs.ErrClosed) {
				return fmt.Errorf("%s: %v, want fs.ErrClosed", p.Name, err)
			}
		}
		if _, err := client.Write(f.ctx, []byte("text")); !errors.Is(err, fs.ErrClosed) {
			return fmt.Errorf("write: %v, want fs.ErrClosed", err)
		}
		return server.Close()
	}},
	{"a listener that closes drops who waits", func(f *fixture) error {
		l, err := f.listen()
		if err != nil {
			return err
		}
		c, err := f.Env.Net().Dial(f.ctx, f.Network, l.Addr())
		if err != nil {
			return err
		}
		if err := l.Close(); err != nil {
			return err
		}
		if n, err := c.Read(f.ctx, make([]byte, 10)); n > 0 || err == nil {
			return fmt.Errorf("read %d bytes, %v", n, err)
		}
		if _, err := f.Env.Net().Dial(f.ctx, f.Network, l.Addr()); err == nil {
			return errors.New("dialed a closed listener")
		}
		return c.Close()
	}},
	{"who writes learns that the other is gone", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		if err := server.Close(); err != nil {
			return err
		}
		for {
			if _, err := client.Write(f.ctx, []byte("text")); err != nil {
				return client.Close()
			}
		}
	}},
	{"much at once, both ways", func(f *fixture) error {
		client, server, err := f.pair()
		if err != nil {
			return err
		}
		content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		send := func(c env.Conn) func() error {
			return func() error { return f.write(c, string(content)) }
		}
		receive := func(c env.Conn) func() error {
			return func() error { return f.expect(c, string(content)) }
		}
		var all []*env.Proc
		for _, c := range []env.Conn{client, server} {
			all = append(all, f.Env.Spawn("send", send(c)), f.Env.Spawn("receive", receive(c)))
		}
		var errs []error
		for _, p := range all {
			errs = append(errs, p.Wait(f.ctx, f.Env))
		}
		return errors.Join(append(errs, client.Close(), server.Close())...)
	}},
}

// fixture is a place with short names for what cases do.
type fixture struct {
	Place
	ctx      context.Context
	listener env.Listener // the last that was opened
}

func (f *fixture) close() error {
	if f.listener == nil {
		return nil
	}
	return f.listener.Close()
}

func (f *fixture) listen() (env.Listener, error) {
	l, err := f.Env.Net().Listen(f.ctx, f.Network, f.Free)
	if err == nil {
		f.listener = l
	}
	return l, err
}

// pair returns the two ends of a connection.
func (f *fixture) pair() (client, server env.Conn, err error) {
	if _, err = f.listen(); err != nil {
		return nil, nil, err
	}
	return f.connect()
}

func (f *fixture) connect() (client, server env.Conn, err error) {
	if client, err = f.Env.Net().Dial(f.ctx, f.Network, f.listener.Addr()); err != nil {
		return nil, nil, err
	}
	server, err = f.listener.Accept(f.ctx)
	return client, server, err
}

func (f *fixture) write(c env.Conn, text string) error {
	n, err := c.Write(f.ctx, []byte(text))
	if err == nil && n != len(text) {
		err = fmt.Errorf("wrote %d bytes of %d", n, len(text))
	}
	return err
}

// expect reads as much as it wants to see.
func (f *fixture) expect(c env.Conn, want string) error {
	var got []byte
	p := make([]byte, 4096)
	for len(got) < len(want) {
		n, err := c.Read(f.ctx, p[:min(len(p), len(want)-len(got))])
		got = append(got, p[:n]...)
		if err != nil {
			return fmt.Errorf("read %d bytes of %d: %w", len(got), len(want), err)
		}
	}
	if !slices.Equal(got, []byte(want)) {
		return fmt.Errorf("read %.40q, want %.40q", got, want)
	}
	return nil
}

func (f *fixture) expectEnd(c env.Conn) error {
	if n, err := c.Read(f.ctx, make([]byte, 10)); n != 0 || err != io.EOF {
		return fmt.Errorf("read %d bytes, %v; want the end", n, err)
	}
	return nil
}
