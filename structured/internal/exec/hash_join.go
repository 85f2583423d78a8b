package exec

import (
	"github.com/tidewheel/tidewheel/structured/internal/eval"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
)

// HashJoin joins its two inputs; see physical.HashJoin. Whoever feeds it says first
// which of them makes the table, by [HashJoin.Build], or gives it a table by
// [HashJoin.Use]. All rows of the table's input come before its marker, and those of
// the other input after it.
//
// The pairs of a batch come first, its rows without a partner after them.
type HashJoin struct {
	node      *physical.HashJoin
	condition *eval.Program
	flip      int       // 1 if input 0 is the right side
	sides     [2]probed // left and right

	building int           // the side that makes the table
	own      [2]*JoinTable // made when they are needed
	table    *JoinTable    // in use
	partner  vector.Bitmap // the rows of the table that have one
	tracks   bool          // whether partner is needed

	finder  state.Finder
	numbers []int32
	hits    []bool // by row of the batch that counts: whether it has a partner

	// Pairs that were found and not yet tested and given.
	ordinals, probes, builds []int32

	rows vector.Selection
	out  vector.Batch // pairs
	lone vector.Batch // rows without a partner
}

// probed is what a side needs to look up.
type probed struct {
	keys  arguments
	pairs *vector.Batch   // its columns of pairs
	nulls []vector.Column // nulls in the place of a row
	from  int             // where its columns stand in a pair
}

func newHashJoin(node *physical.HashJoin) (Machine, error) {
	j := &HashJoin{node: node}
	if node.BroadcastLeft() {
		j.flip = 1
	}
	left, right := node.Left.Schema(), node.Right.Schema()
	j.sides[0].pairs, j.sides[1].pairs = vector.NewBatch(left), vector.NewBatch(right)
	j.sides[1].from = left.Len()
	j.out.Columns = make([]vector.Column, left.Len()+right.Len())
	for i, keep := range []bool{node.Kind.KeepsRight(), node.Kind.KeepsLeft()} {
		for _, column := range j.sides[i].pairs.Columns {
			if !keep {
				break
			}
			nulls := vector.NewColumn(column.Type)
			for range vector.MaxRows {
				nulls.AppendNull()
			}
			j.sides[i].nulls = append(j.sides[i].nulls, nulls)
		}
	}
	var err error
	if j.sides[0].keys, err = newArguments(node.LeftKeys); err != nil {
		return nil, err
	}
	if j.sides[1].keys, err = newArguments(node.RightKeys); err != nil {
		return nil, err
	}
	if node.Condition != nil {
		j.condition, err = eval.Compile(node.Condition)
	}
	return j, err
}

// Build says which input makes the table, for the epoch to come.
func (j *HashJoin) Build(port int) {
	j.build(port ^ j.flip)
	j.table = nil
}

// Use gives a finished table of input 1, whose rows and marker then do not come.
func (j *HashJoin) Use(table *JoinTable) {
	j.build(1 ^ j.flip)
	j.table = table
}

func (j *HashJoin) build(side int) {
	j.building = side
	kind := j.node.Kind
	if side == 0 {
		j.tracks = kind.KeepsLeft() || kind.LeftOnly()
	} else {
		j.tracks = kind.KeepsRight()
	}
}

// Push implements Machine.
func (j *HashJoin) Push(port int, b *vector.Batch, emit Emit) error {
	side := port ^ j.flip
	if side != j.building {
		return j.probe(side, b, emit)
	}
	table, err := j.ownTable()
	if err != nil {
		return err
	}
	return table.Push(b)
}

// ownTable returns the machine's own table of the side that makes it.
func (j *HashJoin) ownTable() (*JoinTable, error) {
	if j.own[j.building] == nil {
		table, err := newJoinTable(j.node, j.building)
		if err != nil {
			return nil, err
		}
		j.own[j.building] = table
	}
	return j.own[j.building], nil
}

// Marker implements Machine.
func (j *HashJoin) Marker(port int, _ Marker, emit Emit) error {
	if port^j.flip == j.building {
		table, err := j.ownTable()
		if err != nil {
			return err
		}
		table.Finish()
		j.table = table
		if j.tracks {
			j.partner = j.partner.Resize(table.rows.Rows)
			j.partner.Fill(table.rows.Rows, false)
		}
		return nil
	}
	var err error
	if j.tracks {
		err = j.rest(emit)
	}
	if own := j.own[j.building]; own != nil {
		own.reset()
	}
	return err
}

// probe looks up the partners of the rows of a batch.
func (j *HashJoin) probe(side int, b *vector.Batch, emit Emit) error {
	keys := &j.sides[side].keys
	if err := keys.eval(b); err != nil {
		return err
	}
	n := b.Len()
	j.numbers = vector.Resize(j.numbers, n)
	j.finder.Find(j.table.numbers, keys.columns, b.Selection, j.numbers)
	dropNulls(keys.columns, j.node.NullSafe, b, j.numbers)
	j.hits = vector.Resize(j.hits, n)
	clear(j.hits)
	if j.node.Kind.LeftOnly() && j.condition == nil && !j.tracks {
		for i, number := range j.numbers {
			j.hits[i] = number >= 0 // there is no key without a row
		}
		return j.single(side, b, emit)
	}
	if err := j.pairs(side, b, emit); err != nil {
		return err
	}
	return j.single(side, b, emit)
}

