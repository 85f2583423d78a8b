package source

import (
	"context"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/filelog"
)

// filePartition is some segments that one task reads.
type filePartition struct {
	reader   *fileReader
	segments []filelog.Segment
}

// Read implements Partition.
func (p *filePartition) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return p.reader.source.format.read(ctx, p, columns, nil)
}

// ReadWhere implements Filtering.
func (p *filePartition) ReadWhere(ctx context.Context, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error] {
	return p.reader.source.format.read(ctx, p, columns, filter)
}
