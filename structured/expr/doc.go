// Package expr is how a program writes expressions over the columns of a table.
//
// A [Column] is an expression: a name, a literal, or a function of others. It is a
// value without a type of its own and belongs to no table; names are looked up and
// types are checked by the operation that it is handed to.
//
//	expr.Col("price").Times(expr.Col("amount")).Gt(100)
//	expr.Explode(expr.Split("value", " ")).As("word")
//
// Functions bear their SQL name in camel case. Where a function reads a column it
// takes an [Arg], the column's name or an expression:
//
//	expr.Sum("amount")
//	expr.Sum(expr.Col("amount").Times(2))
//
// As an operand, however, a string is a string: Col("word").Eq("the") compares with
// the text. Operands may be Columns or Go values, see [Lit].
//
// Operators work as in Spark's SQL with ANSI mode on: a null operand gives null,
// comparisons and logic have three values, and overflow, division by zero and
// malformed casts fail the query.
//
// The package does not evaluate anything.
package expr
