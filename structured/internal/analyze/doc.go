// Package analyze turns what a user writes into a logical plan: it looks names up,
// finds the type of every expression, writes out implicit conversions and refuses
// what makes no sense, each time with Spark's name of the condition.
//
// Each operation of a DataFrame is one method of [Analyzer], which puts new nodes
// upon the plan so far. What an operation hides in its expressions becomes nodes of
// its own: a time window, an exploded list, an aggregate function. Binding itself is
// in binder.go, types and conversions are in function.go and coerce.go.
//
// [Legal] is the last check, made when a query starts: whether a stream of this
// shape can be written in the output mode that was asked for.
//
// The rules are those of Spark 4 in ANSI mode, as far as the types and functions
// exist here.
package analyze
