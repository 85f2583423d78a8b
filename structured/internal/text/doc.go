// Package text writes values as text and reads them back, in the forms of Spark's
// casts: 1.0E10 and NaN for doubles, 2024-02-29 12:00:00.5 for timestamps,
// INTERVAL '1 02:03:04' DAY TO SECOND for intervals.
//
// Append functions append to a byte slice. Parse functions take text without
// surrounding blanks (see [Trim]) and report by ok = false that it is malformed or
// out of range; none of them panics. Values are of the Go types that package types
// lists. Times without a zone of their own are in the zone that is given.
package text
