package source

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
	"github.com/tidewheel/tidewheel/wal"
)

// Rate makes rows at a steady rate: timestamp timestamp, value bigint. The values
// count from 0; those of one second are spread evenly over it. A stream counts its
// seconds from its first start, also after later ones, so that a query that was
// stopped has much to catch up on. It is for trying things out and for measuring.
func Rate(rowsPerSecond int64, options ...RateOption) Source {
	r := &rate{rows: rowsPerSecond}
	for _, option := range options {
		option(r)
	}
	switch {
	case r.rows < 1:
		r.err = fmt.Errorf("Rate(%d): must be at least 1 row a second", r.rows)
	case r.rampUp < 0 || r.rampUp%time.Second != 0:
		r.err = fmt.Errorf("RampUp(%s): must be whole seconds", r.rampUp)
	}
	return r
}

// RateOption changes what Rate makes.
type RateOption func(*rate)

// RampUp lets the rate grow, second by second, until it is reached after so long, a
// number of whole seconds. Default: at once.
func RampUp(d time.Duration) RateOption { return func(r *rate) { r.rampUp = d } }

type rate struct {
	rows   int64
	rampUp time.Duration
	err    error
}

var rateSchema = types.NewSchema(types.Required("timestamp", types.Timestamp), types.Required("value", types.Bigint))

func (r *rate) String() string { return fmt.Sprintf("rate[%d rows/s]", r.rows) }

// Schema implements Source.
func (r *rate) Schema(context.Context) (types.Schema, error) { return rateSchema, r.err }

// before is how many rows there are in the first so many seconds. While the rate
// grows, second s has s times step rows, where the first second, 0, has none.
func (r *rate) before(seconds int64) int64 {
	grows := int64(r.rampUp / time.Second)
	step := max(1, r.rows/(grows+1))
	grown := min(seconds, grows)
	return step*grown*(grown+1)/2 + (seconds-grown)*r.rows
}

// Open implements Source.
func (r *rate) Open(ctx context.Context, query Query) (Reader, error) {
	if r.err != nil {
		return nil, r.err
	}
	start, err := firstStart(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", r, err)
	}
	return &rateReader{rate: r, env: query.Env, start: start}, nil
}

