// Package function is the library of scalar functions: what each is called, which
// arguments it takes, and how it is computed.
//
// A [Function] does two things. Bind, at analysis, checks and converts arguments and
// gives the bound expression: mostly a call of itself with a result type, sometimes
// another expression altogether (nvl is coalesce). Kernel, at compilation, returns a
// [Kernel]: a loop over columns for that one call.
//
// Functions are in files by subject. Most say only what happens in one row, in the
// form of strict (null if an argument is null; the result is written at its place),
// strictText (the result is appended) or each (the function sees nulls and appends a
// value of any type). A row without a result returns noValue, and what becomes of it
// is decided by the call's Failure.
//
// Operators, casts and what must not evaluate all of its arguments are not here but
// in package eval.
package function
