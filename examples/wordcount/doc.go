// Package wordcount counts words in each of the three APIs, side by side: the same
// result of a collection that is there ([RDD]), of a stream of batches ([DStream]) and
// of a table, bounded or growing ([Structured]). README.md compares them.
//
// A word is what stands between white space, as strings.Fields has it. The functions
// say only what is computed. Where lines come from and where counts go is the
// caller's: the examples and tests of this package, and the project's demo, which
// kills a stream of each kind while it runs.
//
// [Ledger] is a file that takes each batch of a stream once. It shows what a program
// has to do for that in a sink of its own.
package wordcount
