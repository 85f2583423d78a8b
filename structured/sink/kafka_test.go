package sink

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver/kafka"
	"github.com/tidewheel/tidewheel/structured/types"
)

func TestKafkaColumns(t *testing.T) {
	value, key := types.Nullable("value", types.String), types.Nullable("key", types.Binary)
	for name, c := range map[string]struct {
		topic  string // of the options
		fields []types.Field
		want   string // in the error; empty: none
	}{
		"value":                      {"t", []types.Field{value}, ""},
		"all":                        {"", []types.Field{key, value, types.Nullable("topic", types.String), types.Nullable("partition", types.Int), types.Nullable("headers", kafkaHeaders)}, ""},
		"others are left out":        {"t", []types.Field{value, types.Nullable("count", types.Bigint)}, ""},
		"no value":                   {"t", []types.Field{key}, "no column value"},
		"no topic":                   {"", []types.Field{value}, "no topic"},
		"a value that is a number":   {"t", []types.Field{types.Nullable("value", types.Bigint)}, "column value is bigint"},
		"a partition that is a long": {"t", []types.Field{value, types.Nullable("partition", types.Bigint)}, "column partition is bigint"},
	} {
		_, err := bindKafka(kafka.Sink(simlog.NewCluster("c"), kafka.SinkOptions{Topic: c.topic}), types.NewSchema(c.fields...))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestKafkaRows(t *testing.T) {
	schema := types.NewSchema(types.Nullable("key", types.Binary), types.Nullable("VALUE", types.String), types.Nullable("topic", types.String),
		types.Nullable("partition", types.Int), types.Nullable("headers", kafkaHeaders))
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema.Arrow())
	b.Field(0).(*array.BinaryBuilder).Append([]byte("k"))
	b.Field(1).(*array.StringBuilder).Append("v")
	b.Field(2).(*array.StringBuilder).Append("t")
	b.Field(3).(*array.Int32Builder).Append(2)
	headers := b.Field(4).(*array.ListBuilder)
	headers.Append(true)
	pair := headers.ValueBuilder().(*array.StructBuilder)
	pair.Append(true)
	pair.FieldBuilder(0).(*array.StringBuilder).Append("h")
	pair.FieldBuilder(1).AppendNull()
	for i := range 5 { // a row of nulls
		b.Field(i).AppendNull()
	}
	rows := b.NewRecordBatch()

	make := func(topic string) LogRows[kafka.Message] {
		make, err := bindKafka(kafka.Sink(simlog.NewCluster("c"), kafka.SinkOptions{Topic: topic}), schema)
		if err != nil {
			t.Fatal(err)
		}
		return make
	}
	got, err := make("t")(nil, rows)
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	if m := got[0]; string(m.Key) != "k" || string(m.Value) != "v" || m.Topic != "t" || m.Partition == nil || *m.Partition != 2 ||
		len(m.Headers) != 1 || m.Headers[0].Key != "h" || m.Headers[0].Value != nil {
		t.Errorf("%+v", m)
	}
	if m := got[1]; m.Key != nil || m.Value != nil || m.Topic != "" || m.Partition != nil || m.Headers != nil {
		t.Errorf("a row of nulls is %+v", m)
	}
	if _, err := make("")(nil, rows); err == nil || !strings.Contains(err.Error(), "null topic") {
		t.Errorf("a null topic: %v", err)
	}
}
