package structured

import (
	"context"
	"errors"

	"github.com/tidewheel/tidewheel/structured/internal/plan"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Read returns the table that a source holds now. Queries over it end.
//
// A source that knows its schema without reading anything is described at once, and
// mistakes in later operations are found where they are made; one that has to look
// into its data is asked when the result is.
func (s *Session) Read(src source.Source) DataFrame { return s.from("Read", src, false) }

// Stream returns the table that grows as a source does. Queries over it are started
// by Write.
func (s *Session) Stream(src source.Source) DataFrame { return s.from("Stream", src, true) }

func (s *Session) from(operation string, src source.Source, streaming bool) DataFrame {
	f := &frame{session: s, place: place(operation)}
	switch {
	case s == nil:
		f.err = f.mistake(errors.New("the session is nil; make it with Open"))
		return DataFrame{f}
	case src == nil:
		f.err = f.mistake(errors.New("the source is nil"))
		return DataFrame{f}
	}
	f.table = &table{source: src, streaming: streaming}

	// Whoever has to do I/O for it declines under a context that is done.
	done, cancel := context.WithCancel(context.Background())
	cancel()
	node, err := f.table.scan(done)
	switch {
	case err == nil:
		f.node = node
	case !errors.Is(err, context.Canceled):
		f.err = f.mistake(err)
	}
	return DataFrame{f}
}

// table is a source as a session was told to read it.
type table struct {
	source    source.Source
	streaming bool
}

func (t *table) scan(ctx context.Context) (*plan.Scan, error) {
	schema, err := t.source.Schema(ctx)
	if err != nil {
		return nil, err
	}
	relation := &plan.Relation{Name: t.source.String(), Schema: schema, Streaming: t.streaming}
	if known, ok := t.source.(rowCounter); ok && !t.streaming {
		relation.Rows = known.Rows()
	}
	return plan.NewScan(relation), nil
}

// rowCounter is a source that knows how many rows it has.
type rowCounter interface {
	Rows() int64
}
