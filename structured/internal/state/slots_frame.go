package state

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// A frame of slots has what changed in one key group, or, in a snapshot, all of it:
//
//	byte     version, 2
//	uvarint  key group
//	uvarint  the next serial number
//	uvarint  number of entries that were removed
//	then for each: uvarint serial number, key columns
//	uvarint  number of entries that are new, or that changed
//	then for each: uvarint serial number, byte 0 (it stays) or 1 and varint expiry,
//	         key columns, columns of its owner
//
// Columns are in the form of vector.Column.AppendBinary. An entry that expired by the
// watermark is not removed in a frame: that follows from the watermark.
const slotsFrameVersion = 2

// owner keeps what entries hold.
type owner interface {
	// gather appends what these entries hold to columns.
	gather(columns []vector.Column, slots []int32)

	// scatter lets these entries, which are new, hold the rows of columns. The error says
	// what is malformed in them; then nothing has changed.
	scatter(columns []vector.Column, slots []int32) error
}

// slotsFrames makes and reads frames of slots.
type slotsFrames struct {
	slots *slots
	owner owner
	keys  int           // how many key columns there are
	batch *vector.Batch // key columns, then the owner's

	bytes   []byte
	touched []int32
	dead    []int32 // of a frame: those that were removed
	live    []int32 // and the others
	numbers []int32
	columns []*vector.Column // the key columns of batch
	serials []uint64         // of the rows in batch
	expiry  []int64
}

func newSlotsFrames(s *slots, o owner, keys, held []types.Type) *slotsFrames {
	f := &slotsFrames{slots: s, owner: o, keys: len(keys)}
	var schema types.Schema
	for _, t := range slices.Concat(keys, held) {
		schema.Fields = append(schema.Fields, types.Nullable("", t))
	}
	f.batch = vector.NewBatch(schema)
	for i := range keys {
		f.columns = append(f.columns, &f.batch.Columns[i])
	}
	return f
}

