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
)

// A frame holds groups of one key group: keys and the buffers that they have now. To
// apply it is to overwrite.
//
//	byte     version, 1
//	varint   key group
//	varint   number of groups
//	then for each group: its key columns, then its buffers, each in the form of
//	vector.Column.AppendBinary; a time window is the timestamp of its start
//
// A snapshot of a key group is any number of frames, each behind its length as a
// varint. Neither has a checksum: what holds them does.
const frameVersion = 1

// maxFrame is the greatest length of a frame in a snapshot, in bytes.
const maxFrame = 1 << 30

// frames is what making and reading frames needs; its memory is kept.
type frames struct {
	batch   *vector.Batch // groups as they are stored
	bytes   []byte
	refs    []groupRef // of the epoch, by key group
	numbers []int32
	keys    []*vector.Column
	values  []*vector.Column
}

// groupRef is one group.
type groupRef struct {
	bucket *bucket
	number int32
	group  int32
}

func (f *frames) init(l *Layout) {
	f.batch = vector.NewBatch(l.storedSchema())
	for i := range f.batch.Columns {
		if i < len(l.Keys) {
			f.keys = append(f.keys, &f.batch.Columns[i])
		} else {
			f.values = append(f.values, &f.batch.Columns[i])
		}
	}
}

// gather appends groups to the batch, those of one bucket in one go.
func (f *frames) gather(refs []groupRef, l *Layout) {
	for len(refs) > 0 {
		b := refs[0].bucket
		f.numbers = f.numbers[:0]
		for len(refs) > 0 && refs[0].bucket == b {
			f.numbers = append(f.numbers, refs[0].number)
			refs = refs[1:]
		}
		b.appendTo(f.batch, l, f.numbers, true)
	}
}

// encode makes the frame of the groups in the batch.
func (f *frames) encode(group int) []byte {
	f.bytes = append(f.bytes[:0], frameVersion)
	f.bytes = binary.AppendUvarint(f.bytes, uint64(group))
	f.bytes = binary.AppendUvarint(f.bytes, uint64(f.batch.Rows))
	for row := range f.batch.Rows {
		for i := range f.batch.Columns {
			f.bytes = f.batch.Columns[i].AppendBinary(f.bytes, row)
		}
	}
	return f.bytes
}

// Changes calls visit for each key group, ascending, in which the epoch touched
// groups that are still there, with a frame of them. The frame is good until visit
// returns.
func (k *Keyed) Changes(visit func(group int, frame []byte) error) error {
	refs := k.changed()
	for len(refs) > 0 {
		group := refs[0].group
		n := 1
		for n < len(refs) && refs[n].group == group {
			n++
		}
		k.frames.batch.Reset()
		k.frames.gather(refs[:n], &k.router.layout)
		if err := visit(int(group), k.frames.encode(int(group))); err != nil {
			return err
		}
		refs = refs[n:]
	}
	return nil
}

// changed returns what the epoch has touched, by key group and then in order of
// first touch, time by time.
func (k *Keyed) changed() []groupRef {
	slices.SortStableFunc(k.touched, compareBuckets)
	var starts [keyed.Groups + 1]int32
	total := 0
	for _, b := range k.touched {
		if b.closed {
			continue
		}
		for _, number := range b.epoch.list {
			starts[keyed.Group(b.table.hashes[number])+1]++
		}
		total += len(b.epoch.list)
	}
	for group := range keyed.Groups {
		starts[group+1] += starts[group]
	}
	k.frames.refs = vector.Resize(k.frames.refs, total)
	for _, b := range k.touched {
		if b.closed {
			continue
		}
		for _, number := range b.epoch.list {
			group := keyed.Group(b.table.hashes[number])
			k.frames.refs[starts[group]] = groupRef{bucket: b, number: number, group: int32(group)}
			starts[group]++
		}
	}
	return k.frames.refs
}

// Apply overwrites the groups of a frame, before the first Begin. A frame of another
// version or another layout, or one that is damaged in a way that shows, is an
// error, and may have been applied in part.
func (k *Keyed) Apply(frame []byte) error {
	if k.begun {
		return errors.New("apply state: an epoch has begun")
	}
	rest, group, count, err := frameHeader(frame)
	if err != nil {
		return fmt.Errorf("apply state: %w", err)
	}
	for count > 0 {
		n := min(count, vector.MaxRows)
		if rest, err = k.applyRows(rest, group, int(n)); err != nil {
			return fmt.Errorf("apply state of key group %d: %w", group, err)
		}
		count -= n
	}
	if len(rest) != 0 {
		return fmt.Errorf("apply state of key group %d: %d bytes too many", group, len(rest))
	}
	return nil
}

