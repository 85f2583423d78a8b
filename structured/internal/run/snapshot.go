package run

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/keyed"
)

// Snapshot writes the state of all key groups:
//
//	uvarint length of the first group's state | the state | … the next group's …
//
// as each machine writes it; a group without state has length 0.
func (o *Operator) Snapshot(w io.Writer) error {
	var group bytes.Buffer
	var length []byte
	for g := range keyed.Groups {
		group.Reset()
		if err := o.machine(g).Snapshot(g, &group); err != nil {
			return fmt.Errorf("key group %d: %w", g, err)
		}
		length = binary.AppendUvarint(length[:0], uint64(group.Len()))
		if _, err := w.Write(length); err != nil {
			return err
		}
		if _, err := w.Write(group.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// Restore reads what Snapshot wrote, before the first batch, into any number of
// partitions.
func (o *Operator) Restore(r io.Reader) error {
	in := bufio.NewReader(r)
	for g := range keyed.Groups {
		length, err := binary.ReadUvarint(in)
		if err != nil {
			return fmt.Errorf("key group %d: %w", g, err)
		}
		if length == 0 {
			continue
		}
		limited := &io.LimitedReader{R: in, N: int64(length)}
		if err := o.machine(g).Restore(g, limited); err != nil {
			return fmt.Errorf("key group %d: %w", g, err)
		}
		if _, err := io.Copy(io.Discard, limited); err != nil {
			return err
		}
	}
	return nil
}

// MoveTo makes the state of another operator, which has run no batch yet, the same.
func (o *Operator) MoveTo(other *Operator) error {
	var state bytes.Buffer
	if err := o.Snapshot(&state); err != nil {
		return err
	}
	return other.Restore(&state)
}
