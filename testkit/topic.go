package testkit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/rdd"
)

// Topic is a simulated log of rows in partitions, which can be read again from any
// offset. It is a source of a DStream, and Table is one of a structured query. Rows
// arrive over virtual time, whether a process runs or not. Each of its calls can
// fail, before or after it had its effect, and the reads in tasks too.
type Topic[T any] struct {
	drawn[T]
	name       string
	partitions int
	state      topicState
	latest     []int // the last end handed out to the process that runs
	added      [][]T // rows by partition, of a script; else nil
}

// topicState is what a topic knows of its readers.
type topicState struct {
	committed []int   // all before it was given up by the reader
	ends      [][]int // that Latest has returned, each once
}

// Input declares a topic. Its rows are drawn once for a plan and dealt to the
// partitions in turn.
func Input[T any](s *Sim, name string, partitions int, rows *rapid.Generator[[]T]) *Topic[T] {
	t := &Topic[T]{drawn: draw(s, name, rows), name: name, partitions: partitions}
	if partitions < 1 {
		s.wrong("input %s: %d partitions", name, partitions)
		t.partitions = 1
	}
	if s.script != nil {
		t.added = make([][]T, t.partitions)
	}
	s.add(t)
	return t
}

func (t *Topic[T]) String() string { return "topic " + t.name }

func (t *Topic[T]) save() any { return t.state }

func (t *Topic[T]) load(saved any) { t.state = saved.(topicState) }

func (t *Topic[T]) begin() { t.latest = nil }

func (t *Topic[T]) hash(h *xxhash.Digest) {
	fmt.Fprint(h, t.state.committed, t.state.ends)
}

// available returns how many rows of each partition have arrived.
func (t *Topic[T]) available() []int {
	now, counts := t.sim.now(), make([]int, t.partitions)
	if t.sim.script != nil {
		for p := range t.added {
			counts[p] = len(t.added[p])
		}
		return counts
	}
	for i := range t.rows {
		if t.arrival(i) > now {
			break
		}
		counts[i%t.partitions]++
	}
	return counts
}

// slice returns the rows of a partition between two offsets.
func (t *Topic[T]) slice(partition, from, to int) []T {
	if t.sim.script != nil {
		return t.added[partition][from:to]
	}
	rows := make([]T, 0, max(0, to-from))
	for offset := from; offset < to; offset++ {
		rows = append(rows, t.rows[offset*t.partitions+partition])
	}
	return rows
}

func (t *Topic[T]) prefixes() []prefix[T] {
	all := []prefix[T]{t.prefix(make([]int, t.partitions))}
	for _, end := range t.state.ends {
		all = append(all, t.prefix(end))
	}
	return all
}

func (t *Topic[T]) prefix(end []int) prefix[T] {
	return prefix[T]{formatOffsets(end), func() []T {
		var rows []T
		for partition, to := range end {
			rows = append(rows, t.slice(partition, 0, to)...)
		}
		return rows
	}}
}

// The calls of both APIs' readers.

func (t *Topic[T]) callInitial() (string, error) {
	return formatOffsets(make([]int, t.partitions)), nil
}

func (t *Topic[T]) callLatest(start string) (end string, err error) {
	from, err := t.parse(start)
	if err != nil {
		return "", err
	}
	err = t.sim.call("latest("+t.name+")", func() error {
		to := t.available()
		for i := range to {
			to[i] = max(to[i], from[i])
		}
		t.latest = to
		if !slices.ContainsFunc(t.state.ends, func(known []int) bool { return slices.Equal(known, to) }) {
			t.state.ends = append(slices.Clip(t.state.ends), to)
			t.sim.changed()
		}
		end = formatOffsets(to)
		t.sim.note("%s → %s", t.name, end)
		return nil
	})
	return end, err
}

