package testkit

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Table is the topic as a source of a structured query. A struct is a row with a
// column for each exported field, named in lower case; rows of any other type have
// one column, "value". (A topic itself cannot be a source of both APIs: both ask for
// a method Open.)
func (t *Topic[T]) Table() source.Source {
	r, err := recordTypeOf(reflect.TypeFor[T]())
	if err != nil {
		t.sim.wrong("topic %s as a table: %v", t.name, err)
	}
	return topicTable[T]{t, r}
}

// topicTable is a topic as structured queries read it.
type topicTable[T any] struct {
	topic  *Topic[T]
	record recordType
}

func (t topicTable[T]) String() string { return t.topic.String() }

func (t topicTable[T]) Schema(context.Context) (types.Schema, error) { return t.record.schema, nil }

func (t topicTable[T]) Open(context.Context, source.Query) (source.Reader, error) {
	if t.topic.sim.world == nil {
		return nil, errors.New("a topic is read by the processes of its scenario only")
	}
	return t, t.topic.sim.call("open("+t.topic.name+")", nothing)
}

func (t topicTable[T]) Initial(context.Context) (source.Offset, error) {
	offset, err := t.topic.callInitial()
	return offsetJSON(offset), err
}

func (t topicTable[T]) Latest(_ context.Context, start source.Offset, _ source.Limit) (source.Offset, error) {
	end, err := t.topic.callLatest(offsetText(start))
	return offsetJSON(end), err
}

func (t topicTable[T]) Plan(_ context.Context, start, end source.Offset, _ int) ([]source.Partition, error) {
	from, to, err := t.topic.callRange(offsetText(start), offsetText(end))
	if err != nil {
		return nil, err
	}
	var partitions []source.Partition
	for p := range from {
		if from[p] < to[p] {
			partitions = append(partitions, topicPartition[T]{t, p, from[p], to[p]})
		}
	}
	return partitions, nil
}

func (t topicTable[T]) Commit(_ context.Context, end source.Offset) error {
	return t.topic.callCommit(offsetText(end))
}

func (t topicTable[T]) Close() error { return nil }

// offsetJSON is an offset in the form of JSON, an array of numbers.
func offsetJSON(offset string) source.Offset { return source.Offset("[" + offset + "]") }

func offsetText(offset source.Offset) string {
	if len(offset) < 2 {
		return ""
	}
	return string(offset[1 : len(offset)-1])
}

// topicPartition is a range of one partition.
type topicPartition[T any] struct {
	table     topicTable[T]
	partition int
	from, to  int
}

func (p topicPartition[T]) Read(_ context.Context, columns []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		topic := p.table.topic
		rows := topic.slice(p.partition, p.from, p.to)
		for half := range slices.Chunk(rows, (len(rows)+1)/2) { // so that it can fail in the middle
			if err := topic.fetch(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(record(p.table.record, half, columns), nil) {
				return
			}
		}
	}
}
