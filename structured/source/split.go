package source

import (
	"context"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
)

// minSplit is the least number of bytes that is worth a partition of its own when
// a file is cut.
const minSplit = 64 << 10

// segment is the lines of a file that begin in [from, to).
type segment struct {
	file     file
	from, to int64
}

// split cuts the files, laid end to end, into n pieces of about one size, or into
// fewer if they are small. The order of lines is kept.
func split(list []file, n int) [][]segment {
	var total int64
	for _, f := range list {
		total += f.Size
	}
	n = max(1, min(n, max(len(list), int(total/minSplit))))
	target := (total + int64(n) - 1) / int64(n)
	var pieces [][]segment
	var piece []segment
	room := target
	for _, f := range list {
		for from := int64(0); from < f.Size; {
			to := min(f.Size, from+room)
			piece = append(piece, segment{f, from, to})
			room -= to - from
			from = to
			if room == 0 {
				pieces, piece, room = append(pieces, piece), nil, target
			}
		}
	}
	if len(piece) > 0 {
		pieces = append(pieces, piece)
	}
	return pieces
}

// filePartition is some segments that one task reads.
type filePartition struct {
	reader   *fileReader
	segments []segment
}

// Read implements Partition.
func (p *filePartition) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return p.reader.source.format.read(ctx, p, columns, nil)
}

// ReadWhere implements Filtering.
func (p *filePartition) ReadWhere(ctx context.Context, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error] {
	return p.reader.source.format.read(ctx, p, columns, filter)
}