func frameHeader(frame []byte) (rest []byte, group int, count uint64, err error) {
	if len(frame) == 0 || frame[0] != frameVersion {
		return nil, 0, 0, fmt.Errorf("the frame is empty or not of version %d", frameVersion)
	}
	rest = frame[1:]
	number, size := binary.Uvarint(rest)
	if size <= 0 || number >= keyed.Groups {
		return nil, 0, 0, errors.New("malformed key group")
	}
	rest = rest[size:]
	count, size = binary.Uvarint(rest)
	if size <= 0 {
		return nil, 0, 0, errors.New("malformed count")
	}
	return rest[size:], int(number), count, nil
}

// applyRows reads n groups and overwrites them.
func (k *Keyed) applyRows(src []byte, group, n int) (rest []byte, err error) {
	f := &k.frames
	f.batch.Reset()
	for row := range n {
		for i := range f.batch.Columns {
			if src, err = f.batch.Columns[i].ReadBinary(src); err != nil {
				return nil, fmt.Errorf("group %d, column %d: %w", row, i, err)
			}
		}
		f.batch.Rows++
	}
	if err := checkBuffers(k.router.layout.Aggregates, f.values); err != nil {
		return nil, err
	}
	err = k.router.routeStored(f.keys, n, nil, func(b *bucket, selection vector.Selection, hashes []uint64, numbers []int32) error {
		for _, hash := range hashes {
			if keyed.Group(hash) != group {
				return errors.New("a key belongs to another key group")
			}
		}
		k.overwrite(b, selection, hashes, numbers)
		return nil
	})
	return src, err
}

// overwrite sets the groups of stored rows. They become part of what is committed.
func (k *Keyed) overwrite(b *bucket, selection vector.Selection, hashes []uint64, numbers []int32) {
	old := b.len()
	b.assign(k.router.rest, selection, hashes, numbers)
	k.rows += b.len() - old
	b.epoch.begin(b)
	for i, a := range b.accumulators {
		values := k.frames.values[i]
		if selection != nil {
			picked := vector.NewColumn(values.Type)
			picked.AppendRows(values, selection)
			values = &picked
		}
		a.set(values, numbers)
	}
}

// Snapshot writes the groups of a key group.
func (k *Keyed) Snapshot(group int, w io.Writer) error {
	k.sort()
	f := &k.frames
	f.batch.Reset()
	for _, b := range k.order {
		numbers := b.groups.of(b.table, group)
		for len(numbers) > 0 {
			n := min(len(numbers), vector.MaxRows-f.batch.Rows)
			b.appendTo(f.batch, &k.router.layout, numbers[:n], true)
			numbers = numbers[n:]
			if f.batch.Rows == vector.MaxRows {
				if err := f.write(group, w); err != nil {
					return err
				}
			}
		}
	}
	return f.write(group, w)
}

// write writes the groups in the batch, if there are any, as a frame of a snapshot.
func (f *frames) write(group int, w io.Writer) error {
	if f.batch.Rows == 0 {
		return nil
	}
	frame := f.encode(group)
	f.batch.Reset()
	if _, err := w.Write(binary.AppendUvarint(nil, uint64(len(frame)))); err != nil {
		return fmt.Errorf("write snapshot of key group %d: %w", group, err)
	}
	if _, err := w.Write(frame); err != nil {
		return fmt.Errorf("write snapshot of key group %d: %w", group, err)
	}
	return nil
}

// Restore reads what Snapshot wrote of a key group, before the first Begin.
func (k *Keyed) Restore(group int, r io.Reader) error {
	in := bufio.NewReader(r)
	for {
		length, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || length > maxFrame {
			return fmt.Errorf("restore key group %d: malformed length %d: %w", group, length, err)
		}
		frame, err := io.ReadAll(io.LimitReader(in, int64(length)))
		if err == nil && uint64(len(frame)) < length {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("restore key group %d: %w", group, err)
		}
		if _, found, _, err := frameHeader(frame); err == nil && found != group {
			return fmt.Errorf("restore key group %d: the snapshot is of key group %d", group, found)
		}
		if err := k.Apply(frame); err != nil {
			return err
		}
	}
}
