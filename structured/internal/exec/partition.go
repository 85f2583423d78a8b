package exec

import (
	"github.com/tidewheel/tidewheel/internal/keyed"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Partitioner is the map side of an exchange: it collects the rows of each of n
// partitions in batches of its own.
type Partitioner struct {
	schema  types.Schema
	keys    []int
	windows []bool
	n       int

	hasher  state.Hasher
	columns []*vector.Column
	hashes  []uint64
	rows    [][]int32 // of the batch at hand, by partition
	parts   [][]*vector.Batch
}

// NewPartitioner returns the partitioner of an exchange to n partitions; if the
// exchange is single, all rows go to partition 0.
func NewPartitioner(node *physical.Exchange, n int) *Partitioner {
	return &Partitioner{
		schema: node.Schema(), keys: node.Keys, windows: node.Windows, n: n,
		columns: make([]*vector.Column, len(node.Keys)),
		rows:    make([][]int32, n), parts: make([][]*vector.Batch, n),
	}
}

// Push copies the rows of a batch that count to their partitions. Rows of one
// partition stay in order.
func (p *Partitioner) Push(b *vector.Batch) error {
	if len(p.keys) == 0 || p.n == 1 {
		p.append(0, b, b.Selection)
		return nil
	}
	for i, key := range p.keys {
		if p.columns[i] = &b.Columns[key]; p.windows[i] {
			p.columns[i] = &p.columns[i].Children[0]
		}
	}
	p.hashes = vector.Resize(p.hashes, b.Len())
	p.hasher.Hash(p.columns, b.Selection, p.hashes)
	for i, hash := range p.hashes {
		partition := keyed.Partition(hash, p.n)
		p.rows[partition] = append(p.rows[partition], int32(b.Row(i)))
	}
	for partition, rows := range p.rows {
		if len(rows) > 0 {
			p.append(partition, b, rows)
			p.rows[partition] = rows[:0]
		}
	}
	return nil
}

// append copies rows of b to a partition's batches, filling up the last one first.
func (p *Partitioner) append(partition int, b *vector.Batch, rows vector.Selection) {
	part := vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: rows}
	for from := 0; from < part.Len(); {
		list := p.parts[partition]
		if len(list) == 0 || list[len(list)-1].Rows == vector.MaxRows {
			list = append(list, vector.NewBatch(p.schema))
			p.parts[partition] = list
		}
		last := list[len(list)-1]
		to := min(part.Len(), from+vector.MaxRows-last.Rows)
		last.AppendRows(&part, from, to)
		from = to
	}
}

// Take returns the batches of each partition, none for one without rows, and starts
// anew. They belong to the caller, for good.
func (p *Partitioner) Take() [][]*vector.Batch {
	parts := p.parts
	p.parts = make([][]*vector.Batch, p.n)
	return parts
}
