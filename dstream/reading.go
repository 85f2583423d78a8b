package dstream

import (
	"encoding/binary"
	"fmt"
)

// reading takes numbers from the front of stored bytes and keeps the first error.
type reading struct {
	data []byte
	err  error
}

func (r *reading) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	value, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.err = fmt.Errorf("stored state ends within a number, %d bytes before its end", len(r.data))
		return 0
	}
	r.data = r.data[n:]
	return value
}

// count is a number of things that each take at least a byte of what is left.
func (r *reading) count() int {
	n := r.uvarint()
	if r.err == nil && n > uint64(len(r.data)) {
		r.err = fmt.Errorf("stored state announces %d entries in %d bytes", n, len(r.data))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}
