package snapshots

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/journal"
)

// A snapshot is kept by package checkpoint, which has its checksums, under the name
// <operator>.<from>-<to> and the number of the batch after which it was taken:
//
//	byte     format, 1
//	then for each key group in [from, to):
//	4 bytes  length, little endian
//	         the state of the group, as the operator writes it
const format = 1

func fileName(s journal.Snapshot) string { return fmt.Sprintf("%s.%d-%d", s.Operator, s.From, s.To) }

// image is the copy of some key groups, as it will be written.
type image struct{ bytes []byte }

// Write implements io.Writer.
func (m *image) Write(p []byte) (int, error) {
	m.bytes = append(m.bytes, p...)
	return len(p), nil
}

func (m *image) reset() { m.bytes = append(m.bytes[:0], format) }

// add appends a key group and returns its size.
func (m *image) add(state State, group int) (size int64, err error) {
	start := len(m.bytes)
	m.bytes = append(m.bytes, 0, 0, 0, 0)
	if err := state.Snapshot(group, m); err != nil {
		return 0, err
	}
	length := len(m.bytes) - start - 4
	if length > 1<<32-1 {
		return 0, fmt.Errorf("it has %d bytes, more than 4 GiB", length)
	}
	binary.LittleEndian.PutUint32(m.bytes[start:], uint32(length))
	return int64(length), nil
}

// readGroups calls visit for each of the key groups of a snapshot. What visit leaves of
// a group is passed over.
func readGroups(r io.Reader, from, to int, visit func(group int, size int64, state io.Reader) error) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:1]); err != nil {
		return err
	}
	if head[0] != format {
		return fmt.Errorf("it has format %d, and this version of tidewheel reads format %d", head[0], format)
	}
	for group := from; group < to; group++ {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return fmt.Errorf("key group %d: %w", group, unexpected(err))
		}
		size := int64(binary.LittleEndian.Uint32(head[:]))
		state := &io.LimitedReader{R: r, N: size}
		err := visit(group, size, state)
		if err == nil {
			_, err = io.CopyN(io.Discard, r, state.N)
		}
		if err != nil {
			return fmt.Errorf("key group %d: %w", group, unexpected(err))
		}
	}
	if n, _ := io.ReadFull(r, head[:1]); n > 0 {
		return errors.New("it goes on after its last key group")
	}
	return nil
}

// unexpected is what the end of the input is within a snapshot.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
