// Package plan is the logical plan: what a query computes, as a tree of operators
// on tables, without a word on how. Package analyze builds it from a user's calls,
// package optimize rewrites it into an equal one that does less, package planner
// turns it into a physical plan.
//
// Plans are resolved from the start: an expression is one of package bound and
// refers to the columns of its operator's input by position. A [Column] carries with
// its name and type what analysis knows of it: the table it belongs to, whether it
// is a time window and of which grid, whether it is the event time and how late rows
// may be. Nodes are never changed; a rewrite builds new ones.
//
// Bounded and unbounded queries have the same nodes. Which one a query is follows
// from its relations alone ([Streaming]).
package plan
