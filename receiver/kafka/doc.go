// Package kafka reads and writes the topics of a Kafka cluster, for both stream APIs,
// exactly once.
//
//	cluster := client.Brokers("localhost:9092") // package receiver/kafka/client
//	words := kafka.Source(cluster, kafka.SourceOptions{Subscribe: []string{"words"}, Start: kafka.FromEarliest()})
//	counts := kafka.Sink(cluster, kafka.SinkOptions{Topic: "counts"})
//
//	stream.From(dstream.Log(words)).Map(…).SaveTo(dstream.ToLog(counts, message))
//
//	session.Stream(source.Kafka(words)).Select(…).Write(sink.Kafka(counts))
//
// Three ideas carry the package.
//
//   - Offsets live in the stream's own log, never in Kafka: there is no consumer group.
//     A batch is a range of offsets in each partition, fixed before it runs, so it has
//     the same records whenever it runs. Offsets are not dense.
//   - A batch is written as one transaction, under an id that the stream has for ever.
//     Whoever opens the writer fences all before it. With the messages the transaction
//     holds a token, the batch's number: what a crash leaves undecided, the token
//     tells. So nothing is written twice, and nobody but readers of committed records
//     is promised anything.
//   - What is asked of a cluster is a small interface, [Client]: one request, one try.
//     All that must be right about repeating requests is here, above it, and runs in
//     simulations. Package kafkatest is the interface's contract as a test.
//
// The package itself compiles no Kafka client.
package kafka
