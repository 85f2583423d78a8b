package journal

import (
	"encoding/binary"
	"errors"
	"time"
)

// A journal is a directory:
//
//	format         one line: "tidewheel", kind, format version, id, checksum
//	lock           held by the writer
//	epoch/<E>      claims writer epoch E; made exclusively, never removed
//	epoch/first-…  says on which id the first start has decided
//	log/           the log (package wal), whose records are the frames below
//
// A frame is a byte that says what it is, and fields. Numbers are uvarints unless
// said otherwise; strings and bytes have their length before them.
//
//	P  plan      batch, seconds (varint) and nanoseconds of the time, partitions,
//	             fingerprint (8 bytes, little endian), ranges, watermarks
//	S  state     epoch, batch, and then changes to the end of the frame. A change is
//	             the group times two, plus one if the operator is another than that of
//	             the change before; then that operator, if so; the data
//	T  prepared  epoch, batch, answers: the batch can only be finished now
//	V  revoked   batch: it is not prepared any more, and runs again
//	D  done      epoch, batch, answers
//	N  snapshot  operator, from, to, version
//	R  retained  the last batch whose frames may have been removed; the number of
//	             snapshots that are still the newest of some group; these, as in N
//
// The state frames of a batch belong to the prepared frame of the same epoch that was
// not revoked, or, if there is none, to the done frame. Those of a writer that died
// before it are followed by no such frame, and do not count.
const (
	framePlan     = 'P'
	frameState    = 'S'
	framePrepared = 'T'
	frameRevoked  = 'V'
	frameDone     = 'D'
	frameSnapshot = 'N'
	frameRetained = 'R'
)

// retained says what the log no longer shows.
type retained struct {
	through   int64 // last batch whose frames may have been removed, -1 for none
	snapshots []Snapshot
}

func appendPlan(dst []byte, p Plan) []byte {
	dst = append(dst, framePlan)
	dst = binary.AppendUvarint(dst, uint64(p.Batch))
	dst = binary.AppendVarint(dst, p.Time.Unix())
	dst = binary.AppendUvarint(dst, uint64(p.Time.Nanosecond()))
	dst = binary.AppendUvarint(dst, uint64(p.Partitions))
	dst = binary.LittleEndian.AppendUint64(dst, p.Fingerprint)
	dst = appendBytes(dst, p.Ranges)
	return appendBytes(dst, p.Watermarks)
}

// appendDone appends a done frame, or a prepared frame, which has the same fields.
func appendDone(dst []byte, kind byte, epoch uint64, d Done) []byte {
	dst = append(dst, kind)
	dst = binary.AppendUvarint(dst, epoch)
	dst = binary.AppendUvarint(dst, uint64(d.Batch))
	return appendBytes(dst, d.Answers)
}

func appendRevoked(dst []byte, batch int64) []byte {
	return binary.AppendUvarint(append(dst, frameRevoked), uint64(batch))
}

// appendStateHeader begins a state frame; appendChange goes on.
func appendStateHeader(dst []byte, epoch uint64, batch int64) []byte {
	dst = append(dst, frameState)
	dst = binary.AppendUvarint(dst, epoch)
	return binary.AppendUvarint(dst, uint64(batch))
}

func appendChange(dst []byte, c Change, before string, isFirst bool) []byte {
	if !isFirst && c.Operator == before {
		dst = binary.AppendUvarint(dst, uint64(c.Group)<<1)
	} else {
		dst = binary.AppendUvarint(dst, uint64(c.Group)<<1|1)
		dst = appendBytes(dst, c.Operator)
	}
	return appendBytes(dst, c.Data)
}

func appendSnapshot(dst []byte, s Snapshot) []byte {
	return appendSnapshotFields(append(dst, frameSnapshot), s)
}

func appendSnapshotFields(dst []byte, s Snapshot) []byte {
	dst = appendBytes(dst, s.Operator)
	dst = binary.AppendUvarint(dst, uint64(s.From))
	dst = binary.AppendUvarint(dst, uint64(s.To))
	return binary.AppendUvarint(dst, uint64(s.Version))
}