// pairs gives the pairs of the rows of a batch, the numbers of whose keys are known.
func (j *HashJoin) pairs(side int, b *vector.Batch, emit Emit) error {
	if j.table.unique {
		for i, number := range j.numbers {
			if number >= 0 {
				j.ordinals = append(j.ordinals, int32(i))
				j.probes = append(j.probes, int32(b.Row(i)))
				j.builds = append(j.builds, number)
			}
		}
		return j.pair(side, b, emit)
	}
	for i, number := range j.numbers {
		row := int32(b.Row(i))
		for _, partner := range j.table.partners(number) {
			j.ordinals = append(j.ordinals, int32(i))
			j.probes = append(j.probes, row)
			j.builds = append(j.builds, partner)
			if len(j.probes) == vector.MaxRows {
				if err := j.pair(side, b, emit); err != nil {
					return err
				}
			}
		}
	}
	return j.pair(side, b, emit)
}

// pair tests the pairs found so far and gives those that hold.
func (j *HashJoin) pair(side int, b *vector.Batch, emit Emit) error {
	if len(j.probes) == 0 {
		return nil
	}
	defer func() { j.ordinals, j.probes, j.builds = j.ordinals[:0], j.probes[:0], j.builds[:0] }()
	gives := !j.node.Kind.LeftOnly()
	if gives || j.condition != nil {
		if j.table.unique && len(j.probes) == b.Rows { // all rows, once each
			copy(j.out.Columns[j.sides[side].from:], b.Columns)
		} else {
			j.gather(side, b, j.probes)
		}
		j.gather(1-side, j.table.rows, j.builds)
		j.out.Rows, j.out.Selection = len(j.probes), nil
	}
	if j.condition != nil {
		holds, err := j.condition.Select(&j.out)
		if err != nil {
			return err
		}
		if len(holds) < j.out.Rows {
			j.out.Selection = holds
		}
		for _, i := range holds {
			j.mark(int(i))
		}
	} else if j.node.Kind != physical.Inner {
		for i := range j.probes {
			j.mark(i)
		}
	}
	if !gives || j.out.Len() == 0 {
		return nil
	}
	return emit(&j.out)
}

// mark notes that both rows of a pair have a partner.
func (j *HashJoin) mark(pair int) {
	j.hits[j.ordinals[pair]] = true
	if j.tracks {
		j.partner.Set(int(j.builds[pair]))
	}
}

// gather copies a side's columns of these rows to where they stand in a pair.
func (j *HashJoin) gather(side int, from *vector.Batch, rows []int32) {
	s := &j.sides[side]
	s.pairs.Reset()
	s.pairs.Gather(from, rows)
	copy(j.out.Columns[s.from:], s.pairs.Columns)
}

// single gives the rows of a batch that go out alone: those of a semi or anti join,
// and those without a partner that are kept.
func (j *HashJoin) single(side int, b *vector.Batch, emit Emit) error {
	kind := j.node.Kind
	wanted := false // whether those with a partner are meant
	switch {
	case side == 0 && kind.LeftOnly():
		wanted = kind == physical.LeftSemi
	case side == 0 && kind.KeepsLeft(), side == 1 && kind.KeepsRight():
	default:
		return nil
	}
	j.rows = j.rows[:0]
	for i, hit := range j.hits {
		if hit == wanted {
			j.rows = append(j.rows, int32(b.Row(i)))
		}
	}
	if len(j.rows) == 0 {
		return nil
	}
	if kind.LeftOnly() {
		j.lone = vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: j.rows}
		return emit(&j.lone)
	}
	return j.alone(side, b, j.rows, emit)
}

// rest gives the rows of the table that go out alone.
func (j *HashJoin) rest(emit Emit) error {
	wanted := j.node.Kind == physical.LeftSemi
	j.rows = j.rows[:0]
	for row := range j.table.rows.Rows {
		if j.partner.Get(row) == wanted {
			j.rows = append(j.rows, int32(row))
		}
	}
	return j.alone(j.building, j.table.rows, j.rows, emit)
}

// alone gives rows of a side without a partner, beside nulls if the other side has
// columns in the result.
func (j *HashJoin) alone(side int, from *vector.Batch, rows []int32, emit Emit) error {
	left := len(j.sides[0].pairs.Columns)
	for len(rows) > 0 {
		n := min(len(rows), vector.MaxRows)
		j.gather(side, from, rows[:n])
		rows = rows[n:]
		j.lone = vector.Batch{Columns: j.out.Columns, Rows: n}
		if j.node.Kind.LeftOnly() {
			j.lone.Columns = j.out.Columns[:left]
		}
		other := &j.sides[1-side]
		for i := range other.nulls {
			j.out.Columns[other.from+i] = other.nulls[i].Slice(0, n)
		}
		if err := emit(&j.lone); err != nil {
			return err
		}
	}
	return nil
}

// Close implements Machine.
func (j *HashJoin) Close() error {
	j.own, j.table = [2]*JoinTable{}, nil
	return nil
}
