package receiver

import (
	"context"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Text is a receiver of plain lines, such as those of nc -lk: it connects to an address,
// which is host:port, or unix:path for a Unix socket. Lines end with LF or CR LF. When
// the connection is lost it connects again.
//
// It is not reliable: lines that the sender has handed to its kernel, or that were read
// and are in no durable block, are lost when the connection breaks or the process dies.
// Use Socket for lines that count.
func Text(address string) Receiver[string] { return text{address} }

type text struct{ address string }

func (t text) String() string { return "text[" + t.address + "]" }

// Run implements Receiver: it is one connection.
func (t text) Run(ctx context.Context, store *Store[string]) error {
	return converse(ctx, store.Env(), t.address, func(ctx context.Context, conn env.Conn, _ context.CancelCauseFunc) error {
		return readLines(ctx, conn, func(lines []string) error {
			for i, line := range lines {
				lines[i] = strings.TrimSuffix(line, "\r")
			}
			for len(lines) > 0 {
				n := min(piece, len(lines))
				if err := store.AddAll(ctx, lines[:n], ""); err != nil {
					return err
				}
				lines = lines[n:]
			}
			return nil
		})
	})
}
