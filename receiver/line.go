package receiver

import (
	"bytes"
	"fmt"
	"strings"
)

// lines cuts a stream of bytes into lines. It is pure.
type lines struct {
	rest []byte // the beginning of a line whose end has not come
}

// maxLine is the length of the longest line that is taken, in bytes.
const maxLine = 1 << 20

// cut returns the lines that p completes, without their ends. They share one string.
func (l *lines) cut(p []byte) ([]string, error) {
	end := bytes.LastIndexByte(p, '\n')
	if end < 0 {
		l.rest = append(l.rest, p...)
		if len(l.rest) > maxLine {
			return nil, fmt.Errorf("a line is longer than %d bytes; it begins with %q", maxLine, l.rest[:40])
		}
		return nil, nil
	}
	var text strings.Builder
	text.Grow(len(l.rest) + end)
	text.Write(l.rest)
	text.Write(p[:end])
	l.rest = append(l.rest[:0], p[end+1:]...)
	return strings.Split(text.String(), "\n"), nil
}

// splitAddress tells the network of an address: host:port is of tcp, unix:path of unix.
func splitAddress(address string) (network, name string) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return "unix", path
	}
	return "tcp", address
}
