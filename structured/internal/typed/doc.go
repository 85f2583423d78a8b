// Package typed runs functions over rows as values of Go types.
//
// A [Flow] is what happens to the rows of a table after they have been read as values: a
// chain of functions over chunks, composed when it is built, so that a chain of any
// length reads columns once and writes columns once. [Rows] is such a chain with both
// ends, as plans hold it; there is no type parameter left in it.
//
// It is a package of its own also for the compiler: a method of a generic type may make
// flows of pairs, lists and the like only of types that lie in another package.
package typed
