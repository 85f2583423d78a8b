package simlog

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/receiver/kafka"
)

// TestElect: requests to the leader of a partition find none for a while; then one that
// answers with nothing, with more than was asked for, and as others do.
func TestElect(t *testing.T) {
	var now time.Duration
	c := NewCluster("simulated")
	c.Now = func() time.Duration { return now }
	at := kafka.Partition{Topic: "words"}
	err := c.Do(func(b *Broker, _ time.Duration) error {
		b.CreateTopic("words", 2)
		for _, word := range []string{"a", "b", "c"} {
			if err := b.Append(at, kafka.Message{Value: []byte(word)}); err != nil {
				return err
			}
		}
		return b.Elect(at, 3*time.Second)
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	producer, err := client.InitProducer(t.Context(), "writer", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.AddPartitions(t.Context(), producer, []kafka.Partition{at}); err != nil {
		t.Fatal(err)
	}
	ask := func() (got [3]error) {
		_, got[0] = client.Fetch(t.Context(), kafka.Partition{Topic: "words", Number: 0}, 2, kafka.ReadUncommitted)
		_, got[1] = client.Offsets(t.Context(), []kafka.Partition{{Topic: "words", Number: 1}, at}, kafka.Place{Kind: kafka.LogEnd})
		got[2] = client.Produce(t.Context(), producer, []kafka.ProducerBatch{{Partition: at, Messages: []kafka.Message{{}}}})
		return got
	}
	now = 3*time.Second - 1
	for i, err := range ask() {
		if !errors.Is(err, kafka.ErrUnavailable) {
			t.Errorf("request %d without a leader: %v", i, err)
		}
	}
	if _, err := client.Fetch(t.Context(), kafka.Partition{Topic: "words", Number: 1}, 0, kafka.ReadUncommitted); err != nil {
		t.Errorf("the other partition: %v", err)
	}
	now = 3 * time.Second
	for i, want := range []string{"2: []", "3: [0 1 2]", "3: [2]"} {
		got, err := client.Fetch(t.Context(), at, 2, kafka.ReadUncommitted)
		var offsets []int64
		for _, r := range got.Records {
			offsets = append(offsets, r.Offset)
		}
		if text := fmt.Sprintf("%d: %d", got.Next, offsets); err != nil || text != want {
			t.Errorf("fetch %d: %s, %v; want %s", i, text, err, want)
		}
	}
	if got := ask(); got != [3]error{} {
		t.Errorf("requests to the new leader: %v", got)
	}
}

// TestRestore: what has expired comes back as it was.
func TestRestore(t *testing.T) {
	b := new(Broker)
	b.CreateTopic("words", 1)
	at := kafka.Partition{Topic: "words"}
	for range 3 {
		if err := b.Append(at, kafka.Message{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, before := range []int64{1, 3} {
		if err := b.Expire(at, before); err != nil {
			t.Fatal(err)
		}
	}
	kept := b.Clone()
	b.Restore()
	for name, want := range map[*Broker]string{kept: "0 [words/0]", b: "2 []"} {
		got, _ := name.Fetch(at, 0, kafka.ReadUncommitted)
		if text := fmt.Sprint(len(got.Records), name.Expired()); text != want {
			t.Errorf("%s, want %s", text, want)
		}
	}
}
