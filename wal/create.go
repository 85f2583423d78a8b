package wal

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Create starts a new writer on the log in dir, which is made if it is missing. The
// epoch must be higher than that of every writer before; the caller makes sure that
// no other writer has it.
//
// The new writer reads what earlier writers left and begins its first segment with
// the list of what is valid. Frames at the end of the log that may not be durable,
// such as those of a writer whose sync has failed, are written anew into it. When
// Create returns, all that Records yields is durable.
//
// Errors: *CorruptError, *VersionError, *EpochError, or one of the file system.
func Create(ctx context.Context, e env.Env, dir string, epoch uint64, o Options) (*Log, error) {
	if o.SegmentBytes == 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.SegmentBytes < 0 {
		return nil, fmt.Errorf("log %s: Options.SegmentBytes is negative: %d", dir, o.SegmentBytes)
	}
	if err := env.MkdirAllSync(e.FS(), dir); err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	s, err := takeSurvey(e.FS(), dir)
	if err != nil {
		return nil, err
	}
	if s.newest >= epoch {
		return nil, &EpochError{Dir: dir, Epoch: epoch, Found: s.newest}
	}
	l := &Log{env: e, dir: dir, epoch: epoch, options: o, report: s.report()}
	if err := l.begin(s); err != nil {
		return nil, err
	}
	if o.Fence != nil {
		if err := o.Fence(ctx); err != nil {
			return nil, errors.Join(err, l.file.Close())
		}
	}
	return l, nil
}

// begin writes segment 0: the valid-to list and the doubtful tail of the log.
func (l *Log) begin(s *survey) error {
	id := segmentID{epoch: l.epoch}
	list := s.provenPart()
	l.first = id
	if len(list) > 0 {
		l.first = list[0].id
	}
	for _, entry := range list {
		l.segments = append(l.segments, entry.id)
	}
	l.segments = append(l.segments, id)

	begin := segmentHeader{id: id, first: l.first}.append(nil)
	l.offset = segmentHeaderSize
	begin = l.appendDoubtful(begin, appendValidTo(nil, s.tail, list), true)
	file, err := createFile(l.env.FS(), l.dir, id, begin)
	if err != nil {
		return err
	}
	l.file = file
	if err := l.copyTail(s); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := makeDurable(l.env.FS(), l.dir, file); err != nil {
		return errors.Join(err, file.Close())
	}
	l.synced = segmentAt{0, l.offset}
	return nil
}

// provenPart is the part of the log that is durable for certain, without segments that
// hold no record there.
func (s *survey) provenPart() []validTo {
	if !s.found {
		return nil
	}
	last := len(s.segments) - 1
	if s.records == 0 {
		return s.segments[:last]
	}
	return append(s.segments[:last:last], validTo{s.segments[last].id, s.proven})
}

// copyTail writes the records behind the part that is durable for certain into the
// new segment.
func (l *Log) copyTail(s *survey) error {
	if !s.found {
		return nil
	}
	tail := s.segments[len(s.segments)-1]
	from := Position{tail.id.epoch, tail.id.number, s.proven}
	var frames []byte
	var failed error
	_, err := s.readSegment(l.env.FS(), tail, from, func(record Record, _ error) bool {
		frames = l.appendDoubtful(frames, record.Payload, false)
		if len(frames) >= writeBytes {
			failed = l.writeFrames(frames)
			frames = frames[:0]
		}
		return failed == nil
	})
	return errors.Join(err, failed, l.writeFrames(frames))
}

// appendDoubtful appends a frame that claims nothing to be durable.
func (l *Log) appendDoubtful(dst, payload []byte, control bool) []byte {
	header := frameHeader{
		length:     len(payload),
		control:    control,
		behind:     behindOf(l.offset, 0),
		payloadCRC: crc32.Checksum(payload, castagnoli),
	}
	dst = header.append(dst, segmentID{epoch: l.epoch}, l.offset)
	l.offset += int64(frameHeaderSize + len(payload))
	return append(dst, payload...)
}

// createSegment makes a segment that has a header only, durably.
func createSegment(files env.FS, dir string, header segmentHeader) (env.File, error) {
	file, err := createFile(files, dir, header.id, header.append(nil))
	if err != nil {
		return nil, err
	}
	if err := makeDurable(files, dir, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func createFile(files env.FS, dir string, id segmentID, begin []byte) (env.File, error) {
	file, err := files.Create(dir + "/" + id.fileName())
	if err != nil {
		return nil, fmt.Errorf("create log segment: %w", err)
	}
	if _, err := file.Write(begin); err != nil {
		return nil, errors.Join(fmt.Errorf("write log segment: %w", err), file.Close())
	}
	return file, nil
}

// makeDurable syncs a new file and its entry in the directory.
func makeDurable(files env.FS, dir string, file env.File) error {
	if err := file.Sync(); err != nil {
		return err
	}
	if mutate.On(3) {
		return nil
	}
	if err := files.SyncDir(dir); err != nil {
		return fmt.Errorf("sync log directory: %w", err)
	}
	return nil
}
