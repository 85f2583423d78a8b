// Package journal is the one commit protocol of both stream APIs: what a batch
// is, when it is done, and where a start goes on.
package journal
