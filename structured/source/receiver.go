package source

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Socket reads the lines of a sender of the acknowledged line protocol, which
// receiver.Socket describes, at an address: host:port, or unix:path. The columns are
// those of [Receive].
func Socket(address string, options ...receiver.Options) Source {
	return Receive(receiver.Socket(address), options...)
}

// Receive reads what a receiver of text takes from outside: a row for each element, in
// the columns value string and timestamp timestamp, which is when the row's block was
// begun. A query with a checkpoint logs the blocks in it: a batch that runs again has
// the same rows with the same timestamps, and what came while no batch ran is in the next
// one. A bounded query finds nothing.
func Receive(r receiver.Receiver[string], options ...receiver.Options) Source {
	return &received{r, options}
}

type received struct {
	receiver receiver.Receiver[string]
	options  []receiver.Options
}

var receivedSchema = types.NewSchema(types.Required("value", types.String), types.Required("timestamp", types.Timestamp))

func (r *received) String() string {
	if r.receiver == nil {
		return "no receiver"
	}
	return receiver.Name(r.receiver)
}

// Schema implements Source.
func (r *received) Schema(context.Context) (types.Schema, error) {
	if r.receiver == nil {
		return types.Schema{}, errors.New("the receiver is nil")
	}
	return receivedSchema, nil
}

// Open implements Source.
func (r *received) Open(ctx context.Context, query Query) (Reader, error) {
	blocks, err := receiver.Open(ctx, r.receiver, receiver.Stream{
		State: query.State, Epoch: query.Epoch, Fence: query.Fence, Env: query.Env,
	}, r.options...)
	if err != nil {
		return nil, err
	}
	return &blockReader{source: r, blocks: blocks}, nil
}

// blockReader reads the blocks of a receiver for one query.
type blockReader struct {
	source *received
	blocks *receiver.Blocks[string]
	latest int64 // the last end that was handed out
	count  int64 // rows of the current batch

	rows, values atomic.Int64
}

// blockOffset is the offset of a receiver.
type blockOffset struct {
	Block int64 `json:"block"` // the number of blocks before it
}

func formatBlock(number int64) Offset { return Offset(fmt.Sprintf(`{"block":%d}`, number)) }

func (r *blockReader) parse(offset Offset) (int64, error) {
	o := blockOffset{-1}
	if err := json.Unmarshal([]byte(offset), &o, json.RejectUnknownMembers(true)); err != nil || o.Block < 0 {
		return 0, fmt.Errorf("%s: %s is not an offset of a receiver", r.source, offset)
	}
	return o.Block, nil
}

// Initial implements Reader.
func (r *blockReader) Initial(context.Context) (Offset, error) { return formatBlock(0), nil }

// Latest implements Reader.
func (r *blockReader) Latest(_ context.Context, start Offset, _ Limit) (Offset, error) {
	from, err := r.parse(start)
	if err != nil {
		return "", err
	}
	if r.latest, err = r.blocks.End(from); err != nil {
		return "", err
	}
	return formatBlock(r.latest), nil
}

// Arrival implements Waking.
func (r *blockReader) Arrival() env.Waitable { return r.blocks.Arrived(r.latest) }

// Plan implements Reader: a partition has some blocks that follow each other.
func (r *blockReader) Plan(_ context.Context, start, end Offset, partitions int) ([]Partition, error) {
	from, err := r.parse(start)
	if err != nil {
		return nil, err
	}
	to, err := r.parse(end)
	if err != nil {
		return nil, err
	}
	blocks, err := r.blocks.Range(from, to)
	if err != nil {
		return nil, err
	}
	r.count = 0
	for _, block := range blocks {
		r.count += int64(len(block.Elements))
	}
	n := min(max(1, partitions), len(blocks))
	plan := make([]Partition, n)
	for i := range plan {
		plan[i] = blockPartition{r, blocks[i*len(blocks)/n : (i+1)*len(blocks)/n]}
	}
	return plan, nil
}

// Completed implements Paced.
func (r *blockReader) Completed(ended time.Time, processing time.Duration) {
	r.blocks.Completed(receiver.Sample{Ended: ended, Elements: r.count, Processing: processing})
}

// Counts implements Counted.
func (r *blockReader) Counts() Counts { return Counts{Rows: r.rows.Load(), Values: r.values.Load()} }

// Commit implements Reader.
func (r *blockReader) Commit(ctx context.Context, end Offset) error {
	to, err := r.parse(end)
	if err != nil {
		return err
	}
	return r.blocks.Forget(ctx, to)
}

// Close implements Reader.
func (r *blockReader) Close() error { return r.blocks.Close() }

// blockPartition is blocks that one task reads.
type blockPartition struct {
	reader *blockReader
	blocks []receiver.Block[string]
}

// Read implements Partition.
func (p blockPartition) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	if columns == nil {
		columns = []int{0, 1}
	}
	schema := receivedSchema.Select(columns).Arrow()
	return func(yield func(arrow.RecordBatch, error) bool) {
		var rows blockRows
		give := func() bool {
			batch := rows.batch(schema, columns)
			p.reader.rows.Add(batch.NumRows())
			p.reader.values.Add(batch.NumRows() * batch.NumCols())
			return yield(batch, nil)
		}
		for _, block := range p.blocks {
			for elements := block.Elements; len(elements) > 0; {
				n := min(batchRows-rows.n, len(elements), 256)
				rows.add(elements[:n], block.Time, columns)
				elements = elements[n:]
				if full := rows.n == batchRows || len(rows.data) > 1<<28; full && !give() {
					return
				}
			}
		}
		if rows.n > 0 {
			give()
		}
	}
}

// blockRows gathers the rows of a batch. Its memory is used again for the next one.
type blockRows struct {
	n     int
	data  []byte
	ends  []int32
	times []arrow.Timestamp
}

func (b *blockRows) add(lines []string, at time.Time, columns []int) {
	b.n += len(lines)
	for _, column := range columns {
		switch column {
		case 0:
			if len(b.ends) == 0 {
				b.ends = append(b.ends, 0)
			}
			for _, line := range lines {
				b.data = append(b.data, line...)
				b.ends = append(b.ends, int32(len(b.data)))
			}
		case 1:
			for range lines {
				b.times = append(b.times, arrow.Timestamp(at.UnixMicro()))
			}
		}
	}
}

func (b *blockRows) batch(schema *arrow.Schema, columns []int) arrow.RecordBatch {
	arrays := make([]arrow.Array, len(columns))
	for i, column := range columns {
		if column == 0 {
			arrays[i] = stringArray(b.ends, b.data)
			continue
		}
		buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.TimestampTraits.CastToBytes(b.times))}
		arrays[i] = array.NewTimestampData(array.NewData(schema.Field(i).Type, b.n, buffers, nil, 0, 0))
	}
	batch := array.NewRecordBatch(schema, arrays, int64(b.n))
	*b = blockRows{data: b.data[:0], ends: b.ends[:0], times: b.times[:0]}
	return batch
}
