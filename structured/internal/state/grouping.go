package state

import "github.com/tidewheel/tidewheel/structured/internal/vector"

// Grouping has the groups of a bounded set of rows.
type Grouping struct {
	router *router
	order  []*bucket // by first row
	rows   int
	out    output
	visit  visitor
	args   []*vector.Column
}

// NewGrouping returns an empty grouping. The error names a function or key that
// cannot be.
func NewGrouping(layout Layout) (*Grouping, error) {
	r, err := newRouter(layout)
	if err != nil {
		return nil, err
	}
	g := &Grouping{router: r, out: output{batch: vector.NewBatch(layout.schema())}}
	r.opened = func(b *bucket) { g.order = append(g.order, b) }
	g.visit = g.add
	return g, nil
}

// Push folds the rows of a batch that count into their groups. args has the argument
// of each function, nil for none; n is the length of the columns.
func (g *Grouping) Push(keys, args []*vector.Column, n int, selection vector.Selection) error {
	g.args = args
	return g.router.route(keys, n, selection, g.visit)
}

func (g *Grouping) add(b *bucket, selection vector.Selection, hashes []uint64, numbers []int32) error {
	old := b.len()
	b.assign(g.router.rest, selection, hashes, numbers)
	g.rows += b.len() - old
	return b.add(g.args, selection, numbers)
}

// Touch makes the one group of a layout without keys, if no row has done so.
func (g *Grouping) Touch() { g.rows = touchOnly(g.router).len() }

// touchOnly returns the bucket of a layout without keys, with its group.
func touchOnly(r *router) *bucket {
	b := r.find(0, true)
	var hash [1]uint64
	var number [1]int32
	r.hasher.Hash(nil, nil, hash[:])
	b.assign(nil, nil, hash[:], number[:])
	return b
}

// Len returns how many groups there are.
func (g *Grouping) Len() int { return g.rows }

// Drain emits all groups, keys and then buffers, and forgets them. Times come in the
// order in which they were first seen, and so do the groups of each.
func (g *Grouping) Drain(emit func(*vector.Batch) error) error {
	g.out.emit = emit
	for _, b := range g.order {
		if err := g.out.add(b, &g.router.layout, sequence(&g.out.numbers, b.len())); err != nil {
			return err
		}
	}
	if err := g.out.flush(); err != nil {
		return err
	}
	for _, b := range g.order {
		g.router.remove(b)
		g.router.put(b)
	}
	g.order, g.rows = g.order[:0], 0
	return nil
}

// sequence returns 0 to n-1, in memory that it keeps.
func sequence(numbers *[]int32, n int) []int32 {
	for i := len(*numbers); i < n; i++ {
		*numbers = append(*numbers, int32(i))
	}
	return (*numbers)[:n]
}

// output collects groups to batches of vector.MaxRows rows.
type output struct {
	batch   *vector.Batch
	numbers []int32
	emit    func(*vector.Batch) error
}

func (o *output) add(b *bucket, l *Layout, numbers []int32) error {
	for len(numbers) > 0 {
		n := min(len(numbers), vector.MaxRows-o.batch.Rows)
		b.appendTo(o.batch, l, numbers[:n], false)
		numbers = numbers[n:]
		if o.batch.Rows == vector.MaxRows {
			if err := o.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush emits what there is.
func (o *output) flush() error {
	if o.batch.Rows == 0 {
		return nil
	}
	err := o.emit(o.batch)
	o.batch.Reset()
	return err
}
