// Package simlog is a simulated Kafka cluster: a state machine without I/O, time or
// chance, so that a world that holds one can be cloned, and a run be repeated.
//
// [Broker] is the state and what requests do to it: topics and partitions, offsets
// with gaps, leaders that change, transactions with producer epochs, fencing and
// time-outs, retention, compaction. It is about as unkind as brokers may be: a fetch returns a few records
// at most, and begins with the batch that holds the offset, so with records that
// were not asked for.
//
// [Cluster] is a broker as the clients of package receiver/kafka see it.
//
// [Around] puts a hook around the requests to any cluster and names them: the
// simulator lets them fail, a test on real brokers kills its process there.
package simlog