func appendRetained(dst []byte, r retained) []byte {
	dst = append(dst, frameRetained)
	dst = binary.AppendUvarint(dst, uint64(r.through))
	dst = binary.AppendUvarint(dst, uint64(len(r.snapshots)))
	for _, s := range r.snapshots {
		dst = appendSnapshotFields(dst, s)
	}
	return dst
}

func appendBytes[B []byte | string](dst []byte, b B) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

var errMalformed = errors.New("malformed frame")

// decoder reads the fields of a frame. After the first failure all fields are zero
// and failed is set.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) uvarint() uint64 {
	value, n := binary.Uvarint(d.rest)
	return advance(d, value, n)
}

func (d *decoder) varint() int64 {
	value, n := binary.Varint(d.rest)
	return advance(d, value, n)
}

func (d *decoder) fixed64() uint64 {
	if len(d.rest) < 8 {
		return advance(d, uint64(0), 0)
	}
	return advance(d, binary.LittleEndian.Uint64(d.rest), 8)
}

func advance[N uint64 | int64](d *decoder, value N, n int) N {
	if n <= 0 || d.failed {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

func (d *decoder) fail() { d.rest, d.failed = nil, true }

// number reads a uvarint that must not exceed a limit.
func (d *decoder) number(limit uint64) int64 {
	value := d.uvarint()
	if value > limit {
		d.fail()
		return 0
	}
	return int64(value)
}

func (d *decoder) batch() int64 { return d.number(1<<63 - 1) }

// maxGroup bounds the numbers of key groups that are believed.
const maxGroup = 1 << 20

func (d *decoder) group() int { return int(d.number(maxGroup)) }

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

// err is errMalformed unless the fields were there and nothing lies behind them.
func (d *decoder) err() error {
	if d.failed || len(d.rest) > 0 {
		return errMalformed
	}
	return nil
}

func decodePlan(fields []byte) (Plan, error) {
	d := decoder{rest: fields}
	p := Plan{Batch: d.batch()}
	seconds := d.varint()
	p.Time = time.Unix(seconds, d.number(999_999_999)).UTC()
	p.Partitions = int(d.number(1<<31 - 1))
	p.Fingerprint = d.fixed64()
	p.Ranges, p.Watermarks = d.bytes(), d.bytes()
	return p, d.err()
}

func decodeDone(fields []byte) (epoch uint64, done Done, err error) {
	d := decoder{rest: fields}
	epoch, done.Batch, done.Answers = d.uvarint(), d.batch(), d.bytes()
	return epoch, done, d.err()
}

func decodeRevoked(fields []byte) (batch int64, err error) {
	d := decoder{rest: fields}
	batch = d.batch()
	return batch, d.err()
}

func decodeSnapshot(fields []byte) (Snapshot, error) {
	d := decoder{rest: fields}
	s := d.snapshot()
	return s, d.err()
}

func (d *decoder) snapshot() (s Snapshot) {
	s.Operator = string(d.bytes())
	s.From, s.To = d.group(), d.group()
	s.Version = d.batch()
	if s.From >= s.To {
		d.fail()
	}
	return s
}

func decodeRetained(fields []byte) (r retained, err error) {
	d := decoder{rest: fields}
	r.through = d.batch()
	for n := d.uvarint(); n > 0 && !d.failed; n-- {
		r.snapshots = append(r.snapshots, d.snapshot())
	}
	return r, d.err()
}

// stateFrame is a state frame being read, one change after the other.
type stateFrame struct {
	epoch   uint64
	batch   int64
	changes decoder
	change  Change // the current one
}

func decodeState(fields []byte) stateFrame {
	d := decoder{rest: fields}
	s := stateFrame{epoch: d.uvarint(), batch: d.batch()}
	s.changes = d
	return s
}

// next reads the next change into s.change and reports whether there was one.
func (s *stateFrame) next() bool {
	d := &s.changes
	if len(d.rest) == 0 {
		return false
	}
	s.change.Batch = s.batch
	tag := d.number(maxGroup<<1 | 1)
	s.change.Group = int(tag >> 1)
	if tag&1 == 1 {
		if operator := d.bytes(); string(operator) != s.change.Operator {
			s.change.Operator = string(operator)
		}
	}
	s.change.Data = d.bytes()
	return !d.failed
}

func (s *stateFrame) err() error { return s.changes.err() }
