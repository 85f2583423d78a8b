package sink

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Kafka writes rows as messages, each batch in one transaction. The columns are
// those of Spark's sink; others are not written:
//
//	value      string or binary; required; null deletes the key in a compacted topic
//	key        string or binary; without it, or if it is null, messages have none
//	topic      string; required, and not null, if the sink's options name no topic
//	partition  int; without it, or if it is null, the key decides
//	headers    array<struct<key:string,value:binary>>
func Kafka(log receiver.TransactionalLog[kafka.Message]) Sink {
	return ToLog(log, func(schema types.Schema) (LogRows[kafka.Message], error) { return bindKafka(log, schema) })
}

// kafkaColumns are the positions of the columns; -1 is none.
type kafkaColumns struct {
	value, key, topic, partition, headers int

	anyTopic bool // whether the log has a topic for those that name none
}

var kafkaHeaders = types.Array(types.Struct(types.Nullable("key", types.String), types.Nullable("value", types.Binary)))

func bindKafka(log receiver.TransactionalLog[kafka.Message], schema types.Schema) (LogRows[kafka.Message], error) {
	var c kafkaColumns
	named, ok := log.(interface{ NamesTopic() bool })
	c.anyTopic = ok && named.NamesTopic()
	var mistakes []error
	for _, column := range []struct {
		name     string
		position *int
		types    []types.Type
	}{
		{"value", &c.value, []types.Type{types.String, types.Binary}},
		{"key", &c.key, []types.Type{types.String, types.Binary}},
		{"topic", &c.topic, []types.Type{types.String}},
		{"partition", &c.partition, []types.Type{types.Int}},
		{"headers", &c.headers, []types.Type{kafkaHeaders}},
	} {
		*column.position = schema.Index(column.name)
		if *column.position >= 0 && !contains(column.types, schema.Fields[*column.position].Type) {
			mistakes = append(mistakes, fmt.Errorf("column %s is %s and must be %v; cast it", column.name, schema.Fields[*column.position].Type, column.types))
		}
	}
	if c.value < 0 {
		mistakes = append(mistakes, fmt.Errorf("there is no column value in (%s); name the one to be written so", schema))
	}
	if c.topic < 0 && !c.anyTopic {
		mistakes = append(mistakes, errors.New("no topic: set SinkOptions.Topic, or add a column topic"))
	}
	return c.messages, errors.Join(mistakes...)
}

func contains(list []types.Type, t types.Type) bool {
	for _, one := range list {
		if one == t {
			return true
		}
	}
	return false
}

// messages implements LogRows.
func (c kafkaColumns) messages(to []kafka.Message, rows arrow.RecordBatch) ([]kafka.Message, error) {
	column := func(position int) arrow.Array {
		if position < 0 {
			return nil
		}
		return rows.Column(position)
	}
	value, key, topic := column(c.value), column(c.key), column(c.topic)
	partition, _ := column(c.partition).(*array.Int32)
	headers, _ := column(c.headers).(*array.List)
	for i := range int(rows.NumRows()) {
		m := kafka.Message{Value: bytesOf(value, i), Key: bytesOf(key, i)}
		if name := bytesOf(topic, i); name != nil {
			m.Topic = string(name)
		} else if !c.anyTopic {
			return nil, fmt.Errorf("row %d has a null topic: set SinkOptions.Topic, or fill the column", i)
		}
		if partition != nil && partition.IsValid(i) {
			number := partition.Value(i)
			m.Partition = &number
		}
		if headers != nil && headers.IsValid(i) {
			m.Headers = headersOf(headers, i)
		}
		to = append(to, m)
	}
	return to, nil
}

func headersOf(column *array.List, row int) []kafka.Header {
	var list []kafka.Header
	pairs := column.ListValues().(*array.Struct)
	from, to := column.ValueOffsets(row)
	for i := int(from); i < int(to); i++ {
		list = append(list, kafka.Header{Key: string(bytesOf(pairs.Field(0), i)), Value: bytesOf(pairs.Field(1), i)})
	}
	return list
}

// bytesOf returns a value of a column of strings or bytes in the column's memory; nil
// is null.
func bytesOf(column arrow.Array, row int) []byte {
	if column == nil || column.IsNull(row) {
		return nil
	}
	var value []byte
	switch column := column.(type) {
	case *array.String:
		value = []byte(column.Value(row))
	case *array.Binary:
		value = column.Value(row)
	}
	if value == nil {
		value = []byte{}
	}
	return value
}
