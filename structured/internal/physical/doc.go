// Package physical is the plan that is executed: a tree of plain structs, each one
// operator, made by the planner and read by whoever runs it.
//
// A tree is cut at its [Exchange] nodes. What lies between two of them is a chain
// of operators that runs in one task for each partition; an Exchange moves rows to
// the partition that their key belongs to. Aggregation is in two steps around it:
//
//	FinalAggregate or StatefulAggregate
//	└─ Exchange
//	   └─ PartialAggregate
//
// A bounded query ends in FinalAggregate, whose table lives as long as the task; a
// stream in [StatefulAggregate], whose table is kept from batch to batch. The rows
// between the two steps have the keys first and then one buffer a function (see
// bound.Aggregate), in order.
//
// # Time windows
//
// [Window] gives each row its window as a column of type struct<start,end>, carried
// as a struct vector whose children are two vectors of timestamps and whose own
// validity is all true: rows without a time have no window and are gone. All windows
// of a column have one size, so start alone tells two of them apart: whoever hashes,
// groups or compares such a key ([Key].Window is not nil) uses start alone.
//
// # What it does not do
//
// Nodes do not run, own no memory and know nothing of partitions or batches.
package physical
