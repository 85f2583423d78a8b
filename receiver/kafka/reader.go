package kafka

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/tidewheel/tidewheel/receiver"
)

// reader reads topics for one stream or query.
type reader struct {
	options SourceOptions
	user    receiver.LogUser
	retry   retrier
	pattern *regexp.Regexp // nil unless topics are chosen by it
	client  Client

	newest place         // where it all ended when Latest looked
	frozen place         // where it all ends, after Freeze
	ending bool          // whether frozen counts
	looked time.Duration // when a look last found enough
}

// Initial implements receiver.LogReader.
func (r *reader) Initial(ctx context.Context) (string, error) {
	return rememberInitial(r.user, func() (string, error) {
		partitions, err := r.selected(ctx)
		if err != nil {
			return "", err
		}
		if err := r.complete(partitions); err != nil {
			return "", err
		}
		start, err := r.resolve(ctx, r.options.Start, partitions)
		return start.String(), err
	})
}

// complete says whether all that was named is there. A pattern may match later.
func (r *reader) complete(partitions []Partition) error {
	have := make(map[Partition]bool)
	for _, p := range partitions {
		have[p] = true
	}
	wanted := r.options.Assign
	for _, topic := range r.options.Subscribe {
		wanted = append(wanted, Partition{topic, 0})
	}
	for _, p := range wanted {
		if !have[p] {
			return fmt.Errorf("kafka: %s: %w: make the topic before the stream starts", p, ErrUnknownPartition)
		}
	}
	return nil
}

// end is where the records that a reader may see end.
func (r *reader) end() Place {
	if r.options.Isolation == ReadUncommitted {
		return Place{Kind: LogEnd}
	}
	return Place{Kind: CommittedEnd}
}

// ask finds a place in some partitions, which are sorted.
func (r *reader) ask(ctx context.Context, partitions []Partition, where Place) (place, error) {
	return ask(ctx, r.client, r.retry, partitions, where)
}

