// Package user makes functions of queries from functions of Go: of one row, of many
// rows, and such that give rows.
//
// A [Function] says what it takes and gives, as a function of the library does, and is
// bound, optimised and evaluated as one of them; expressions know it as bound.User. Its
// kernel works on columns: arguments are read into slices by package record, the Go
// function is called once for each row, and the results are written to a column. Only
// that call is made for a row; what must be allocated is, once for a batch.
//
// A row in which an argument is null whose parameter is no pointer is not given to the
// function: its result is null, or, for a function of many rows, it does not count.
package user
