package wal

import (
	"cmp"
	"errors"
	"fmt"
	"iter"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Position is the place of a record in a log. Positions are ordered as the records
// are.
type Position struct {
	Epoch   uint64 // of the writer
	Segment uint32 // number within the epoch
	Offset  int64  // in bytes
}

// Compare returns a negative number if p lies before q, a positive one if it lies
// behind q, and 0 if they are equal.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Epoch, q.Epoch), cmp.Compare(p.Segment, q.Segment), cmp.Compare(p.Offset, q.Offset))
}

// String returns the position as epoch-segment@offset.
func (p Position) String() string { return fmt.Sprintf("%d-%d@%d", p.Epoch, p.Segment, p.Offset) }

func (p Position) segment() segmentID { return segmentID{p.Epoch, p.Segment} }

// Record is one record of a log.
type Record struct {
	Position Position
	Payload  []byte // valid until the next record is asked for
}

// Records yields all valid records of a log in order; none if there is no such
// directory. It ends at a torn tail. An error ends it: a *CorruptError if the log is
// damaged, a *VersionError if it has another format, else that of the file system.
//
// It reads what is there when the iteration starts, and may run beside the log's
// writer as long as that does not remove segments.
func Records(e env.Env, dir string) iter.Seq2[Record, error] {
	return RecordsFrom(e, dir, Position{})
}

// RecordsFrom is Records for the records at and behind a position.
func RecordsFrom(e env.Env, dir string, from Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		files := e.FS()
		s, err := takeSurvey(files, dir)
		if err != nil {
			yield(Record{}, err)
			return
		}
		for _, segment := range s.segments {
			if !s.found || segment.id.less(from.segment()) {
				continue
			}
			ok, err := s.readSegment(files, segment, from, yield)
			if err != nil {
				yield(Record{}, err)
			}
			if err != nil || !ok {
				return
			}
		}
	}
}

// readSegment yields the records of a segment and reports whether more are wanted.
func (s *survey) readSegment(files env.FS, segment validTo, from Position, yield func(Record, error) bool) (more bool, err error) {
	r, _, _, err := s.open(files, segment.id, segment.end)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if segment.id == from.segment() && from.Offset > r.offset {
		r.offset = from.Offset
	}
	for r.offset < segment.end {
		f, ok, err := r.next()
		if err != nil {
			return false, err
		}
		if !ok {
			return false, r.corrupt("no valid frame here, but the segment was found valid up to offset %d", segment.end)
		}
		if f.control {
			continue
		}
		position := Position{segment.id.epoch, segment.id.number, f.offset}
		if !yield(Record{position, f.payload}, nil) {
			return false, nil
		}
	}
	return true, nil
}
