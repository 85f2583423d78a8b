// Package exec has the operators of a physical plan, each a push machine.
//
// A [Machine] is given batches by Push and markers by Marker and gives batches to an
// Emit function. A bounded query sends one marker, its end; a stream one for each
// micro-batch, over machines that are kept. So an operator is written once, and
// nothing in it knows which of the two runs it.
//
// Three ideas carry the package.
//
//   - A batch is lent. Whoever emits it has it back when the call returns, and fills
//     it again: after the first batches nothing is allocated.
//   - Rows are not moved without need. A filter narrows the selection, a projection
//     of a column is the column, exploding a split string passes the pieces on as
//     they are.
//   - What outlives an epoch is in package state. [Stateful] is its protocol: Begin,
//     rows, marker, and then Changes for the log or Rollback for another attempt.
//
// [New] makes the machine of a plan node, [Chain] joins machines, [Partitioner] is
// the map side of an exchange. Sources, tasks, shuffles and logs are the caller's.
package exec
