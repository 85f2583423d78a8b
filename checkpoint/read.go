package checkpoint

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Snapshot is a verified snapshot to read from. It stays readable when the Store
// removes it. It is used by one activity at a time.
type Snapshot struct {
	id     id
	size   int64
	file   env.Reader
	blocks *blockReader
	block  []byte // what is left of the current one
	closed bool
}

// Name returns the name that the snapshot was saved under.
func (s *Snapshot) Name() string { return s.id.name }

// Version returns the version that the snapshot was saved as.
func (s *Snapshot) Version() int64 { return s.id.version }

// Size is the number of bytes that were saved.
func (s *Snapshot) Size() int64 { return s.size }

// Read reads on in what was saved, checking it once more.
func (s *Snapshot) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(s.block) == 0 {
		var err error
		if s.block, err = s.blocks.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.block)
	s.block = s.block[n:]
	return n, nil
}

// Close closes the file. Further calls do nothing.
func (s *Snapshot) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.file.Close()
}

// openSnapshot opens a file and verifies all of it.
func openSnapshot(ctx context.Context, fs env.FS, path string, i id) (*Snapshot, error) {
	file, err := fs.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open snapshot %v: %w", i, err)
	}
	s, err := verify(ctx, file, path, i)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

// verify reads all of a file once and returns the snapshot in it, to be read again.
func verify(ctx context.Context, file env.Reader, path string, i id) (*Snapshot, error) {
	blocks, err := newBlockReader(file, path, i)
	if err != nil {
		return nil, err
	}
	for err == nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		_, err = blocks.next()
	}
	if err != io.EOF {
		return nil, err
	}
	s := &Snapshot{id: i, size: int64(blocks.length), file: file}
	s.blocks, err = newBlockReader(file, path, i)
	return s, err
}

// blockReader reads the blocks of a snapshot's file one after another.
type blockReader struct {
	source *bufio.Reader
	path   string
	size   int64 // of the file
	key    uint32

	offset int64  // in the file, of the next block
	blocks uint64 // read so far
	length uint64 // of their content
	block  []byte
}

// newBlockReader reads and checks the header of the file of snapshot i.
func newBlockReader(file env.Reader, path string, i id) (*blockReader, error) {
	r := &blockReader{path: path, size: file.Size()}
	whole := io.NewSectionReader(file, 0, r.size)
	r.source = bufio.NewReaderSize(whole, int(min(r.size, maxBlock+blockHeader)))
	want, key := appendHeader(nil, i)
	prelude := make([]byte, preludeSize)
	if err := r.fill(prelude, "the header"); err != nil {
		return nil, err
	}
	found := prelude[len(magic)]
	sum := crc32.Checksum(prelude[:preludeSize-4], castagnoli)
	switch {
	case string(prelude[:len(magic)]) != magic:
		return nil, r.damaged("it does not begin as a snapshot does")
	case binary.LittleEndian.Uint32(prelude[preludeSize-4:]) != sum:
		return nil, r.damaged("the checksum of the format version is wrong")
	case found != formatVersion:
		return nil, &FormatError{File: path, Version: int(found)}
	}
	r.offset = preludeSize
	rest := make([]byte, len(want)-preludeSize)
	if err := r.fill(rest, "the header"); err != nil {
		return nil, err
	}
	if string(rest) != string(want[preludeSize:]) {
		return nil, r.damaged("its header is not that of snapshot %v", i)
	}
	r.offset, r.key = int64(len(want)), key
	return r, nil
}

// next returns the content of the next block, good until the next call, or io.EOF
// after an intact footer at the very end of the file.
func (r *blockReader) next() ([]byte, error) {
	var header [blockHeader]byte
	if err := r.fill(header[:], "a block's header"); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	sum := binary.LittleEndian.Uint32(header[4:])
	if length == 0 {
		return nil, r.footer(sum)
	}
	if length > maxBlock {
		return nil, r.damaged("a block of %d bytes is longer than %d", length, maxBlock)
	}
	if cap(r.block) < int(length) {
		r.block = make([]byte, length)
	}
	r.block = r.block[:length]
	if err := r.fill(r.block, "a block"); err != nil {
		return nil, err
	}
	if blockChecksum(r.key, r.offset, length, r.block) != sum {
		return nil, r.damaged("the checksum of a block of %d bytes is wrong", length)
	}
	r.offset += blockHeader + int64(length)
	r.blocks++
	r.length += uint64(length)
	return r.block, nil
}

// footer checks the footer behind its first eight bytes and returns io.EOF if all is
// well.
func (r *blockReader) footer(sum uint32) error {
	var rest [footerSize - blockHeader]byte
	if err := r.fill(rest[:], "the footer"); err != nil {
		return err
	}
	blocks, length := binary.LittleEndian.Uint64(rest[:]), binary.LittleEndian.Uint64(rest[8:])
	switch {
	case blockChecksum(r.key, r.offset, 0, rest[:]) != sum:
		return r.damaged("the checksum of the footer is wrong")
	case blocks != r.blocks || length != r.length:
		return r.damaged("the footer speaks of %d bytes in %d blocks, but there are %d in %d", length, blocks, r.length, r.blocks)
	case r.offset+footerSize != r.size:
		return r.damaged("%d bytes follow the footer", r.size-r.offset-footerSize)
	default:
		return io.EOF
	}
}

// fill reads the next len(p) bytes.
func (r *blockReader) fill(p []byte, what string) error {
	_, err := io.ReadFull(r.source, p)
	switch err {
	case nil:
		return nil
	case io.EOF, io.ErrUnexpectedEOF:
		return r.damaged("the file ends within %s", what)
	default:
		return fmt.Errorf("read snapshot %s: %w", r.path, err)
	}
}

func (r *blockReader) damaged(format string, args ...any) error {
	return &DamagedError{File: r.path, Offset: r.offset, Reason: fmt.Sprintf(format, args...)}
}
