package source

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured/types"
)

// TextFiles reads text: a row a line, in one column, value string. Lines end with
// \n or \r\n; the last one of a file may lack its end. The path is a file, a
// directory or a pattern with *, ? and [. Names that begin with _ or . or end with
// ._COPYING_ are ignored.
func TextFiles(path string, options ...FileOption) Source {
	return newFiles(path, textFormat{}, options)
}

type textFormat struct{}

var textSchema = types.NewSchema(types.Nullable("value", types.String))

func (textFormat) name() string         { return "text" }
func (textFormat) schema() types.Schema { return textSchema }

func (textFormat) read(ctx context.Context, p *filePartition, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		lines := newLineReader(ctx, p.reader.fs, p.segments)
		out := &delivery{reader: p.reader, filter: filter, yield: yield}
		err := readText(lines, columns == nil || len(columns) > 0, out)
		if closeErr := lines.closeFile(); err == nil {
			err = closeErr
		}
		out.end(err)
	}
}

// readText lays the lines of a batch end to end, as Arrow wants them. The memory is
// used again for the next batch.
func readText(lines *lineReader, values bool, out *delivery) error {
	fields := arrow.NewSchema(nil, nil)
	if values {
		fields = textSchema.Arrow()
	}
	var data []byte
	ends := make([]int32, 1, batchRows+1)
	for {
		rows := 0
		data, ends = data[:0], ends[:1]
		var end error
		for rows < batchRows && len(data) < 1<<30 {
			line, _, err := lines.line()
			if err != nil {
				end = err
				break
			}
			if len(line) > 1<<30 {
				return lines.fail(fmt.Errorf("a line has %d bytes, more than 1 GiB", len(line)))
			}
			if rows++; values {
				data = append(data, line...)
				ends = append(ends, int32(len(data)))
			}
		}
		if end != nil && end != io.EOF {
			return end
		}
		if rows > 0 {
			var columns []arrow.Array
			if values {
				columns = []arrow.Array{stringArray(ends, data)}
			}
			if !out.deliver(array.NewRecordBatch(fields, columns, int64(rows))) {
				return nil
			}
		}
		if end == io.EOF {
			return nil
		}
	}
}

// stringArray is an array without nulls over the memory given.
func stringArray(ends []int32, data []byte) arrow.Array {
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(ends)), memory.NewBufferBytes(data)}
	return array.NewStringData(array.NewData(arrow.BinaryTypes.String, len(ends)-1, buffers, nil, 0, 0))
}
