// Package vector holds rows in memory, column by column.
//
// A [Column] is a vector of values of one type in the layout of Apache Arrow: fixed
// width values as typed slices, strings as offsets into bytes, arrays as offsets
// into a child, structs as children. A [Batch] is columns of equal length and a
// [Selection], which says which rows count, so that a filter copies nothing.
//
// Three ideas carry the package.
//
//   - Memory is recycled. Reset keeps the buffers of a column, and whoever fills it
//     again allocates only until they have reached their size. So a batch belongs to
//     who made it: a receiver that keeps rows copies them ([Batch.Append],
//     [Batch.Clone]).
//   - Loops are typed. Code that works on values switches on the kind of a column
//     once a batch and then runs over a slice.
//   - Arrow is the edge. [FromArrow] takes the buffers of a record batch as they
//     are and [Batch.Record] hands them out so; only bitmaps are copied, since here
//     they are words of 64 bits that start at the first row.
//
// A batch has at most [MaxRows] rows, few enough for its columns to stay in the
// cache. Batches from outside may be longer; see [Batch.Cut].
//
// The package computes nothing and knows no expressions. Nothing in it may be used
// by two activities at the same time, except for reading.
package vector

// MaxRows is the greatest number of rows of a batch that operators make.
const MaxRows = 8192
