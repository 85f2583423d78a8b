// Package bound holds expressions after analysis: every column is a position in
// the operator's input, every type is known, every implicit cast is written out.
//
// There are five forms of [Expr]: [Column], [Literal], [Call], and within calls
// [Lambda] and [Variable]; an [Aggregate] is not an Expr, since it has no value in a
// single row. They are plain
// immutable values; the logical plan, the optimizer, the physical plan and the
// evaluator share them.
//
// What a function means is written at its name, in functions.go. The analyzer
// guarantees the argument types listed there, so that an evaluator needs one kernel
// a type and no conversion of its own.
package bound