// callRange checks a range that is about to be read.
func (t *Topic[T]) callRange(start, end string) (from, to []int, err error) {
	if from, err = t.parse(start); err != nil {
		return nil, nil, err
	}
	if to, err = t.parse(end); err != nil {
		return nil, nil, err
	}
	now := t.available()
	for i := range to {
		switch {
		case t.sim.contested() && t.state.committed != nil && from[i] < t.state.committed[i]:
			return nil, nil, fmt.Errorf("%s: what lies before %s is not kept any more", t, formatOffsets(t.state.committed))
		case from[i] > to[i] || to[i] > now[i]:
			return nil, nil, t.sim.violate("range", "%s: asked for the range from %s to %s; there are %s", t, start, end, formatOffsets(now))
		case t.state.committed != nil && from[i] < t.state.committed[i]:
			return nil, nil, t.sim.violate("retention", "%s: read again from %s, though the reader gave up all before %s", t, start, formatOffsets(t.state.committed))
		}
	}
	if !slices.Equal(to, t.latest) && !slices.Equal(from, to) {
		t.sim.note("%s: range %s…%s again", t.name, start, end)
	}
	return from, to, nil
}

// fetch is a point in a task's read of a partition.
func (t *Topic[T]) fetch() error { return t.sim.world.Fetch("fetch(" + t.name + ")") }

func nothing() error { return nil }

func (t *Topic[T]) callCommit(end string) error {
	to, err := t.parse(end)
	if err != nil {
		return err
	}
	return t.sim.call("commit("+t.name+")", func() error {
		if t.state.committed == nil {
			t.state.committed = make([]int, t.partitions)
		}
		for i := range to {
			if to[i] < t.state.committed[i] && t.sim.contested() {
				return nil // the other process has given up more
			}
			if to[i] < t.state.committed[i] {
				return t.sim.violate("offsets go back", "%s: commit of %s after that of %s", t, end, formatOffsets(t.state.committed))
			}
		}
		t.state.committed = to
		t.sim.changed()
		return nil
	})
}

func formatOffsets(offsets []int) string {
	var text strings.Builder
	for i, offset := range offsets {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.Itoa(offset))
	}
	return text.String()
}

func (t *Topic[T]) parse(text string) ([]int, error) {
	offsets := make([]int, 0, t.partitions)
	for field := range strings.SplitSeq(text, ",") {
		offset, err := strconv.Atoi(field)
		if err != nil {
			return nil, fmt.Errorf("%s: offset %q: %w", t, text, err)
		}
		offsets = append(offsets, offset)
	}
	if len(offsets) != t.partitions {
		return nil, fmt.Errorf("%s: offset %q is not one of %d partitions", t, text, t.partitions)
	}
	return offsets, nil
}

// Open implements dstream.Source.
func (t *Topic[T]) Open(ctx context.Context, stream dstream.Stream) (dstream.Reader[T], error) {
	if t.sim.world == nil {
		return nil, errors.New("a topic is read by the processes of its scenario only")
	}
	return topicReader[T]{t}, t.sim.call("open("+t.name+")", nothing)
}

// topicReader is a topic as a DStream reads it.
type topicReader[T any] struct{ topic *Topic[T] }

func (r topicReader[T]) Initial(ctx context.Context) (dstream.Offset, error) {
	offset, err := r.topic.callInitial()
	return dstream.Offset(offset), err
}

func (r topicReader[T]) Latest(ctx context.Context, start dstream.Offset) (dstream.Offset, error) {
	end, err := r.topic.callLatest(string(start))
	return dstream.Offset(end), err
}

func (r topicReader[T]) RDD(session *rdd.Session, start, end dstream.Offset) (rdd.RDD[T], error) {
	from, to, err := r.topic.callRange(string(start), string(end))
	if err != nil {
		return rdd.RDD[T]{}, err
	}
	return session.From(topicRange[T]{r.topic, from, to}), nil
}

func (r topicReader[T]) Commit(ctx context.Context, end dstream.Offset) error {
	return r.topic.callCommit(string(end))
}

func (r topicReader[T]) Close() error { return nil }

// topicRange is a range of a topic as an rdd.Source.
type topicRange[T any] struct {
	topic    *Topic[T]
	from, to []int
}

func (r topicRange[T]) String() string { return r.topic.String() }

func (r topicRange[T]) Partitions(ctx context.Context) (int, error) { return r.topic.partitions, nil }

func (r topicRange[T]) Read(task rdd.Task, partition int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		from, to := r.from[partition], r.to[partition]
		if from == to {
			return
		}
		rows := r.topic.slice(partition, from, to)
		for i, row := range rows {
			var err error
			if i == 0 || i == len(rows)/2 { // with nothing handed on, and in the middle
				err = r.topic.fetch()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
