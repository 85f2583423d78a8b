package microbatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/structured/source"
)

// static is the tables that a stream is joined with, which do not grow: what they had
// when the query started.
type static struct {
	readers []source.Reader
	parts   [][]source.Partition
}

// openStatic opens the tables that do not grow and finds out what they have.
func (e *engine) openStatic(ctx context.Context) error {
	for _, s := range e.Static {
		reader, err := s.Open(ctx, source.Query{ID: e.Recovered.ID, Name: e.Name, Epoch: e.Recovered.Epoch, Bounded: true, Env: e.Env})
		if err != nil {
			return fmt.Errorf("open table %s: %w", s, err)
		}
		e.static.readers = append(e.static.readers, reader)
		start, err := reader.Initial(ctx)
		if err != nil {
			return fmt.Errorf("ask table %s where it begins: %w", s, err)
		}
		end, err := reader.Latest(ctx, start, source.Limit{All: true})
		if err != nil {
			return fmt.Errorf("ask table %s what it has: %w", s, err)
		}
		var parts []source.Partition
		if start != end {
			if parts, err = reader.Plan(ctx, start, end, e.Partitions); err != nil {
				return fmt.Errorf("plan table %s: %w", s, err)
			}
		}
		e.static.parts = append(e.static.parts, parts)
	}
	return nil
}

func (s *static) close() error {
	var failed []error
	for _, reader := range s.readers {
		failed = append(failed, reader.Close())
	}
	return errors.Join(failed...)
}
