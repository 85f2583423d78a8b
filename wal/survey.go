package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// survey is what a directory holds: the segments that make up the log, each with
// the offset up to which it is valid.
type survey struct {
	dir      string
	segments []validTo // in order; the last one may be torn behind its end
	newest   uint64    // the highest epoch of any segment file, valid or not
	found    bool      // whether there is any valid segment

	// Of the last segment:
	proven  int64 // durable for certain up to here: a later frame says so
	records int   // how many records end at or before proven
	tail    int64 // size of the frames of the records behind proven, in bytes
	torn    TornTail
}

// takeSurvey finds out which segments of a directory make up the log.
//
// The newest writer whose first segment is whole decides: what it lists, and what it
// wrote itself. A writer without such a segment died before it had promised
// anything, and its files do not exist.
func takeSurvey(files env.FS, dir string) (*survey, error) {
	ids, err := listSegments(files, dir)
	if err != nil {
		return nil, err
	}
	s := &survey{dir: dir}
	if len(ids) > 0 {
		s.newest = ids[len(ids)-1].epoch
	}
	for len(ids) > 0 && !s.found {
		epoch := ids[len(ids)-1].epoch
		from := slices.IndexFunc(ids, func(id segmentID) bool { return id.epoch == epoch })
		if err := s.surveyWriter(files, ids[from:]); err != nil {
			return nil, err
		}
		ids = ids[:from]
	}
	if !s.found {
		*s = survey{dir: dir, newest: s.newest}
	}
	return s, nil
}

// listSegments returns the segment files in a directory in order; none if there is
// no such directory.
func listSegments(files env.FS, dir string) ([]segmentID, error) {
	names, err := files.List(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list log %s: %w", dir, err)
	}
	var ids []segmentID
	for _, name := range names {
		if id, ok := parseFileName(name); ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, segmentID.compare)
	return ids, nil
}

// surveyWriter looks at the segment files of one epoch and fills s if they hold
// the log of a writer.
func (s *survey) surveyWriter(files env.FS, ids []segmentID) error {
	for i := len(ids) - 1; i >= 0; i-- {
		header, first, whole, err := s.surveyLast(files, ids[i])
		if err != nil {
			return err
		}
		if whole {
			return s.surveyEarlier(files, header, first)
		}
	}
	return nil
}

// surveyLast reads the newest segment of a writer to the end of its valid frames.
// It reports false for a segment whose making was interrupted by a crash: nothing
// in it was durable.
func (s *survey) surveyLast(files env.FS, id segmentID) (header segmentHeader, first segmentID, whole bool, err error) {
	r, header, whole, err := openSegment(files, s.dir, id)
	if err != nil {
		return header, first, false, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if !whole {
		r.offset = 0
	}
	var doubtful []frame // records behind s.proven, without payload
	var beginning int64  // where the frames end that segment 0 needs to count
	first = header.first
	s.proven, s.records, s.tail = 0, 0, 0
	for whole {
		f, ok, err := r.next()
		if err != nil {
			return header, first, false, err
		}
		if !ok {
			break
		}
		s.proven = max(s.proven, f.durableTo(f.offset))
		for len(doubtful) > 0 && doubtful[0].end() <= s.proven {
			doubtful = doubtful[1:]
			s.records++
		}
		if !f.control {
			f.payload = nil
			doubtful = append(doubtful, f)
		} else if removed, ok := decodeFirst(f.payload); ok {
			first = removed
		} else if tail, _, ok := decodeValidTo(f.payload); ok {
			beginning = f.end() + tail
		}
	}
	if mutate.On(5) && r.offset < r.limit {
		return header, first, false, r.corrupt("no valid frame here")
	}
	if r.offset < r.limit {
		at, err := r.durableAfter()
		if err != nil {
			return header, first, false, err
		}
		if at != 0 {
			return header, first, false, r.corrupt("no valid frame here, but a frame at offset %d says that this place was durable", at)
		}
	}
	if id.number == 0 && (beginning == 0 || r.offset < beginning) {
		whole = false
	}
	for _, f := range doubtful {
		s.tail += f.end() - f.offset
	}
	s.torn = TornTail{Segment: r.path, Offset: r.offset, Bytes: r.limit - r.offset}
	s.segments = []validTo{{id, r.offset}}
	return header, first, whole, nil
}

// surveyEarlier puts the segments before the last one, from first on, before it.
func (s *survey) surveyEarlier(files env.FS, last segmentHeader, first segmentID) error {
	s.found = true
	header := last
	for header.id.number > 0 && first.less(header.id) {
		previous := segmentID{header.id.epoch, header.id.number - 1}
		end := header.previousEnd
		r, h, ok, err := s.open(files, previous, end)
		if err != nil {
			return err
		}
		if err := r.close(); err != nil {
			return err
		}
		if !ok {
			r.offset = 0
			return r.corrupt("its header is damaged, but later segments exist")
		}
		s.segments = append(s.segments, validTo{previous, end})
		header = h
	}
	if first.epoch < last.id.epoch {
		list, err := s.readValidTo(files, header.id)
		if err != nil {
			return err
		}
		for _, entry := range slices.Backward(list) {
			if entry.id.less(first) {
				break
			}
			if mutate.On(7) {
				if entry.end, err = s.endOfFrames(files, entry.id); err != nil {
					return err
				}
			}
			r, _, ok, err := s.open(files, entry.id, entry.end)
			if err != nil {
				return err
			}
			if err := r.close(); err != nil {
				return err
			}
			if !ok {
				r.offset = 0
				return r.corrupt("its header is damaged, but a later writer found it valid")
			}
			s.segments = append(s.segments, entry)
		}
	}
	slices.Reverse(s.segments)
	return nil
}

// open opens a segment that must be there with at least the given size.
func (s *survey) open(files env.FS, id segmentID, end int64) (*segmentReader, segmentHeader, bool, error) {
	r, h, ok, err := openSegment(files, s.dir, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, h, false, &CorruptError{Segment: s.dir + "/" + id.fileName(), Reason: "the file is missing, but the log needs it"}
	}
	if err != nil {
		return nil, h, false, err
	}
	if r.limit < end {
		r.offset = r.limit
		err := r.corrupt("the file ends here, but was durable up to offset %d", end)
		return nil, h, false, errors.Join(err, r.close())
	}
	r.limit = end
	return r, h, ok, nil
}

// readValidTo reads the list with which segment 0 of a writer begins.
func (s *survey) readValidTo(files env.FS, id segmentID) (list []validTo, err error) {
	r, _, _, err := s.open(files, id, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	r.limit = r.file.Size()
	f, whole, err := r.next()
	if err != nil {
		return nil, err
	}
	if _, list, ok := decodeValidTo(f.payload); ok && whole && f.control && id.number == 0 {
		return list, nil
	}
	r.offset = segmentHeaderSize
	return nil, r.corrupt("the valid-to list of earlier segments is damaged")
}

// endOfFrames is where the frames of a segment end, whatever a later writer says. It
// serves a mutant.
func (s *survey) endOfFrames(files env.FS, id segmentID) (end int64, err error) {
	r, _, _, err := s.open(files, id, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	r.limit = r.file.Size()
	for whole := true; whole && err == nil; {
		_, whole, err = r.next()
	}
	return r.offset, err
}
