package receiver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Socket is a reliable receiver of lines. It connects to a sender at an address, which is
// host:port, or unix:path for a Unix socket, and speaks the acknowledged line protocol:
//
//	sender    17 TAB the text of the line LF     numbers grow by one from line to line
//	receiver  ACK 17 LF                          all lines up to 17 are durable
//
// The receiver acknowledges once for each block, and first of all, if it has any, the
// last line that it has: the sender goes on behind that one. When the connection is
// lost, the receiver connects again and the sender repeats from the last
// acknowledgement; what the receiver has already it drops. So every line is received
// once, over crashes of the stream too. A stream that has received nothing yet begins
// with whatever number comes first. A number that is left out, or a line that is not of
// the protocol, fails the stream.
//
// A line may hold any bytes but LF, 1 MiB at most. [Sender] is the other end.
func Socket(address string) Receiver[string] { return socket{address} }

type socket struct{ address string }

func (s socket) String() string { return "socket[" + s.address + "]" }

// Run implements Receiver: it is one connection.
func (s socket) Run(ctx context.Context, store *Store[string]) error {
	return converse(ctx, store.Env(), s.address, func(ctx context.Context, conn env.Conn, end context.CancelCauseFunc) error {
		acknowledging := store.Env().Spawn("acknowledge "+s.String(), func() error {
			err := s.acknowledge(ctx, store, conn)
			end(err)
			return err
		})
		in := &sequence{mark: store.Added()}
		err := readLines(ctx, conn, func(lines []string) error {
			fresh, err := in.take(lines)
			if err != nil {
				return Permanent(err)
			}
			return addLines(ctx, store, fresh, in.last)
		})
		end(err)
		_ = acknowledging.Wait(context.Background(), store.Env()) // err is why it has ended, or the other way round
		return err
	})
}

// acknowledge tells the sender what is durable.
func (s socket) acknowledge(ctx context.Context, store *Store[string], conn env.Conn) error {
	var mark Mark
	for {
		durable, err := store.Durable(ctx, mark)
		if err != nil {
			return err
		}
		if _, err := conn.Write(ctx, []byte("ACK "+string(durable)+"\n")); err != nil {
			return err
		}
		mark = durable
	}
}

// piece is how many lines are added at once: a rate is kept to this.
const piece = 128

func addLines(ctx context.Context, store *Store[string], lines []string, last uint64) error {
	for len(lines) > 0 {
		n := min(piece, len(lines))
		if err := store.AddAll(ctx, lines[:n], formatSequence(last-uint64(len(lines)-n))); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// converse connects to an address and talks until that ends. The context of the talk ends
// with ctx, or by its end function.
func converse(ctx context.Context, e env.Env, address string, talk func(ctx context.Context, conn env.Conn, end context.CancelCauseFunc) error) error {
	network, name := splitAddress(address)
	conn, err := e.Net().Dial(ctx, network, name)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	talking, end := context.WithCancelCause(ctx)
	err = talk(talking, conn, end)
	end(nil)
	return errors.Join(err, conn.Close())
}

// errHungUp is the end of a connection that the other side has closed.
var errHungUp = errors.New("the other side has closed the connection")

// readLines hands out lines as they come, until the connection ends. A line without its
// end is none.
func readLines(ctx context.Context, conn env.Conn, take func(lines []string) error) error {
	var split lines
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(ctx, buffer)
		if err == io.EOF {
			return errHungUp
		}
		if err != nil {
			return err
		}
		lines, err := split.cut(buffer[:n])
		if err != nil {
			return Permanent(err)
		}
		if len(lines) > 0 {
			if err := take(lines); err != nil {
				return err
			}
		}
	}
}

// sequence knows which lines are new. It is pure.
type sequence struct {
	mark Mark   // where it begins; empty: with the first line that comes
	last uint64 // number of the last line that was taken
}

// take returns the texts of the lines that are new, in the memory of lines.
func (s *sequence) take(lines []string) ([]string, error) {
	fresh := lines[:0]
	for _, line := range lines {
		number, text, ok := strings.Cut(line, "\t")
		n, err := strconv.ParseUint(number, 10, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("%.60q is no line of the acknowledged protocol, which is a number, a tab and a text", line)
		}
		if err := s.begin(n); err != nil {
			return nil, err
		}
		switch {
		case n <= s.last: // it comes again
		case n == s.last+1:
			s.last = n
			fresh = append(fresh, text)
		default:
			return nil, fmt.Errorf("line %d follows line %d: what is between is lost: the sender has forgotten lines that were not acknowledged to it, or is another one", n, s.last)
		}
	}
	return fresh, nil
}

// begin finds the last line that was taken before the first one of this connection.
func (s *sequence) begin(n uint64) error {
	switch {
	case s.last != 0:
	case s.mark != "":
		last, err := strconv.ParseUint(string(s.mark), 10, 64)
		if err != nil {
			return fmt.Errorf("the log of the stream says that the last line was %q, which is no number: it is the log of another receiver", s.mark)
		}
		s.last = last
	case n == 0:
		return errors.New("a line has the number 0; numbers begin with 1")
	default:
		s.last = n - 1
	}
	s.mark = ""
	return nil
}

func formatSequence(n uint64) Mark { return Mark(strconv.FormatUint(n, 10)) }
