package source

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/structured/types"
)

// The columns of a Kafka table, in order.
const (
	kafkaKey = iota
	kafkaValue
	kafkaTopic
	kafkaPartition
	kafkaOffset
	kafkaTimestamp
	kafkaTimestampType
	kafkaHeaders
)

// kafkaHeader is the type of a header.
var kafkaHeader = types.Struct(types.Nullable("key", types.String), types.Nullable("value", types.Binary))

var kafkaSchema = types.NewSchema(
	types.Nullable("key", types.Binary),
	types.Nullable("value", types.Binary),
	types.Nullable("topic", types.String),
	types.Nullable("partition", types.Int),
	types.Nullable("offset", types.Bigint),
	types.Nullable("timestamp", types.Timestamp),
	types.Nullable("timestampType", types.Int), // 0: set by the producer, 1: by the broker
)

// KafkaOption changes the table that [Kafka] reads.
type KafkaOption int

// KafkaHeaders adds the column headers, an array of structs of a key and a value; it
// is null for a record without any.
const KafkaHeaders KafkaOption = 1

// Kafka reads topics as a table with the columns of Spark's: key and value (binary),
// topic, partition, offset, timestamp and timestampType.
//
//	session.Stream(source.Kafka(kafka.Source(cluster, options))).
//		Select(expr.Col("value").Cast(types.String).As("word"))
func Kafka(log receiver.Log[kafka.Record], options ...KafkaOption) Source {
	schema := kafkaSchema
	for _, option := range options {
		if option == KafkaHeaders && schema.Len() == kafkaHeaders {
			schema = types.NewSchema(append(schema.Fields[:kafkaHeaders:kafkaHeaders], types.Nullable("headers", types.Array(kafkaHeader)))...)
		}
	}
	return FromLog(log, LogTable[kafka.Record]{schema, appendKafka})
}

func appendKafka(to array.Builder, column int, r *kafka.Record) {
	switch column {
	case kafkaKey:
		appendBytes(to, r.Key)
	case kafkaValue:
		appendBytes(to, r.Value)
	case kafkaTopic:
		to.(*array.StringBuilder).Append(r.Topic)
	case kafkaPartition:
		to.(*array.Int32Builder).Append(r.Partition)
	case kafkaOffset:
		to.(*array.Int64Builder).Append(r.Offset)
	case kafkaTimestamp:
		to.(*array.TimestampBuilder).Append(arrow.Timestamp(r.Timestamp.UnixMicro()))
	case kafkaTimestampType:
		var kind int32
		if r.LogAppendTime {
			kind = 1
		}
		to.(*array.Int32Builder).Append(kind)
	case kafkaHeaders:
		list := to.(*array.ListBuilder)
		if len(r.Headers) == 0 {
			list.AppendNull()
			return
		}
		list.Append(true)
		pair := list.ValueBuilder().(*array.StructBuilder)
		for _, h := range r.Headers {
			pair.Append(true)
			pair.FieldBuilder(0).(*array.StringBuilder).Append(h.Key)
			appendBytes(pair.FieldBuilder(1), h.Value)
		}
	}
}

func appendBytes(to array.Builder, value []byte) {
	if value == nil {
		to.AppendNull()
		return
	}
	to.(*array.BinaryBuilder).Append(value)
}
