// Package e2e tests real processes on the real machine: the word counts of
// examples/wordcount, once as a DStream and once as a structured query.
//
// They are killed with SIGKILL, at random moments and at failpoints that have the names
// of the simulator's sites; stopped with SIGSTOP while another one starts; run on a disk
// that fills up. Each word must be counted once. A plain go test does each a few times;
// make e2e does it often.
//
// TestSyncs records the system calls of a run with strace and replays them into the
// simulated disk, which crashes after each. So the real files get no sync less than the
// simulator's crashes rely on.
//
// All files but this one are tests.
package e2e