// changes calls visit for each key group, ascending, that the epoch changed, with a
// frame of what it changed. changed are old entries of which the owner changed what
// they hold.
func (f *slotsFrames) changes(mark int64, changed []int32, visit func(group int, frame []byte) error) error {
	s := f.slots
	f.touched = f.touched[:0]
	for _, slot := range s.inserted {
		if s.life[slot] == fresh {
			f.touched = append(f.touched, slot)
		}
	}
	for _, slot := range s.removed {
		if s.expiry[slot] > mark { // else it expired
			f.touched = append(f.touched, slot)
		}
	}
	for _, slot := range changed {
		if s.life[slot] == old {
			f.touched = append(f.touched, slot)
		}
	}
	slices.SortFunc(f.touched, s.byGroup)
	for rest := f.touched; len(rest) > 0; {
		group, n := s.group(rest[0]), 1
		for n < len(rest) && s.group(rest[n]) == group {
			n++
		}
		if err := visit(group, f.encode(group, rest[:n])); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// encode makes a frame of entries of one key group, those that were removed among
// them.
func (f *slotsFrames) encode(group int, list []int32) []byte {
	s := f.slots
	dead, live := f.dead[:0], f.live[:0]
	for _, slot := range list {
		if s.isLive(slot) {
			live = append(live, slot)
		} else {
			dead = append(dead, slot)
		}
	}
	f.dead, f.live = dead, live
	f.bytes = append(f.bytes[:0], slotsFrameVersion)
	f.bytes = binary.AppendUvarint(f.bytes, uint64(group))
	f.bytes = binary.AppendUvarint(f.bytes, s.serials[group])
	f.bytes = binary.AppendUvarint(f.bytes, uint64(len(dead)))
	f.each(dead, false)
	f.bytes = binary.AppendUvarint(f.bytes, uint64(len(live)))
	f.each(live, true)
	return f.bytes
}

// each appends entries, MaxRows of them at a time, with or without what they hold.
func (f *slotsFrames) each(list []int32, held bool) {
	s := f.slots
	for len(list) > 0 {
		part := list[:min(len(list), vector.MaxRows)]
		list = list[len(part):]
		f.batch.Reset()
		f.numbers = f.numbers[:0]
		for _, slot := range part {
			f.numbers = append(f.numbers, s.key[slot])
		}
		s.table.appendTo(f.columns, f.numbers)
		columns := f.batch.Columns[:f.keys]
		if held {
			columns = f.batch.Columns
			f.owner.gather(columns[f.keys:], part)
		}
		for row, slot := range part {
			f.bytes = binary.AppendUvarint(f.bytes, s.serial[slot])
			if held {
				f.bytes = appendExpiry(f.bytes, s.expiry[slot])
			}
			for i := range columns {
				f.bytes = columns[i].AppendBinary(f.bytes, row)
			}
		}
	}
}

func appendExpiry(dst []byte, expiry int64) []byte {
	if expiry == never {
		return append(dst, 0)
	}
	return binary.AppendVarint(append(dst, 1), expiry)
}

// byGroup orders by key group and serial number.
func (s *slots) byGroup(a, b int32) int {
	if c := s.group(a) - s.group(b); c != 0 {
		return c
	}
	if s.serial[a] < s.serial[b] {
		return -1
	}
	return 1
}

var errMalformedSlots = errors.New("malformed state")

// apply redoes a frame, before the first epoch.
func (f *slotsFrames) apply(frame []byte) error {
	if f.slots.begun {
		return errors.New("apply state: an epoch has begun")
	}
	if len(frame) == 0 || frame[0] != slotsFrameVersion {
		return fmt.Errorf("apply state: the frame is empty or not of version %d", slotsFrameVersion)
	}
	r := slotsReader{rest: frame[1:]}
	group := r.uvarint()
	if r.err != nil || group >= keyed.Groups {
		return fmt.Errorf("apply state: %w", errMalformedSlots)
	}
	s := f.slots
	s.serials[group] = max(s.serials[group], r.uvarint())
	for _, held := range []bool{false, true} {
		for count := r.uvarint(); count > 0; {
			n := min(count, vector.MaxRows)
			f.read(&r, int(n), held)
			if r.err == nil {
				r.err = f.redo(int(group), held)
			}
			if r.err != nil {
				return fmt.Errorf("apply state of key group %d: %w", group, r.err)
			}
			count -= n
		}
	}
	if r.err != nil || len(r.rest) > 0 {
		return fmt.Errorf("apply state of key group %d: %w", group, errMalformedSlots)
	}
	return nil
}

// read fills batch, serials and expiry with n entries.
func (f *slotsFrames) read(r *slotsReader, n int, held bool) {
	f.batch.Reset()
	f.serials, f.expiry = f.serials[:0], f.expiry[:0]
	columns := f.batch.Columns
	if !held {
		columns = columns[:f.keys]
	}
	for range n {
		f.serials = append(f.serials, r.uvarint())
		if held {
			f.expiry = append(f.expiry, r.expiry())
		}
		for i := range columns {
			if r.err != nil {
				return
			}
			r.rest, r.err = columns[i].ReadBinary(r.rest)
		}
		f.batch.Rows++
	}
}

// redo removes or makes the entries in batch.
func (f *slotsFrames) redo(group int, held bool) error {
	s := f.slots
	f.numbers = vector.Resize(f.numbers, f.batch.Rows)
	s.assign(f.columns, nil, f.numbers)
	f.touched = f.touched[:0]
	for row, number := range f.numbers {
		if keyed.Group(s.table.hashes[number]) != group {
			return errors.New("a key belongs to another key group")
		}
		slot := s.first[number]
		for slot >= 0 && s.serial[slot] != f.serials[row] {
			slot = s.next[slot]
		}
		switch {
		case !held && slot < 0:
			return errors.New("an entry that was removed is not there")
		case !held:
			s.live--
			s.unlink(slot)
			continue
		case slot < 0:
			slot = s.link(number, f.expiry[row], f.serials[row])
		default:
			s.renew(slot, f.expiry[row])
		}
		f.touched = append(f.touched, slot)
	}
	if held {
		return f.owner.scatter(f.batch.Columns[f.keys:], f.touched)
	}
	return nil
}

type slotsReader struct {
	rest []byte
	err  error
}

func (r *slotsReader) uvarint() uint64 {
	value, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.err, r.rest = errMalformedSlots, nil
		return 0
	}
	r.rest = r.rest[size:]
	return value
}

func (r *slotsReader) expiry() int64 {
	if len(r.rest) == 0 || r.rest[0] > 1 {
		r.err, r.rest = errMalformedSlots, nil
		return 0
	}
	stays := r.rest[0] == 0
	r.rest = r.rest[1:]
	if stays {
		return never
	}
	value, size := binary.Varint(r.rest)
	if size <= 0 {
		r.err, r.rest = errMalformedSlots, nil
		return 0
	}
	r.rest = r.rest[size:]
	return value
}

// snapshot writes the entries of a key group, as one frame; nothing if there are none.
func (f *slotsFrames) snapshot(group int, w io.Writer) error {
	s := f.slots
	f.touched = f.touched[:0]
	for number := s.newest[group]; number >= 0; number = s.following[number] {
		for slot := s.head(number); slot >= 0; slot = s.after(slot) {
			f.touched = append(f.touched, slot)
		}
	}
	if len(f.touched) == 0 && s.serials[group] == 0 {
		return nil
	}
	if _, err := w.Write(f.encode(group, f.touched)); err != nil {
		return fmt.Errorf("write snapshot of key group %d: %w", group, err)
	}
	return nil
}

// restore reads what snapshot wrote.
func (f *slotsFrames) restore(group int, r io.Reader) error {
	frame, err := io.ReadAll(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("restore key group %d: %w", group, err)
	}
	if len(frame) == 0 {
		return nil
	}
	if found, size := binary.Uvarint(frame[1:]); size <= 0 || found != uint64(group) {
		return fmt.Errorf("restore key group %d: the snapshot is of key group %d", group, found)
	}
	return f.apply(frame)
}
