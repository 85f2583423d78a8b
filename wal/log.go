package wal

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// Options configure a log.
type Options struct {
	// SegmentBytes is the size at which a segment ends and the next one begins;
	// 64 MiB if zero. A record that is larger gets a segment of its own.
	SegmentBytes int64

	// Fence is called after each sync, before anyone learns that it succeeded. Its
	// error poisons the log, unless ctx is done. It says that a newer writer has taken
	// over; nil means that nobody can.
	Fence func(context.Context) error
}

const (
	defaultSegmentBytes = 64 << 20
	writeBytes          = 1 << 20 // an append that fills the buffer to this size writes it out
	bufferLimit         = 8 << 20 // an append waits while the buffer is larger
)

// Log is the writing end of a log. Its methods may be called by several activities
// at once.
//
// Appends encode frames into a buffer and give them their place, including the
// segment. One activity at a time is the leader: it takes the whole buffer, writes
// it, rolls segments where the buffer says so, and syncs. Those who need what the
// leader is about to finish wait for the end of its round.
type Log struct {
	env     env.Env
	dir     string
	epoch   uint64
	options Options
	report  Report

	//det:lock the fields below; never held across a call of the Env
	mu       sync.Mutex
	buffer   []byte    // frames that no leader has taken yet
	rolls    []roll    // where in the buffer the next segment begins
	spare    []byte    // the buffer of the last round, to be used again
	number   uint32    // segment of the next frame
	offset   int64     // place of the next frame in it
	synced   segmentAt // the end of what is durable
	appended uint64    // bytes of frames appended since the log was created
	durable  uint64    // how many of these are durable
	first    segmentID // the oldest segment still needed
	segments []segmentID
	round    *env.Latch // set at the end of the leader's round; nil if there is no leader
	err      error      // why the log takes no more
	closed   bool

	file env.File // the current segment, nil if it could not be made; the leader's
}

// roll is a place in the buffer where a new segment begins.
type roll struct {
	at     int // in the buffer
	header segmentHeader
}

type segmentAt struct {
	number uint32
	offset int64
}

// Report says what the log consisted of when it was created, before its own first
// segment, and how much of a torn tail was dropped.
func (l *Log) Report() Report { return l.report }

// Append adds a record to the buffer, copying it, and returns the place that it will
// have. The record is durable after the next Sync. Records appended by one activity
// keep their order.
//
// The log may write the buffer out at any time, and does so when it grows large:
// after a crash any number of the records that were not synced may be there, but
// none without all before it.
func (l *Log) Append(record []byte) (Position, error) {
	if len(record) > MaxRecord {
		return Position{}, fmt.Errorf("log %s: record of %d bytes is larger than %d", l.dir, len(record), MaxRecord)
	}
	crc := crc32.Checksum(record, castagnoli)
	early := l.env.Buggify("wal/roll")
	l.mu.Lock()
	for len(l.buffer) > bufferLimit && l.err == nil {
		l.mu.Unlock()
		if err := l.advance(context.Background(), false); err != nil {
			return Position{}, err
		}
		l.mu.Lock()
	}
	if l.err != nil {
		defer l.mu.Unlock()
		return Position{}, l.err
	}
	position := l.add(record, crc, false, early)
	full := len(l.buffer) >= writeBytes && l.round == nil
	l.mu.Unlock()
	if full {
		return position, l.advance(context.Background(), false)
	}
	return position, nil
}

// add puts a frame into the buffer, in a new segment if that is due or early is
// set. The caller holds the mutex.
func (l *Log) add(payload []byte, crc uint32, control, early bool) Position {
	size := int64(frameHeaderSize + len(payload))
	if l.offset > segmentHeaderSize && (early || l.offset+size > l.options.SegmentBytes) {
		l.number++
		header := segmentHeader{id: segmentID{l.epoch, l.number}, first: l.first, previousEnd: l.offset}
		l.rolls = append(l.rolls, roll{len(l.buffer), header})
		l.offset = segmentHeaderSize
	}
	durable := int64(segmentHeaderSize)
	if l.synced.number == l.number {
		durable = l.synced.offset
	}
	id := segmentID{l.epoch, l.number}
	header := frameHeader{
		length:     len(payload),
		control:    control,
		behind:     behindOf(l.offset, durable),
		payloadCRC: crc,
	}
	position := Position{l.epoch, l.number, l.offset}
	l.buffer = header.append(l.buffer, id, l.offset)
	l.buffer = append(l.buffer, payload...)
	l.offset += size
	l.appended += uint64(size)
	return position
}

