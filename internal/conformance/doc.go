// Package conformance runs cases whose answers were recorded from Apache Spark. A
// case is a file of JSON in a folder named for its kind: batch, streaming or
// dstream. What a kind can't express yet fails with a reason; nothing is skipped.
package conformance
