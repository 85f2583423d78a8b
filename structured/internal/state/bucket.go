package state

import (
	"cmp"

	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// bucket has the groups of one time: a window by its start, a timestamp, null, or
// all groups if the layout has no time.
type bucket struct {
	time int64
	null bool

	table        *table
	accumulators []accumulator

	epoch   history
	created bool // in this epoch
	closed  bool // in this epoch, and so no longer among the buckets
	groups  groupIndex

	// Of the batch that is being pushed.
	batch   uint64 // which; it is in the batch's list if this is the current one
	ordinal int32  // the position in that list
}

func newBucket(l *Layout) (*bucket, error) {
	b := &bucket{table: newTable(l.keyTypes())}
	for _, aggregate := range l.Aggregates {
		a, err := newAccumulator(aggregate, l.Merge)
		if err != nil {
			return nil, err
		}
		b.accumulators = append(b.accumulators, a)
	}
	return b, nil
}

// compareBuckets orders by time, null last.
func compareBuckets(a, b *bucket) int {
	if a.null != b.null {
		if a.null {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.time, b.time)
}

// len returns how many groups there are.
func (b *bucket) len() int { return b.table.len() }

// reset forgets all groups and keeps the memory.
func (b *bucket) reset() {
	b.table.reset()
	b.resizeAccumulators(0)
	b.epoch.begin(b)
	b.groups.reset()
	b.created, b.closed = false, false
}

// truncate forgets all groups but the first n.
func (b *bucket) truncate(n int) {
	b.table.truncate(n)
	b.resizeAccumulators(n)
	b.groups.reset()
}

func (b *bucket) resizeAccumulators(n int) {
	for _, a := range b.accumulators {
		a.resize(n)
	}
}

// assign fills numbers with those of the groups that the rows belong to.
func (b *bucket) assign(keys []*vector.Column, selection vector.Selection, hashes []uint64, numbers []int32) {
	if len(b.table.columns) == 0 && b.len() == 1 {
		clear(numbers)
		return
	}
	old := b.len()
	b.table.assign(keys, selection, hashes, numbers)
	if b.len() != old {
		b.resizeAccumulators(b.len())
	}
}

// add folds the rows into their groups.
func (b *bucket) add(args []*vector.Column, selection vector.Selection, numbers []int32) error {
	for i, a := range b.accumulators {
		if err := a.add(args[i], selection, numbers); err != nil {
			return err
		}
	}
	return nil
}

// appendTo appends these groups to a batch of the layout's schema, or, if stored is
// set, of its stored schema.
func (b *bucket) appendTo(out *vector.Batch, l *Layout, numbers []int32, stored bool) {
	var rest [8]*vector.Column
	keys := rest[:0]
	for i := range l.Keys {
		switch column := &out.Columns[i]; {
		case i == l.Time:
			b.appendTime(column, l.Keys[i], len(numbers), stored)
		case l.Keys[i].Window != 0 && !stored:
			keys = append(keys, &column.Children[0])
		default:
			keys = append(keys, column)
		}
	}
	if len(keys) > 0 {
		b.table.appendTo(keys, numbers)
	}
	if !stored {
		endWindows(out, l, len(numbers))
	}
	for i, a := range b.accumulators {
		a.appendTo(&out.Columns[len(l.Keys)+i], numbers)
	}
	out.Rows += len(numbers)
}

// appendTime appends the bucket's own key n times.
func (b *bucket) appendTime(column *vector.Column, key Key, n int, stored bool) {
	if key.Window != 0 && !stored {
		column = &column.Children[0]
	}
	for range n {
		if b.null {
			column.AppendNull()
		} else {
			column.AppendLong(b.time)
		}
	}
}

// endWindows completes the n windows of which the starts were appended.
func endWindows(out *vector.Batch, l *Layout, n int) {
	for i, key := range l.Keys {
		if key.Window == 0 {
			continue
		}
		column := &out.Columns[i]
		starts, ends := &column.Children[0], &column.Children[1]
		for j := starts.Len - n; j < starts.Len; j++ {
			if starts.IsNull(j) {
				ends.AppendNull()
			} else {
				ends.AppendLong(starts.Longs[j] + key.Window)
			}
			column.EndStruct()
		}
	}
}

// bufferColumns returns empty columns for buffers.
func bufferColumns(l *Layout) []vector.Column {
	columns := make([]vector.Column, len(l.Aggregates))
	for i, aggregate := range l.Aggregates {
		columns[i] = vector.NewColumn(aggregate.Of)
	}
	return columns
}
