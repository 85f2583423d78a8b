package source

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/filelog"
)

const (
	readSize  = 256 << 10 // bytes asked of the file system at a time
	batchRows = 8192      // rows of a full batch
)

// lineReader gives the lines of segments one after the other, without their ends.
// A line belongs to the segment in which its first byte lies.
type lineReader struct {
	ctx      context.Context
	fs       env.FS
	segments []filelog.Segment // the current one first

	file   env.Reader
	buffer []byte // read, not yet given out; begins at position
	next   int    // in buffer: the first byte not given out
	read   int64  // in the file: the end of buffer
}

func newLineReader(ctx context.Context, fs env.FS, segments []filelog.Segment) *lineReader {
	return &lineReader{ctx: ctx, fs: fs, segments: segments}
}

// line returns the next line, valid until the next call, and where it begins in its
// file. The end is io.EOF.
func (l *lineReader) line() (line []byte, at int64, err error) {
	for {
		if l.file == nil {
			if len(l.segments) == 0 {
				return nil, 0, io.EOF
			}
			if err := l.open(); err != nil {
				return nil, 0, l.fail(err)
			}
		}
		at = l.position()
		if at >= l.segments[0].To {
			if err := l.closeFile(); err != nil {
				return nil, 0, l.fail(err)
			}
			l.segments = l.segments[1:]
			continue
		}
		line, err := l.cut()
		if err != nil {
			return nil, 0, l.fail(err)
		}
		return line, at, nil
	}
}

// position is where the next line begins.
func (l *lineReader) position() int64 { return l.read - int64(len(l.buffer)-l.next) }

func (l *lineReader) current() filelog.File { return l.segments[0].File }

func (l *lineReader) open() error {
	segment := l.segments[0]
	f, err := l.fs.Open(segment.File.Path)
	if err != nil {
		return err
	}
	l.file, l.buffer, l.next, l.read = f, l.buffer[:0], 0, segment.From
	if f.Size() < segment.File.Size {
		return fmt.Errorf("the file has shrunk from %d to %d bytes since it was found", segment.File.Size, f.Size())
	}
	if segment.From == 0 {
		return nil
	}
	// The line that the byte before belongs to is the segment's before this one.
	l.read--
	_, err = l.cut()
	return err
}

// cut takes a line from the buffer, reading on until it is complete.
func (l *lineReader) cut() ([]byte, error) {
	searched := l.next
	for {
		if i := bytes.IndexByte(l.buffer[searched:], '\n'); i >= 0 {
			line := l.buffer[l.next : searched+i]
			l.next = searched + i + 1
			return trim(line), nil
		}
		left := l.current().Size - l.read
		if left <= 0 {
			line := l.buffer[l.next:]
			l.next = len(l.buffer)
			return trim(line), nil
		}
		searched = len(l.buffer) - l.next
		if err := l.fill(left); err != nil {
			return nil, err
		}
	}
}

// fill moves what is left to the front of the buffer and reads on.
func (l *lineReader) fill(left int64) error {
	if err := l.ctx.Err(); err != nil {
		return context.Cause(l.ctx)
	}
	rest := copy(l.buffer, l.buffer[l.next:])
	want := rest + int(min(readSize, left))
	if cap(l.buffer) < want {
		grown := make([]byte, max(want, 2*cap(l.buffer)))
		copy(grown, l.buffer[:rest])
		l.buffer = grown
	}
	l.buffer, l.next = l.buffer[:want], 0
	n, err := l.file.ReadAt(l.buffer[rest:], l.read)
	l.read += int64(n)
	l.buffer = l.buffer[:rest+n]
	if n > 0 {
		return nil
	}
	if err == io.EOF {
		return fmt.Errorf("it ends at %d bytes, but had %d when it was found", l.read, l.current().Size)
	}
	return err
}

func (l *lineReader) fail(err error) error {
	return fmt.Errorf("read %s: %w", l.current().Path, err)
}

func (l *lineReader) closeFile() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// lineNumber returns the number, from 1, of the line that begins at an offset of
// the current file.
func (l *lineReader) lineNumber(at int64) int {
	number, chunk := 1, make([]byte, readSize)
	for from := int64(0); from < at; {
		n, err := l.file.ReadAt(chunk[:min(int64(len(chunk)), at-from)], from)
		number += bytes.Count(chunk[:n], []byte("\n"))
		if from += int64(n); n == 0 && err != nil {
			break
		}
	}
	return number
}

func trim(line []byte) []byte { return bytes.TrimSuffix(line, []byte("\r")) }