// firstStart is the moment, to the millisecond, when the query was started first. It
// is the only record of a log in the source's directory: its milliseconds since 1970,
// in decimal.
func firstStart(ctx context.Context, query Query) (start time.Time, err error) {
	start = query.Env.Now().Truncate(time.Millisecond).UTC()
	if query.State == "" {
		return start, nil
	}
	log, err := wal.Create(ctx, query.Env, query.State, query.Epoch, wal.Options{})
	if err != nil {
		return start, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	for record, err := range wal.Records(query.Env, query.State) {
		var ms int64
		if err == nil {
			ms, err = strconv.ParseInt(string(record.Payload), 10, 64)
		}
		return time.UnixMilli(ms).UTC(), err
	}
	if _, err := log.Append(strconv.AppendInt(nil, start.UnixMilli(), 10)); err != nil {
		return start, err
	}
	return start, log.Sync(ctx)
}

type rateReader struct {
	rate  *rate
	env   env.Env
	start time.Time
}

// Initial implements Reader. Offsets are seconds since the first start.
func (r *rateReader) Initial(context.Context) (Offset, error) { return "0", nil }

// Latest implements Reader. It does not go back when the clock is set back.
func (r *rateReader) Latest(_ context.Context, start Offset, _ Limit) (Offset, error) {
	from, err := parseSeconds(start)
	now := int64(r.env.Now().Sub(r.start) / time.Second)
	return Offset(strconv.FormatInt(max(from, now), 10)), err
}

func parseSeconds(offset Offset) (int64, error) {
	seconds, err := strconv.ParseInt(string(offset), 10, 64)
	if err != nil || seconds < 0 {
		return 0, fmt.Errorf("%q is not an offset of a rate source", offset)
	}
	return seconds, nil
}

// Plan implements Reader.
func (r *rateReader) Plan(_ context.Context, start, end Offset, partitions int) ([]Partition, error) {
	from, err := parseSeconds(start)
	if err != nil {
		return nil, err
	}
	to, err := parseSeconds(end)
	if err != nil {
		return nil, err
	}
	return countingPartitions(r.rate.before(from), r.rate.before(to), partitions, func(value int64, second *int64) int64 {
		*second = max(*second, from)
		for value >= r.rate.before(*second+1) {
			*second++
		}
		first := r.rate.before(*second)
		ms := *second*1000 + (value-first)*1000/(r.rate.before(*second+1)-first)
		return r.start.UnixMilli() + ms
	}), nil
}

// Commit implements Reader.
func (r *rateReader) Commit(context.Context, Offset) error { return nil }

// Close implements Reader.
func (r *rateReader) Close() error { return nil }

// RatePerBatch makes so many rows in each batch, all with one timestamp: that of the
// first batch is start, that of each further one is later by advance. Values count
// from 0 over the batches. The rows do not depend on the clock.
func RatePerBatch(rows int64, start time.Time, advance time.Duration) Source {
	s := &batchRate{rows: rows, start: start.UnixMilli(), advance: advance.Milliseconds()}
	if rows < 1 || s.start < 0 || s.advance < 0 {
		s.err = fmt.Errorf("RatePerBatch(%d, %s, %s): there must be at least 1 row, and no time before 1970 or backwards", rows, start, advance)
	}
	return s
}

type batchRate struct {
	rows           int64
	start, advance int64 // ms
	err            error
}

// batchRateOffset is where a batch begins.
type batchRateOffset struct {
	Offset    int64 `json:"offset"`
	Timestamp int64 `json:"timestamp"` // ms
}

func (s *batchRate) String() string { return fmt.Sprintf("rate[%d rows/batch]", s.rows) }

// Schema implements Source.
func (s *batchRate) Schema(context.Context) (types.Schema, error) { return rateSchema, s.err }

// Open implements Source.
func (s *batchRate) Open(context.Context, Query) (Reader, error) { return s, s.err }

// Initial implements Reader.
func (s *batchRate) Initial(context.Context) (Offset, error) {
	return s.format(batchRateOffset{0, s.start})
}

func (s *batchRate) format(o batchRateOffset) (Offset, error) {
	text, err := json.Marshal(o)
	return Offset(text), err
}

func (s *batchRate) parse(offset Offset) (o batchRateOffset, err error) {
	if err := json.Unmarshal([]byte(offset), &o, json.RejectUnknownMembers(true)); err != nil {
		return o, fmt.Errorf("%s: %q is not an offset of this source: %w", s, offset, err)
	}
	return o, nil
}

// Latest implements Reader: there is always a batch more.
func (s *batchRate) Latest(_ context.Context, start Offset, _ Limit) (Offset, error) {
	o, err := s.parse(start)
	if err != nil {
		return "", err
	}
	return s.format(batchRateOffset{o.Offset + s.rows, o.Timestamp + s.advance})
}

// Plan implements Reader.
func (s *batchRate) Plan(_ context.Context, start, end Offset, partitions int) ([]Partition, error) {
	from, err := s.parse(start)
	if err != nil {
		return nil, err
	}
	to, err := s.parse(end)
	if err != nil {
		return nil, err
	}
	return countingPartitions(from.Offset, to.Offset, partitions, func(value int64, _ *int64) int64 {
		return from.Timestamp + (value-from.Offset)/s.rows*s.advance
	}), nil
}

// Commit implements Reader.
func (s *batchRate) Commit(context.Context, Offset) error { return nil }

// Close implements Reader.
func (s *batchRate) Close() error { return nil }

// countingPartitions divides the values in [from, to). at is the time of a value in
// milliseconds since 1970; values ascend, and what it keeps in second is kept from one
// to the next.
func countingPartitions(from, to int64, partitions int, at func(value int64, second *int64) int64) []Partition {
	var list []Partition
	n := max(1, min(int64(partitions), (to-from)/batchRows))
	for i := range n {
		list = append(list, counted{from + (to-from)*i/n, from + (to-from)*(i+1)/n, at})
	}
	return list
}

type counted struct {
	from, to int64
	at       func(value int64, second *int64) int64
}

// Read implements Partition.
func (p counted) Read(ctx context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		schema := rateSchema
		if columns != nil {
			schema = types.Schema{}
			for _, c := range columns {
				schema.Fields = append(schema.Fields, rateSchema.Fields[c])
			}
		}
		second := int64(0)
		for value := p.from; value < p.to; {
			if ctx.Err() != nil {
				yield(nil, context.Cause(ctx))
				return
			}
			batch := vector.NewBatch(schema)
			for end := min(p.to, value+batchRows); value < end; value++ {
				for i, field := range schema.Fields {
					if field.Type == types.Timestamp {
						batch.Columns[i].AppendLong(p.at(value, &second) * 1000)
					} else {
						batch.Columns[i].AppendLong(value)
					}
				}
				batch.Rows++
			}
			if !yield(batch.Record(schema.Arrow())) {
				return
			}
		}
	}
}
