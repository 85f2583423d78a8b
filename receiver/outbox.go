package receiver

import (
	"fmt"
	"strconv"
	"strings"
)

// outbox is the lines that a sender keeps. It is pure.
type outbox struct {
	lines []string // that are not acknowledged
	first uint64   // number of lines[0], or of the next line
	sent  uint64   // number of the next line to be sent on the connection
}

func (o *outbox) add(lines []string) { o.lines = append(o.lines, lines...) }

// last is the number of the newest line.
func (o *outbox) last() uint64 { return o.first + uint64(len(o.lines)) - 1 }

// connect begins a connection: it repeats what is not acknowledged.
func (o *outbox) connect() { o.sent = o.first }

// acknowledge forgets the lines up to one.
func (o *outbox) acknowledge(n uint64) error {
	if n > o.last() {
		return fmt.Errorf("the receiver acknowledges line %d, but there are lines up to %d only: it has lines of an earlier sender; number on behind them", n, o.last())
	}
	if n >= o.first {
		done := n + 1 - o.first
		clear(o.lines[:done])
		o.lines = o.lines[done:]
		o.first = n + 1
		o.sent = max(o.sent, o.first)
	}
	return nil
}

// next appends lines to dst that are to be sent now, up to about a size in bytes.
func (o *outbox) next(dst []byte, size int) []byte {
	for o.sent <= o.last() && len(dst) < size {
		dst = strconv.AppendUint(dst, o.sent, 10)
		dst = append(dst, '\t')
		dst = append(dst, o.lines[o.sent-o.first]...)
		dst = append(dst, '\n')
		o.sent++
	}
	return dst
}

// parseAcknowledgement returns the number of an ACK line.
func parseAcknowledgement(line string) (uint64, error) {
	number, ok := strings.CutPrefix(line, "ACK ")
	n, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%.60q is no acknowledgement, which is ACK and a number", line)
	}
	return n, nil
}
