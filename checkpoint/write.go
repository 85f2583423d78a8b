package checkpoint

import (
	"context"
	"encoding/binary"

	"github.com/tidewheel/tidewheel/internal/env"
)

// writer cuts what is written to it into blocks. Its first error sticks.
type writer struct {
	ctx       context.Context
	file      env.File
	key       uint32
	blockSize int

	offset int64  // in the file, of the next block
	block  []byte // the next block, with room for its header
	blocks uint64
	length uint64 // of all content
	err    error
}

// newWriter writes the header of a snapshot's file.
func newWriter(ctx context.Context, e env.Env, file env.File, i id) *writer {
	w := &writer{ctx: ctx, file: file, blockSize: maxBlock}
	if e.Buggify("checkpoint: small blocks") {
		w.blockSize = 7
	}
	header, key := appendHeader(nil, i)
	w.key = key
	w.put(header)
	w.block = make([]byte, blockHeader, blockHeader+w.blockSize)
	return w
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	written := 0
	for w.err == nil && written < len(p) {
		n := min(len(p)-written, blockHeader+w.blockSize-len(w.block))
		w.block = append(w.block, p[written:written+n]...)
		written += n
		if len(w.block) == blockHeader+w.blockSize {
			w.flush()
		}
	}
	return written, w.err
}

// flush writes the block.
func (w *writer) flush() {
	content := w.block[blockHeader:]
	length := uint32(len(content))
	binary.LittleEndian.PutUint32(w.block, length)
	binary.LittleEndian.PutUint32(w.block[4:], blockChecksum(w.key, w.offset, length, content))
	w.put(w.block)
	w.blocks++
	w.length += uint64(length)
	w.block = w.block[:blockHeader]
}

// finish writes what is left and the footer.
func (w *writer) finish() error {
	if len(w.block) > blockHeader {
		w.flush()
	}
	var footer [footerSize]byte
	binary.LittleEndian.PutUint64(footer[8:], w.blocks)
	binary.LittleEndian.PutUint64(footer[16:], w.length)
	binary.LittleEndian.PutUint32(footer[4:], blockChecksum(w.key, w.offset, 0, footer[8:]))
	w.put(footer[:])
	return w.err
}

func (w *writer) put(p []byte) {
	if w.err == nil && w.ctx.Err() != nil {
		w.err = context.Cause(w.ctx)
	}
	if w.err != nil {
		return
	}
	_, w.err = w.file.Write(p)
	w.offset += int64(len(p))
}
