// Package client connects package receiver/kafka to real brokers, by
// github.com/IBM/sarama.
//
//	cluster := client.Brokers("localhost:9092,localhost:9093")
//	words := kafka.Source(cluster, kafka.SourceOptions{Subscribe: []string{"words"}})
//
// Of sarama it uses connections, metadata and the encoding of requests. There are no
// consumer groups, and neither its consumer nor its producer: a request is made when
// package kafka asks for it, once, and the answer is returned.
//
// It waits on the network and has goroutines of sarama's, so it never runs in a
// simulation, which has brokers of its own.
package client
