package e2e

import (
	"os"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// The brokers that the variable KAFKA names, or one in this process.
var own struct {
	sync.Mutex
	cluster *kfake.Cluster
}

func brokers(t *testing.T) string {
	t.Helper()
	if addresses := os.Getenv("KAFKA"); addresses != "" {
		return addresses
	}
	own.Lock()
	defer own.Unlock()
	if own.cluster == nil {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
		if err != nil {
			t.Fatal(err)
		}
		own.cluster = cluster
	}
	return own.cluster.ListenAddrs()[0]
}

func stopBroker() {
	if own.cluster != nil {
		own.cluster.Close()
	}
}

func createTopic(t *testing.T, client *kgo.Client, name string, partitions int32) {
	t.Helper()
	request := kmsg.NewPtrCreateTopicsRequest()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, partitions, -1
	request.Topics, request.TimeoutMillis = append(request.Topics, topic), 10_000
	answer, err := request.RequestWith(t.Context(), client)
	if err != nil || answer.Topics[0].ErrorCode != 0 {
		t.Fatalf("create topic %s: %v, %+v", name, err, answer)
	}
}
