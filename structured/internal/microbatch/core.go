package microbatch

import (
	"math"
	"slices"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/source"
)

// Shape is what the core has to know of a query.
type Shape struct {
	Sources int

	// Delays are how far each watermark operator stays behind the greatest time it
	// has seen, by its number.
	Delays []time.Duration

	// Evicts says that a new watermark changes what some operator holds or gives, so
	// that a batch may be useful though no data came.
	Evicts bool

	Policy Policy
}

// Policy makes one watermark of those of several operators.
type Policy uint8

// The policies.
const (
	Slowest Policy = iota // the least; an operator that has seen nothing is at 0
	Fastest               // the greatest
)

func (p Policy) String() string {
	return [...]string{"min", "max"}[p]
}

// Range is what a batch reads of one source: what is after Start, up to End.
type Range struct {
	Start, End source.Offset
}

// Plan is all that determines a batch.
type Plan struct {
	Batch      int64
	Time       time.Time // of the batch, to the millisecond
	Partitions int
	BadRows    BadRows
	Ranges     []Range // by source
	Watermark  int64   // µs: what is closed at the end of the batch
	Late       int64   // µs: the watermark of the batch before; what it closes is too late
	Policy     Policy  // by which later watermarks are made
}

// Core decides what the batches of a query are. It does no I/O, and is used by one
// activity.
type Core struct {
	shape   Shape
	trigger Trigger

	next      int64
	offsets   []source.Offset // where the next batch starts
	watermark int64           // of the next batch
	late      int64           // of the last one
	due       bool            // whether a batch is useful even without data
	marks     []int64         // by watermark operator; unseen if it has seen no time
}

// unseen is the mark of an operator that has seen no time since the start.
const unseen = math.MinInt64

// NewCore returns the core of a query that starts at these offsets.
func NewCore(shape Shape, trigger Trigger, offsets []source.Offset) *Core {
	c := &Core{shape: shape, trigger: trigger, offsets: slices.Clone(offsets), marks: make([]int64, len(shape.Delays))}
	for i := range c.marks {
		c.marks[i] = unseen
	}
	return c
}

// Resume goes on after a batch that is done. Watermark operators start empty: what
// they had seen is in the watermark.
func (c *Core) Resume(last Plan, answer Answer) {
	c.next, c.late, c.shape.Policy = last.Batch+1, last.Watermark, last.Policy
	c.watermark, c.due = max(answer.Watermark, last.Watermark), answer.Due
	for i, r := range last.Ranges {
		c.offsets[i] = r.End
	}
}

// Offsets are where the next batch starts, by source.
func (c *Core) Offsets() []source.Offset { return c.offsets }

// Next is the number of the next batch.
func (c *Core) Next() int64 { return c.next }

// Watermark is that of the next batch, in microseconds.
func (c *Core) Watermark() int64 { return c.watermark }

// Plan returns the next batch, given how far each source goes now. It is false if
// there is nothing to do.
func (c *Core) Plan(now time.Time, partitions int, ends []source.Offset) (Plan, bool) {
	if slices.Equal(ends, c.offsets) && !c.due {
		return Plan{}, false
	}
	p := Plan{
		Batch: c.next, Time: now.Truncate(time.Millisecond).UTC(), Partitions: partitions,
		Ranges: make([]Range, len(ends)), Watermark: c.watermark, Late: c.late, Policy: c.shape.Policy,
	}
	for i, end := range ends {
		p.Ranges[i] = Range{c.offsets[i], end}
	}
	return p, true
}

// Answer is what is logged of a batch that is done, for the batches after it.
type Answer struct {
	Watermark int64    // µs: of the next batch
	Due       bool     // whether the next batch is useful even without data
	Tokens    [][]byte // by sink; nil for one that had the batch already
}

// Done moves on past a batch that was computed. seen is what each watermark operator
// saw in it.
func (c *Core) Done(p Plan, seen []exec.Seen) Answer {
	c.next, c.late, c.shape.Policy = p.Batch+1, p.Watermark, p.Policy
	for i, r := range p.Ranges {
		c.offsets[i] = r.End
	}
	c.watermark = max(c.watermark, p.Watermark)
	c.advance(seen)
	c.due = c.shape.Evicts && c.trigger.kind != once && c.watermark > p.Watermark
	return Answer{Watermark: c.watermark, Due: c.due}
}

// advance raises the watermark to that of the slowest operator, or of the fastest one.
// One that has seen no time yet is at 0.
func (c *Core) advance(seen []exec.Seen) {
	if len(c.marks) == 0 {
		return
	}
	slowest, fastest := int64(math.MaxInt64), int64(math.MinInt64)
	for i, s := range seen {
		delay := c.shape.Delays[i].Microseconds()
		if least := math.MinInt64 + delay + 1000; s.Rows > 0 && s.Max > least {
			c.marks[i] = max(c.marks[i], floorToMillisecond(s.Max)-delay)
		}
		mark := c.marks[i]
		if mark == unseen {
			mark = 0
		}
		slowest, fastest = min(slowest, mark), max(fastest, mark)
	}
	if c.shape.Policy == Fastest || mutate.On(15) {
		slowest = fastest
	}
	c.watermark = max(c.watermark, slowest)
}

// floorToMillisecond rounds microseconds down, below zero too: watermarks are whole
// milliseconds.
func floorToMillisecond(µs int64) int64 {
	rest := µs % 1000
	if rest < 0 {
		rest += 1000
	}
	return µs - rest
}
