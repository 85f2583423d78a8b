package exec

import (
	"slices"
	"sort"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// over computes window functions: it sorts the rows since the last marker by partition
// and order and goes through the partitions one after the other.
type over struct {
	partitionBy int // how many of keys
	orders      []bound.Order
	functions   []*overFunction

	rows *sorter // by partition and order, without a limit
	out  vector.Batch
	p    partition
}

func newOver(node *physical.Over) (Machine, error) {
	orders := make([]bound.Order, 0, len(node.PartitionBy)+len(node.OrderBy))
	for _, expr := range node.PartitionBy {
		orders = append(orders, bound.Order{Expr: expr, NullsFirst: true})
	}
	orders = append(orders, node.OrderBy...)
	rows, err := newSort(node.Input.Schema(), orders, -1)
	if err != nil {
		return nil, err
	}
	o := &over{partitionBy: len(node.PartitionBy), orders: orders, rows: rows.(*sorter)}
	for _, function := range node.Functions {
		f, err := newOverFunction(function)
		if err != nil {
			return nil, err
		}
		o.functions = append(o.functions, f)
	}
	return o, nil
}

func (o *over) Push(port int, b *vector.Batch, emit Emit) error { return o.rows.Push(port, b, emit) }

func (o *over) Marker(_ int, _ Marker, emit Emit) error {
	if o.rows.rows.Rows == 0 {
		return nil
	}
	rows, keys := o.rows.take()
	for _, f := range o.functions {
		if err := f.start(rows); err != nil {
			return err
		}
	}
	o.p = partition{orders: o.orders[o.partitionBy:], keys: keys[o.partitionBy:]}
	for from := 0; from < rows.Rows; from = o.p.to {
		o.p.begin(from, sameRun(keys[:o.partitionBy], from, rows.Rows))
		for _, f := range o.functions {
			if err := f.compute(&o.p); err != nil {
				return err
			}
		}
	}
	o.out.Columns = append(o.out.Columns[:0], rows.Columns...)
	for _, f := range o.functions {
		o.out.Columns = append(o.out.Columns, f.out)
	}
	o.out.Rows = rows.Rows
	return o.out.Cut(emit)
}

func (o *over) Close() error {
	o.functions, o.out = nil, vector.Batch{}
	return o.rows.Close()
}

// sameRun returns where the rows end that are equal in some columns to the one at from.
func sameRun(keys []vector.Column, from, rows int) int {
	to := from + 1
	for ; to < rows; to++ {
		for i := range keys {
			if vector.Compare(&keys[i], from, &keys[i], to) != 0 {
				return to
			}
		}
	}
	return to
}

// partition is the rows [from, to), and which of them are peers.
type partition struct {
	from, to int
	orders   []bound.Order
	keys     []vector.Column // of orders; of all rows
	peers    []int32         // for each row of the partition, where its peers begin; then to
	ends     []int32         // and where they end
	valued   [2]int          // of the first key: where the rows that are not null begin and end
}

func (p *partition) begin(from, to int) {
	p.from, p.to = from, to
	p.peers, p.ends = p.peers[:0], p.ends[:0]
	for at := from; at < to; {
		end := to
		if len(p.keys) > 0 {
			end = sameRun(p.keys, at, to)
		}
		for range end - at {
			p.peers, p.ends = append(p.peers, int32(at)), append(p.ends, int32(end))
		}
		at = end
	}
	p.valued = [2]int{from, to}
	if len(p.keys) > 0 {
		key := &p.keys[0]
		for p.valued[0] < to && key.IsNull(p.valued[0]) {
			p.valued[0]++
		}
		for p.valued[1] > p.valued[0] && key.IsNull(p.valued[1]-1) {
			p.valued[1]--
		}
	}
}

// frame returns the rows of a frame, which may be none, for a row. from and to are the
// values of its bounds, nil where there are none.
func (p *partition) frame(f *bound.Frame, row int, from, to *vector.Column) (first, end int) {
	switch {
	case f.From.Unbounded:
		first = p.from
	case f.Rows:
		first = clamp(int64(row)+f.From.Rows, p.from, p.to)
	case from == nil || from.IsNull(row):
		first = int(p.peers[row-p.from])
	default:
		first = p.search(from, row, 0)
	}
	switch {
	case f.To.Unbounded:
		end = p.to
	case f.Rows:
		end = clamp(int64(row)+f.To.Rows+1, p.from, p.to)
	case to == nil || to.IsNull(row):
		end = int(p.ends[row-p.from])
	default:
		end = p.search(to, row, 1)
	}
	return first, max(first, end)
}

func clamp(at int64, least, most int) int {
	return int(min(max(at, int64(least)), int64(most)))
}

// search returns the first row whose key is not before a value, or, with after = 1, is
// behind it.
func (p *partition) search(values *vector.Column, row, after int) int {
	key, descending := &p.keys[0], p.orders[0].Descending
	n := sort.Search(p.valued[1]-p.valued[0], func(i int) bool {
		c := vector.Compare(key, p.valued[0]+i, values, row)
		if descending {
			c = -c
		}
		return c >= after
	})
	return p.valued[0] + n
}

// overFunction computes one function.
type overFunction struct {
	bound.WindowFunction
	programs *eval.Programs // of the arguments, then of the bounds of the frame
	args     []*vector.Column
	from, to *vector.Column
	out      vector.Column

	aggregate *aggregateOver // of OverFrame
}

func newOverFunction(w bound.WindowFunction) (*overFunction, error) {
	f := &overFunction{WindowFunction: w, out: vector.NewColumn(w.Of)}
	exprs := slices.Clone(w.Args)
	if w.Kind == bound.OverFrame {
		var err error
		if f.aggregate, err = newAggregateOver(w.Aggregate); err != nil {
			return nil, err
		}
		exprs = nil
		if w.Aggregate.Arg != nil {
			exprs = []bound.Expr{w.Aggregate.Arg}
		}
	}
	for _, at := range []bound.FrameBound{w.Frame.From, w.Frame.To} {
		if at.Value != nil {
			exprs = append(exprs, at.Value)
		}
	}
	var err error
	f.programs, err = eval.CompileAll(exprs)
	return f, err
}

// start computes the arguments for all rows.
func (f *overFunction) start(rows *vector.Batch) error {
	f.out.Reset()
	f.from, f.to = nil, nil
	var err error
	if f.args, err = f.programs.Run(rows); err != nil {
		return err
	}
	if f.Frame.To.Value != nil {
		f.to = f.args[len(f.args)-1]
		f.args = f.args[:len(f.args)-1]
	}
	if f.Frame.From.Value != nil {
		f.from = f.args[len(f.args)-1]
		f.args = f.args[:len(f.args)-1]
	}
	return nil
}

// compute appends the values of the rows of a partition.
func (f *overFunction) compute(p *partition) error {
	switch f.Kind {
	case bound.OverFrame:
		return f.aggregate.compute(f, p)
	case bound.Lag, bound.Lead:
		f.shifted(p)
	case bound.FirstValue, bound.LastValue, bound.NthValue:
		f.picked(p)
	default:
		f.ranked(p)
	}
	return nil
}

// ranked is for the functions of a row's place alone.
func (f *overFunction) ranked(p *partition) {
	rows := p.to - p.from
	dense := int32(0)
	for row := p.from; row < p.to; row++ {
		peers, ends := int(p.peers[row-p.from]), int(p.ends[row-p.from])
		if peers == row {
			dense++
		}
		switch f.Kind {
		case bound.RowNumber:
			f.out.AppendInt(int32(row - p.from + 1))
		case bound.Rank:
			f.out.AppendInt(int32(peers - p.from + 1))
		case bound.DenseRank:
			f.out.AppendInt(dense)
		case bound.PercentRank:
			f.out.AppendDouble(float64(peers-p.from) / float64(max(rows-1, 1)))
		case bound.CumeDist:
			f.out.AppendDouble(float64(ends-p.from) / float64(rows))
		case bound.Ntile:
			f.out.AppendInt(int32(ntile(row-p.from, rows, f.constant(0))))
		}
	}
}

// ntile is which of n parts, from 1, a row is in, the first parts being longer by one.
func ntile(row, rows, n int) int {
	size, longer := rows/n, rows%n
	if row < longer*(size+1) {
		return row/(size+1) + 1
	}
	return longer + (row-longer*(size+1))/max(size, 1) + 1
}

// constant is the value of an argument that is a literal.
func (f *overFunction) constant(arg int) int {
	return int(f.Args[arg].(bound.Literal).Value.(int32))
}

// shifted is for lag and lead.
func (f *overFunction) shifted(p *partition) {
	by, value := f.constant(1), f.args[0]
	if f.Kind == bound.Lag {
		by = -by
	}
	step := 1
	if by < 0 {
		step = -1
	}
	for row := p.from; row < p.to; row++ {
		at := row + by
		if f.IgnoreNulls && by != 0 {
			at = row
			for left := by * step; left > 0; {
				if at += step; at < p.from || at >= p.to {
					break
				}
				if !value.IsNull(at) {
					left--
				}
			}
		}
		if at < p.from || at >= p.to {
			f.out.AppendRange(f.args[2], row, row+1)
		} else {
			f.out.AppendRange(value, at, at+1)
		}
	}
}

// picked is for the functions of one row of the frame.
func (f *overFunction) picked(p *partition) {
	value, n := f.args[0], 1
	if f.Kind == bound.NthValue {
		n = f.constant(1)
	}
	for row := p.from; row < p.to; row++ {
		first, end := p.frame(&f.Frame, row, f.from, f.to)
		at := first + n - 1
		if f.Kind == bound.LastValue {
			at = end - 1
		}
		if f.IgnoreNulls {
			at = f.valued(value, first, end, n)
		}
		if at < first || at >= end {
			f.out.AppendNull()
		} else {
			f.out.AppendRange(value, at, at+1)
		}
	}
}

// valued returns the n-th row that is not null of a frame, or the last one for
// last_value; end if there is none.
func (f *overFunction) valued(value *vector.Column, first, end, n int) int {
	if f.Kind == bound.LastValue {
		for at := end - 1; at >= first; at-- {
			if !value.IsNull(at) {
				return at
			}
		}
		return end
	}
	for at := first; at < end; at++ {
		if !value.IsNull(at) {
			if n--; n == 0 {
				return at
			}
		}
	}
	return end
}