func ask(ctx context.Context, client Client, retry retrier, partitions []Partition, where Place) (found place, err error) {
	if len(partitions) == 0 {
		return nil, nil
	}
	var offsets []int64
	err = retry.do(ctx, func() (err error) {
		offsets, err = client.Offsets(ctx, partitions, where)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("kafka: offsets of %v: %w", partitions, err)
	}
	for i, p := range partitions {
		found = append(found, at{p, offsets[i]})
	}
	return found, nil
}

// Freeze implements receiver.LogReader.
func (r *reader) Freeze(ctx context.Context) error {
	partitions, err := r.selected(ctx)
	if err != nil {
		return err
	}
	r.frozen, err = r.ask(ctx, partitions, r.end())
	r.ending = err == nil
	return err
}

// Latest implements receiver.LogReader. A partition that the start does not know
// enters at its first record, with an empty range: so the start of its first records
// is in the log of the stream, and a range means the same whenever it is read. If that
// record is not the first there ever was, data is lost.
func (r *reader) Latest(ctx context.Context, start string, limit int64) (string, error) {
	from, err := parsePlace(start)
	if err != nil {
		return "", err
	}
	ends, err := r.ends(ctx)
	if err != nil {
		return "", err
	}
	r.newest = ends
	if err := r.vanished(from, ends); err != nil {
		return "", err
	}
	shares, added, err := r.shares(ctx, from, ends)
	if err != nil {
		return "", err
	}
	var backlog int64
	for _, s := range shares {
		backlog += s.end - s.offset
	}
	all := limit == receiver.AllRecords
	if !all && !r.ending && backlog < r.options.MinOffsets && r.user.Env.Mono()-r.looked < r.options.MaxDelay {
		for i := range shares {
			shares[i].end = shares[i].offset
		}
		backlog = 0
	}
	if backlog > 0 || added {
		r.looked = r.user.Env.Mono()
	}
	if !all {
		split(shares, r.options.MaxOffsets)
		split(shares, limit)
	}
	to := make(place, len(shares))
	for i, s := range shares {
		to[i] = at{s.Partition, s.end}
	}
	return to.String(), nil
}

// Backlog implements receiver.MeasuredLog. A partition that the end does not know does
// not count: it enters with the next batch.
func (r *reader) Backlog(end string) (newest string, offsets int64) {
	from, err := parsePlace(end)
	if err != nil || r.newest == nil {
		return "", 0
	}
	for _, a := range from {
		if last, ok := r.newest.find(a.Partition); ok {
			offsets += max(0, last-a.offset)
		}
	}
	return r.newest.String(), offsets
}

// ends is what there is to read now.
func (r *reader) ends(ctx context.Context) (place, error) {
	if r.ending {
		return r.frozen, nil
	}
	partitions, err := r.selected(ctx)
	if err != nil {
		return nil, err
	}
	return r.ask(ctx, partitions, r.end())
}

// vanished reports partitions that were read and are not there any more.
func (r *reader) vanished(from, ends place) error {
	for _, a := range from {
		if _, ok := ends.find(a.Partition); ok {
			continue
		}
		lost := &DataLossError{a.Partition, a.offset, a.offset, "the partition is not there any more, or no longer among those that the source reads"}
		if err := r.lose(lost); err != nil {
			return err
		}
	}
	return nil
}

// lose is what happens when data is lost.
func (r *reader) lose(lost *DataLossError) error {
	if !r.options.AllowDataLoss {
		return lost
	}
	r.options.Logger.Warn("kafka: data lost", "partition", lost.Partition.String(), "from", lost.From, "to", lost.To, "why", lost.Why)
	return nil
}

// shares is what waits in each partition.
func (r *reader) shares(ctx context.Context, from, ends place) (shares []share, added bool, err error) {
	var fresh []Partition
	for _, end := range ends {
		if _, ok := from.find(end.Partition); !ok {
			fresh = append(fresh, end.Partition)
		}
	}
	entries, err := r.ask(ctx, fresh, Place{Kind: Earliest})
	if err != nil {
		return nil, false, err
	}
	for _, end := range ends {
		offset, known := from.find(end.Partition)
		if !known {
			if offset, _ = entries.find(end.Partition); offset > 0 {
				lost := &DataLossError{end.Partition, 0, offset, "the partition is new to the stream, and retention has removed its first records"}
				if err := r.lose(lost); err != nil {
					return nil, false, err
				}
			}
			if r.ending && offset > end.offset {
				offset = end.offset
			}
			shares = append(shares, share{at{end.Partition, offset}, offset})
			continue
		}
		if end.offset < offset {
			lost := &DataLossError{end.Partition, end.offset, offset, fmt.Sprintf("the log ends at %d: it was cut, or the topic was made anew", end.offset)}
			if err := r.lose(lost); err != nil {
				return nil, false, err
			}
			offset = end.offset
		}
		shares = append(shares, share{at{end.Partition, offset}, end.offset})
	}
	return shares, len(fresh) > 0, nil
}

// Ranges implements receiver.LogReader. What only one of the places names has no
// records between them.
func (r *reader) Ranges(start, end string) ([]receiver.LogRange[Record], error) {
	from, err := parsePlace(start)
	if err != nil {
		return nil, err
	}
	to, err := parsePlace(end)
	if err != nil {
		return nil, err
	}
	var ranges []receiver.LogRange[Record]
	for _, last := range to {
		if first, ok := from.find(last.Partition); ok && first < last.offset {
			ranges = append(ranges, r.read(last.Partition, first, last.offset))
		}
	}
	return ranges, nil
}

// Close implements receiver.LogReader.
func (r *reader) Close() error {
	if r.client == nil {
		return nil
	}
	client := r.client
	r.client = nil
	if err := client.Close(); err != nil && !errors.Is(err, ErrUnavailable) {
		return fmt.Errorf("kafka: close: %w", err)
	}
	return nil
}
