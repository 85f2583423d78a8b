package wal

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// readBytes is how much of a segment is read at once.
const readBytes = 256 << 10

// segmentReader reads the frames of one segment up to a limit.
type segmentReader struct {
	file   env.Reader
	path   string
	id     segmentID
	limit  int64  // frames end here
	offset int64  // of the next frame
	buffer []byte // the bytes of the file from start on that have been read
	start  int64
}

// frame is one frame of a segment. The payload is valid until the next is read.
type frame struct {
	frameHeader
	offset  int64
	payload []byte
}

func (f frame) end() int64 { return f.offset + frameHeaderSize + int64(f.length) }

// openSegment opens a segment and reads its header. If the header is not intact,
// the error is nil and ok is false; the reader is open in either case.
func openSegment(fs env.FS, dir string, id segmentID) (r *segmentReader, h segmentHeader, ok bool, err error) {
	path := dir + "/" + id.fileName()
	file, err := fs.Open(path)
	if err != nil {
		return nil, h, false, fmt.Errorf("open log segment: %w", err)
	}
	r = &segmentReader{file: file, path: path, id: id, limit: file.Size(), offset: segmentHeaderSize}
	b := make([]byte, min(segmentHeaderSize, file.Size()))
	if _, err := file.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, h, false, errors.Join(fmt.Errorf("read header of log segment %s: %w", path, err), r.close())
	}
	h, version, ok := decodeSegmentHeader(b)
	if !ok && version != 0 && version != formatVersion {
		return nil, h, false, errors.Join(&VersionError{Segment: path, Version: version}, r.close())
	}
	return r, h, ok && h.id == id, nil
}

func (r *segmentReader) close() error { return r.file.Close() }

// next reads the frame at r.offset. At the limit, and where no intact frame is, it
// reports false.
func (r *segmentReader) next() (f frame, ok bool, err error) {
	b, err := r.bytes(r.offset, frameHeaderSize)
	if err != nil {
		return f, false, err
	}
	f.offset = r.offset
	if f.frameHeader, ok = decodeFrameHeader(b, r.id, f.offset); !ok || f.end() > r.limit {
		return f, false, nil
	}
	if f.payload, err = r.bytes(f.offset+frameHeaderSize, f.length); err != nil {
		return f, false, err
	}
	if crc32.Checksum(f.payload, castagnoli) != f.payloadCRC && !mutate.On(6) {
		return f, false, nil
	}
	r.offset = f.end()
	return f, true, nil
}

// durableAfter looks behind the place where the frames end for the header of a
// frame that was made when that place was durable, and returns its offset, or 0.
func (r *segmentReader) durableAfter() (int64, error) {
	for at := r.offset; at+frameHeaderSize <= r.limit; at++ {
		b, err := r.bytes(at, frameHeaderSize)
		if err != nil {
			return 0, err
		}
		if h, ok := decodeFrameHeader(b, r.id, at); ok && h.durableTo(at) > r.offset {
			return at, nil
		}
	}
	return 0, nil
}

// corrupt returns the error for a place that is damaged though it was durable.
func (r *segmentReader) corrupt(reason string, args ...any) error {
	return &CorruptError{Segment: r.path, Offset: r.offset, Reason: fmt.Sprintf(reason, args...)}
}

// bytes returns n bytes of the file from the given offset, fewer at its end. They
// are valid until the next call.
func (r *segmentReader) bytes(offset int64, n int) ([]byte, error) {
	from := offset - r.start
	if from < 0 || from+int64(n) > int64(len(r.buffer)) {
		if err := r.fill(offset, n); err != nil {
			return nil, err
		}
		from = 0
	}
	have := r.buffer[min(from, int64(len(r.buffer))):]
	return have[:min(n, len(have))], nil
}

// fill reads at least n bytes from the given offset into the buffer, if the file
// has them.
func (r *segmentReader) fill(offset int64, n int) error {
	size := int(max(0, min(int64(max(n, readBytes)), r.file.Size()-offset)))
	if cap(r.buffer) < size {
		r.buffer = make([]byte, size)
	}
	r.buffer, r.start = r.buffer[:size], offset
	read, err := r.file.ReadAt(r.buffer, offset)
	if err != nil && !(err == io.EOF && read == size) {
		r.buffer = r.buffer[:0]
		return fmt.Errorf("read log segment %s at offset %d: %w", r.path, offset, err)
	}
	return nil
}
