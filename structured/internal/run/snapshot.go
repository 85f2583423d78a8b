package run

import (
	"bytes"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/internal/keyed"
)

// Snapshot writes the state of a key group, as of the last batch.
func (o *Operator) Snapshot(group int, w io.Writer) error { return o.machine(group).Snapshot(group, w) }

// Restore reads what Snapshot wrote, before the first batch, into any number of
// partitions.
func (o *Operator) Restore(group int, r io.Reader) error { return o.machine(group).Restore(group, r) }

// MoveTo makes the state of another operator, which has run no batch yet, the same.
func (o *Operator) MoveTo(other *Operator) error {
	var state bytes.Buffer
	for group := range keyed.Groups {
		state.Reset()
		err := o.Snapshot(group, &state)
		if err == nil {
			err = other.Restore(group, &state)
		}
		if err != nil {
			return fmt.Errorf("key group %d: %w", group, err)
		}
	}
	return nil
}
