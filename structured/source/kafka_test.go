package source

import (
	"fmt"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

func TestKafkaTable(t *testing.T) {
	cluster := simlog.NewCluster("c")
	at := time.UnixMilli(1_700_000_000_123)
	err := cluster.Do(func(b *simlog.Broker, _ time.Duration) error {
		b.CreateTopic("words", 2)
		return b.Append(kafka.Partition{Topic: "words", Number: 1},
			kafka.Message{Key: []byte("k"), Value: []byte("v"), Timestamp: at, Headers: []kafka.Header{{Key: "h", Value: []byte("1")}, {Key: "i"}}},
			kafka.Message{Timestamp: at.Add(time.Second)})
	})
	if err != nil {
		t.Fatal(err)
	}
	table := Kafka(kafka.Source(cluster, kafka.SourceOptions{Subscribe: []string{"words"}}), KafkaHeaders)
	schema, err := table.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := schema.String(), "key binary, value binary, topic string, partition int, offset bigint, timestamp timestamp, timestampType int, headers array<struct<key:string,value:binary>>"; got != want {
		t.Errorf("schema\n%s, want\n%s", got, want)
	}
	if plain, _ := Kafka(nil).Schema(t.Context()); plain.Len() != 7 {
		t.Errorf("without headers the schema is %s", plain)
	}
	reader, err := table.Open(t.Context(), Query{Bounded: true, Env: env.Real()})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	start, err := reader.Initial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end, err := reader.Latest(t.Context(), start, Limit{All: true})
	if err != nil {
		t.Fatal(err)
	}
	newest, rows := reader.(Measured).Backlog(start)
	if newest != end || rows != 2 {
		t.Errorf("backlog of %s is %d up to %s, want 2 up to %s", start, rows, newest, end)
	}
	partitions, err := reader.Plan(t.Context(), start, end, 4)
	if err != nil || len(partitions) != 1 {
		t.Fatalf("%d partitions, %v", len(partitions), err)
	}
	read := func(columns []int) (text string) {
		for records, err := range partitions[0].Read(t.Context(), columns) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range int(records.NumRows()) {
				for _, column := range records.Columns() {
					text += column.ValueStr(i) + "|"
				}
				text += "\n"
			}
		}
		return text
	}
	if got, want := read([]int{4, 3, 2, 6}), "0|1|words|0|\n1|1|words|0|\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	all := read(nil)
	t.Log(all)
	if counts := reader.(Counted).Counts(); counts.Rows != 4 || counts.Values != 2*4+2*8 {
		t.Errorf("%+v", counts)
	}
	if got, want := read([]int{0, 1, 7}), fmt.Sprintf("%s|%s|%s|\n(null)|(null)|(null)|\n", "aw==", "dg==", `[{"key":"h","value":"MQ=="},{"key":"i","value":null}]`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
