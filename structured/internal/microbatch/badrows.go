package microbatch

import (
	"fmt"

	"github.com/tidewheel/tidewheel/structured/internal/run"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/types"
)

// BadRows says what becomes of rows of which an expression can't be computed. It is
// part of a batch's plan.
type BadRows byte

// What becomes of bad rows. The numbers are on disk.
const (
	FailOnBadRows BadRows = iota
	SkipBadRows
	DeadLetters // they go to Config.DeadLetters
)

// letters is the schema of dead letters.
var letters = types.NewSchema(
	types.Nullable("source", types.String),
	types.Nullable("start", types.String),
	types.Nullable("end", types.String),
	types.Required("condition", types.String),
	types.Required("error", types.String),
	types.Required("row", types.String),
)

// checkBadRows refuses a batch that was planned to have dead letters if nobody takes
// them now.
func (e *engine) checkBadRows(plan Plan) error {
	if plan.BadRows == DeadLetters && e.DeadLetters == nil {
		return fmt.Errorf("batch %d is pending and has its bad rows written to a sink of dead letters: start the query with that, until the batch is done", plan.Batch)
	}
	return nil
}

// lettersOf are the dead letters of a batch, as the batch of their own sink.
func (e *engine) lettersOf(plan Plan, bad []run.BadRow) (sink.Batch, error) {
	batch := sink.Batch{ID: plan.Batch, Time: plan.Time}
	if plan.BadRows != DeadLetters || len(bad) == 0 {
		return batch, nil
	}
	rows := vector.NewBatch(letters)
	for _, b := range bad {
		text, err := sink.JSON(b.Row, 0)
		if err != nil {
			return batch, fmt.Errorf("write a bad row as text: %w", err)
		}
		values := []any{nil, nil, nil, b.Err.Condition, b.Err.Error(), string(text)}
		if b.Source >= 0 && b.Source < len(plan.Ranges) {
			r := plan.Ranges[b.Source]
			values[0], values[1], values[2] = e.Sources[b.Source].String(), string(r.Start), string(r.End)
		}
		if err := rows.AppendRow(values...); err != nil {
			return batch, err
		}
	}
	record, err := rows.Record(letters.Arrow())
	batch.Partitions = []sink.Partition{{record}}
	return batch, err
}
