package simlog_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/simlog"
	"github.com/tidewheel/tidewheel/receiver"
	"github.com/tidewheel/tidewheel/receiver/kafka"
)

func TestAround(t *testing.T) {
	var sites []string
	var before, after error
	c := simlog.NewCluster("simulated")
	cluster := simlog.Around(c, "kafka", func(r simlog.Request, apply func() error) error {
		sites = append(sites, r.Site)
		if before != nil {
			return before
		}
		if err := apply(); err != nil {
			return err
		}
		return after
	})
	user := receiver.LogUser{ID: "query", Epoch: 1, Env: env.Real()}
	w, err := kafka.Sink(cluster, kafka.SinkOptions{}).OpenWriter(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.LastCommitted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "[connect(kafka) create(__tidewheel_tokens) init(kafka)" +
		" offsets(__tidewheel_tokens) offsets(__tidewheel_tokens) offsets(__tidewheel_tokens)]"
	if got := fmt.Sprint(sites); got != want {
		t.Errorf("sites %s, want %s", got, want)
	}

	client, err := cluster.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Offsets(t.Context(), []kafka.Partition{{Topic: "none"}}, kafka.Place{}); !errors.Is(err, kafka.ErrUnknownPartition) || errors.Is(err, kafka.ErrUnavailable) {
		t.Errorf("an error of the request's own: %v", err)
	}
	before = errors.New("lost on the way there")
	if err := client.CreateTopic(t.Context(), "one", 1, nil); !errors.Is(err, kafka.ErrUnavailable) {
		t.Errorf("no answer: %v, want one of ErrUnavailable", err)
	}
	before, after = nil, errors.New("lost on the way back")
	if err := client.CreateTopic(t.Context(), "two", 1, nil); !errors.Is(err, kafka.ErrUnavailable) {
		t.Errorf("no answer: %v, want one of ErrUnavailable", err)
	}
	after = nil
	topics, err := client.Topics(t.Context(), []string{"one", "two"})
	if got := fmt.Sprint(topics); err != nil || got != "[{two 1}]" {
		t.Errorf("topics %s, %v; want the second one", got, err)
	}
}
