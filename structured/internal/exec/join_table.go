package exec

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/state"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// JoinTable has the rows of one side of a join, found by their keys. Once it is
// finished it does not change, and several machines may use it at once.
type JoinTable struct {
	keys     arguments
	nullSafe []bool
	numbers  *state.Numbers
	schema   types.Schema

	rows   *vector.Batch
	byRow  []int32 // the number of each row's key; -1 for one that equals nothing
	unique bool    // each row has a key of its own, whose number is the row's
	starts []int32 // of the rows of each key, by number, in order; not if unique
	order  []int32 // rows by key, those of one in the order in which they came; not if unique
}

// NewJoinTable returns an empty table of a join's input.
func NewJoinTable(node *physical.HashJoin, port int) (*JoinTable, error) {
	if node.BroadcastLeft() {
		port = 1 - port
	}
	return newJoinTable(node, port)
}

// newJoinTable returns an empty table of the left side (0) or the right one (1).
func newJoinTable(node *physical.HashJoin, side int) (*JoinTable, error) {
	input, keys := node.Left, node.LeftKeys
	if side == 1 {
		input, keys = node.Right, node.RightKeys
	}
	var keyTypes []types.Type
	for _, key := range keys {
		keyTypes = append(keyTypes, key.Type())
	}
	t := &JoinTable{
		nullSafe: node.NullSafe, numbers: state.NewNumbers(keyTypes),
		schema: input.Schema(), rows: vector.NewBatch(input.Schema()),
	}
	var err error
	t.keys, err = newArguments(keys)
	return t, err
}

// Push adds the rows of a batch that count.
func (t *JoinTable) Push(b *vector.Batch) error {
	if err := t.keys.eval(b); err != nil {
		return err
	}
	from := len(t.byRow)
	t.byRow = vector.Resize(t.byRow, from+b.Len())
	numbers := t.byRow[from:]
	t.numbers.Assign(t.keys.columns, b.Selection, numbers)
	dropNulls(t.keys.columns, t.nullSafe, b, numbers)
	t.rows.Append(b)
	if t.rows.Rows > math.MaxInt32 {
		return fmt.Errorf("one side of a join has more than %d rows in a partition: use more partitions", math.MaxInt32)
	}
	for i := range t.rows.Columns {
		if len(t.rows.Columns[i].Bytes) > math.MaxInt32 {
			return fmt.Errorf("column %s of one side of a join has more than 2 GiB in a partition: use more partitions", t.schema.Fields[i].Name)
		}
	}
	return nil
}

// dropNulls gives -1 to the rows of which a key equals nothing because it is null.
func dropNulls(keys []*vector.Column, nullSafe []bool, b *vector.Batch, numbers []int32) {
	for i, key := range keys {
		if nullSafe[i] || !key.HasNulls() {
			continue
		}
		for j := range numbers {
			if key.IsNull(b.Row(j)) {
				numbers[j] = -1
			}
		}
	}
}

// Finish puts the rows in order of their keys. It comes after the last Push.
func (t *JoinTable) Finish() {
	t.unique = t.numbers.Len() == len(t.byRow) && !slices.Contains(t.byRow, -1)
	if t.unique {
		return
	}
	t.starts = vector.Resize(t.starts, t.numbers.Len()+1)
	clear(t.starts)
	total := int32(0)
	for _, number := range t.byRow {
		if number >= 0 {
			t.starts[number+1]++
			total++
		}
	}
	for number := range t.numbers.Len() {
		t.starts[number+1] += t.starts[number]
	}
	t.order = vector.Resize(t.order, int(total))
	// While rows are put in their places, starts[number] is the next place of its key;
	// at the end that is where the next key starts.
	for row, number := range t.byRow {
		if number >= 0 {
			t.order[t.starts[number]] = int32(row)
			t.starts[number]++
		}
	}
	copy(t.starts[1:], t.starts[:t.numbers.Len()])
	t.starts[0] = 0
}

// partners returns the rows whose key has a number, of keys that are not unique.
func (t *JoinTable) partners(number int32) []int32 {
	if number < 0 {
		return nil
	}
	return t.order[t.starts[number]:t.starts[number+1]]
}

// reset makes the table empty and keeps its memory.
func (t *JoinTable) reset() {
	t.numbers.Reset()
	t.rows.Reset()
	t.byRow, t.order = t.byRow[:0], t.order[:0]
}