// Sync makes durable all that was appended before the call. Its error, a
// *PoisonedError, means that nobody knows whether it is; the log takes no more then.
// If ctx is done first, its cause is returned and the sync may still happen.
func (l *Log) Sync(ctx context.Context) error {
	l.mu.Lock()
	target := l.appended
	for l.durable < target && l.err == nil {
		l.mu.Unlock()
		if err := l.advance(ctx, true); err != nil {
			return err
		}
		l.mu.Lock()
	}
	defer l.mu.Unlock()
	if l.durable >= target {
		return nil
	}
	return l.err
}

// Err returns why the log takes no more records: a *PoisonedError or ErrClosed. It is
// nil while it does.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// advance leads a round, or waits for the end of the one that is going on.
func (l *Log) advance(ctx context.Context, sync bool) error {
	l.mu.Lock()
	if round := l.round; round != nil {
		l.mu.Unlock()
		return round.Wait(ctx, l.env)
	}
	if l.err != nil {
		defer l.mu.Unlock()
		return l.err
	}
	round := new(env.Latch)
	l.round = round
	frames, rolls := l.buffer, l.rolls
	l.buffer, l.rolls, l.spare = l.spare[:0], nil, nil
	appended, end := l.appended, segmentAt{l.number, l.offset}
	l.mu.Unlock()

	err := l.write(frames, rolls, sync)
	var givenUp error
	if err == nil && sync {
		err, givenUp = l.fence(ctx)
	}

	l.mu.Lock()
	if err != nil && l.err == nil {
		l.err = &PoisonedError{Dir: l.dir, Cause: err}
	}
	if err == nil && givenUp == nil && sync {
		l.durable, l.synced = appended, end
	}
	if err = l.err; err == nil {
		err = givenUp
	}
	if cap(frames) <= 2*bufferLimit {
		l.spare = frames
	}
	l.round = nil
	l.mu.Unlock()
	round.Set()
	return err
}

// fence asks the fence. If ctx is done first nobody knows: the sync must be repeated, but
// the log is as good as before.
func (l *Log) fence(ctx context.Context) (failed, givenUp error) {
	if l.options.Fence == nil {
		return nil, nil
	}
	err := l.options.Fence(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	return err, nil
}

// write writes frames, rolls segments, and syncs. Only the leader calls it.
func (l *Log) write(frames []byte, rolls []roll, sync bool) error {
	from := 0
	for _, roll := range rolls {
		if err := l.writeFrames(frames[from:roll.at]); err != nil {
			return err
		}
		from = roll.at
		if err := l.roll(roll.header); err != nil {
			return err
		}
	}
	if err := l.writeFrames(frames[from:]); err != nil || !sync {
		return err
	}
	return l.syncFile()
}

// syncFile syncs the current segment. As a mutant it believes a second sync.
func (l *Log) syncFile() error {
	err := l.file.Sync()
	if err == nil || !mutate.On(8) {
		return err
	}
	again, err := l.env.FS().OpenAppend(l.dir + "/" + segmentID{l.epoch, l.synced.number}.fileName())
	if err != nil {
		return err
	}
	return errors.Join(again.Sync(), again.Close())
}

func (l *Log) writeFrames(frames []byte) error {
	if len(frames) == 0 {
		return nil
	}
	_, err := l.file.Write(frames)
	return err
}

// roll ends the current segment and begins the next. The order matters: the header
// of the next segment says that this one is durable to its end, and a frame in it
// that its header and its name are.
func (l *Log) roll(header segmentHeader) error {
	if err := l.file.Sync(); err != nil {
		return err
	}
	if err := l.file.Close(); err != nil {
		return err
	}
	file, err := createSegment(l.env.FS(), l.dir, header)
	l.file = file
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.segments = append(l.segments, header.id)
	l.mu.Unlock()
	return nil
}

// Close makes durable what was appended, unless the log is poisoned, and ends it.
// Calls after the first return nil.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.mu.Unlock()
	ctx := context.Background()
	err := l.Sync(ctx)
	l.mu.Lock()
	l.closed = true
	if l.err == nil {
		l.err = ErrClosed
	}
	round := l.round
	l.mu.Unlock()
	if round != nil {
		if err := round.Wait(ctx, l.env); err != nil {
			return err
		}
	}
	if l.file == nil {
		return err
	}
	return errors.Join(err, l.file.Close())
}
