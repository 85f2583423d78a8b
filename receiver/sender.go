package receiver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Sender is the sending end of the acknowledged line protocol, which [Socket] speaks. It
// listens at an address, numbers the lines that it is given, and keeps them until they
// are acknowledged; a receiver that connects gets all others again. It serves one
// receiver: a new connection ends the one before. What it keeps ends with the process.
//
//	sender, err := receiver.Listen(ctx, "localhost:9999", receiver.SenderOptions{})
//	…
//	err = sender.Send(ctx, "a line", "another one")
//	err = sender.Flush(ctx) // all are durable in the stream
//
// Its methods may be called by several goroutines at once.
type Sender struct {
	env       env.Env
	options   SenderOptions
	network   string
	listener  env.Listener
	ctx       context.Context
	cancel    context.CancelCauseFunc
	accepting *env.Proc

	//det:lock what follows; never held across a call of the Env
	mu      sync.Mutex
	outbox  outbox
	failure error
	closed  bool
	changed bell // lines were added or acknowledged, or there is a failure
}

// SenderOptions say how a sender works. The zero value is ready for use.
type SenderOptions struct {
	// Unacknowledged is how many lines are kept; then Send waits. Default 65,536.
	Unacknowledged int

	// First is the number of the first line, for a producer that goes on where an
	// earlier process ended. Default 1.
	First uint64

	// Env is the outside world. Only the testkit sets it.
	Env env.Env
}

// Listen returns a sender that listens at an address: host:port, where port 0 is any
// free one, or unix:path for a Unix socket.
func Listen(ctx context.Context, address string, o SenderOptions) (*Sender, error) {
	if o.Unacknowledged < 0 {
		return nil, fmt.Errorf("receiver: SenderOptions.Unacknowledged is %d; it must be 1 or more, or 0 for the default", o.Unacknowledged)
	}
	if o.Unacknowledged == 0 {
		o.Unacknowledged = 1 << 16
	}
	if o.Env == nil {
		o.Env = env.Real()
	}
	network, name := splitAddress(address)
	listener, err := o.Env.Net().Listen(ctx, network, name)
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	s := &Sender{env: o.Env, options: o, network: network, listener: listener}
	s.outbox.first = max(o.First, 1)
	s.ctx, s.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	s.accepting = s.env.Spawn("sender "+address, s.accept)
	return s, nil
}

// Address is where receivers connect to: the argument of Listen with the port that was
// taken.
func (s *Sender) Address() string {
	if s.network == "unix" {
		return "unix:" + s.listener.Addr()
	}
	return s.listener.Addr()
}

// Send adds lines, which must not contain LF. It waits while too many are not
// acknowledged; when it returns they need not have been sent.
func (s *Sender) Send(ctx context.Context, lines ...string) error {
	for _, line := range lines {
		if strings.Contains(line, "\n") || len(line) > maxLine-32 {
			return fmt.Errorf("send: %.60q is not a line of at most %d bytes", line, maxLine-32)
		}
	}
	return s.await(ctx, func(o *outbox) bool {
		if len(o.lines) > 0 && len(o.lines)+len(lines) > s.options.Unacknowledged {
			return false
		}
		o.add(lines)
		s.changed.ring()
		return true
	})
}

// Flush waits until all lines are acknowledged.
func (s *Sender) Flush(ctx context.Context) error {
	return s.await(ctx, func(o *outbox) bool { return len(o.lines) == 0 })
}

// await parks until a condition holds, which is looked at under the lock.
func (s *Sender) await(ctx context.Context, holds func(*outbox) bool) error {
	for {
		s.mu.Lock()
		failure, closed := s.failure, s.closed
		done := failure == nil && !closed && holds(&s.outbox)
		changed := s.changed.wait()
		s.mu.Unlock()
		switch {
		case done:
			return nil
		case failure != nil:
			return failure
		case closed:
			return errSenderClosed
		}
		if err := s.env.Park(ctx, env.Forever, changed); err != nil {
			return err
		}
	}
}

var errSenderClosed = errors.New("the sender is closed")

// Unacknowledged is the number of lines that are kept.
func (s *Sender) Unacknowledged() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.outbox.lines)
}

// Close ends connection and listening. Lines that are not acknowledged are dropped: see
// Flush. Calls after the first return nil.
func (s *Sender) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.changed.ring()
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.cancel(errSenderClosed)
	return errors.Join(s.accepting.Wait(context.Background(), s.env), s.listener.Close())
}

// accept takes connections, one after the other.
func (s *Sender) accept() error {
	serving := func() {}
	defer func() { serving() }()
	for {
		conn, err := s.listener.Accept(s.ctx)
		if s.ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.fail(fmt.Errorf("accept a receiver: %w", err))
			return nil
		}
		serving()
		serving = s.serve(conn)
	}
}

// serve starts to talk on a connection and returns what ends that.
func (s *Sender) serve(conn env.Conn) (end func()) {
	ctx, cancel := context.WithCancelCause(s.ctx)
	s.mu.Lock()
	s.outbox.connect()
	s.mu.Unlock()
	talking := s.env.Spawn("serve "+conn.RemoteAddr(), func() error { return s.talk(ctx, cancel, conn) })
	return func() {
		cancel(errReplaced)
		_ = talking.Wait(context.Background(), s.env) // what it ended with concerns the connection only
	}
}

var errReplaced = errors.New("another receiver has connected")

// talk sends lines and takes acknowledgements until the connection ends. What is not
// acknowledged by then is kept.
func (s *Sender) talk(ctx context.Context, end context.CancelCauseFunc, conn env.Conn) error {
	writing := s.env.Spawn("send to "+conn.RemoteAddr(), func() error {
		err := s.write(ctx, conn)
		end(err)
		return err
	})
	err := readLines(ctx, conn, s.acknowledged)
	if errors.As(err, new(*PermanentError)) {
		s.fail(err)
	}
	end(err)
	return errors.Join(err, writing.Wait(context.Background(), s.env), conn.Close())
}

// write sends lines as they are added, until the connection ends.
func (s *Sender) write(ctx context.Context, conn env.Conn) error {
	var buffer []byte
	for {
		s.mu.Lock()
		buffer = s.outbox.next(buffer[:0], 64<<10)
		changed := s.changed.wait()
		s.mu.Unlock()
		if len(buffer) == 0 {
			if err := s.env.Park(ctx, env.Forever, changed); err != nil {
				return err
			}
			continue
		}
		if _, err := conn.Write(ctx, buffer); err != nil {
			return err
		}
	}
}

// acknowledged takes what the receiver says.
func (s *Sender) acknowledged(lines []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range lines {
		n, err := parseAcknowledgement(line)
		if err == nil {
			err = s.outbox.acknowledge(n)
		}
		if err != nil {
			return Permanent(err)
		}
	}
	s.changed.ring()
	return nil
}

func (s *Sender) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = err
	}
	s.changed.ring()
}
