package kafka

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Start is where a source begins that has read nothing yet: [FromEarliest],
// [FromLatest], [FromOffsets] or [FromTime]. The zero Start is FromLatest for what
// goes on and FromEarliest for what is read once.
type Start struct {
	kind     startKind
	offsets  Offsets
	time     time.Time
	orLatest bool
}

type startKind int

const (
	startDefault startKind = iota
	startEarliest
	startLatest
	startOffsets
	startTime
)

// FromEarliest begins with the first record that each partition holds.
func FromEarliest() Start { return Start{kind: startEarliest} }

// FromLatest begins with the first record that is written after the stream has
// started for the first time.
func FromLatest() Start { return Start{kind: startLatest} }

// FromOffsets begins at these offsets, which may be OffsetEarliest and OffsetLatest.
// They must name all partitions that the source reads at that time, and no other.
func FromOffsets(offsets Offsets) Start { return Start{kind: startOffsets, offsets: offsets} }

// FromTime begins in each partition with the first record whose timestamp is t or
// later. A partition that has none is an error; with orLatest it is read from its end.
func FromTime(t time.Time, orLatest bool) Start {
	return Start{kind: startTime, time: t, orLatest: orLatest}
}

// resolve finds the offsets of a start.
func (r *reader) resolve(ctx context.Context, start Start, partitions []Partition) (place, error) {
	switch start.kind {
	case startEarliest:
		return r.ask(ctx, partitions, Place{Kind: Earliest})
	case startLatest:
		return r.ask(ctx, partitions, r.end())
	case startTime:
		return r.since(ctx, start, partitions)
	case startOffsets:
		return r.given(ctx, start.offsets, partitions)
	}
	if r.user.Bounded {
		return r.resolve(ctx, FromEarliest(), partitions)
	}
	return r.resolve(ctx, FromLatest(), partitions)
}

func (r *reader) since(ctx context.Context, start Start, partitions []Partition) (place, error) {
	found, err := r.ask(ctx, partitions, Place{Kind: FirstAt, Time: start.time})
	if err != nil {
		return nil, err
	}
	ends, err := r.ask(ctx, partitions, r.end())
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].offset >= 0 {
			continue
		}
		if !start.orLatest {
			return nil, fmt.Errorf("kafka: %s has no record of %s or later: pass orLatest to FromTime to begin at its end", found[i].Partition, start.time.Format(time.RFC3339Nano))
		}
		found[i].offset = ends[i].offset
	}
	return found, nil
}

func (r *reader) given(ctx context.Context, offsets Offsets, partitions []Partition) (place, error) {
	given := offsets.place()
	if !slices.Equal(given.partitions(), partitions) {
		return nil, fmt.Errorf("kafka: FromOffsets names the partitions %v, but the source reads %v: name each of these", given.partitions(), partitions)
	}
	earliest, err := r.ask(ctx, partitions, Place{Kind: Earliest})
	if err != nil {
		return nil, err
	}
	ends, err := r.ask(ctx, partitions, r.end())
	if err != nil {
		return nil, err
	}
	for i := range given {
		switch offset := given[i].offset; {
		case offset == OffsetEarliest:
			given[i].offset = earliest[i].offset
		case offset == OffsetLatest:
			given[i].offset = ends[i].offset
		case offset < 0:
			return nil, fmt.Errorf("kafka: FromOffsets: offset %d of %s: an offset is 0 or more, OffsetEarliest or OffsetLatest", offset, given[i].Partition)
		}
	}
	return given, nil
}
