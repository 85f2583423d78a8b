package run

import (
	"errors"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/internal/fault"
	"github.com/tidewheel/tidewheel/structured/internal/physical"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// BadRow is a row of which an expression could not be computed, and which was left out.
type BadRow struct {
	// Source is the number of the source from which it came, or -1 if it was made of
	// rows that had been brought together.
	Source int

	Row arrow.RecordBatch // one row, as the operator saw it whose expression it is
	Err *fault.Error
}

// pushLenient pushes rows to machine i; those of which it can't compute an expression
// are left out and kept aside.
func (x *instance) pushLenient(i, port int, b *vector.Batch) error {
	err := x.machines[i].Push(port, b, x.emits[i])
	if err == nil || x.refused {
		return err
	}
	machine, checks := x.machines[i].(exec.Checking)
	if !checks || !isFault(err) || machine.Check(b) == nil {
		x.refused = true // no machine before this one can do anything about it
		return err
	}
	rows := make([]int32, b.Len())
	for row := range rows {
		rows[row] = int32(b.Row(row))
	}
	good, err := x.sift(i, port, machine, b, rows, nil)
	if err != nil || len(good) == 0 {
		return err
	}
	return machine.Push(port, &vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: good}, x.emits[i])
}

func isFault(err error) bool {
	_, ok := errors.AsType[*fault.Error](err)
	return ok
}

// sift appends the rows to good that machine i can take, by halves.
func (x *instance) sift(i, port int, machine exec.Checking, b *vector.Batch, rows, good []int32) ([]int32, error) {
	part := vector.Batch{Columns: b.Columns, Rows: b.Rows, Selection: rows}
	err := machine.Check(&part)
	if err == nil {
		return append(good, rows...), nil
	}
	why, ok := errors.AsType[*fault.Error](err)
	if !ok {
		x.refused = true
		return nil, err
	}
	if len(rows) > 1 {
		half := len(rows) / 2
		if good, err = x.sift(i, port, machine, b, rows[:half], good); err != nil {
			return nil, err
		}
		return x.sift(i, port, machine, b, rows[half:], good)
	}
	row, err := part.Record(x.input(i, port).Arrow())
	if err != nil {
		return nil, err
	}
	bad := BadRow{Source: -1, Row: row, Err: why}
	if scan := x.chain.scan; scan != nil {
		bad.Source = scan.Source
	}
	x.bad = append(x.bad, bad)
	return good, nil
}

// input is the schema of what machine i is fed.
func (x *instance) input(i, port int) types.Schema {
	if i > 0 {
		return x.chain.nodes[i-1].Schema()
	}
	if scan, ok := x.chain.nodes[0].(*physical.Scan); ok {
		return scan.Schema()
	}
	return x.chain.nodes[0].Children()[port].Schema()
}
