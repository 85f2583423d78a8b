// Package mutate plants known bugs, so that the project's tests can prove that
// they would find them.
//
// A site in engine code asks [On] for the number of its bug. Without the build tag
// "mutants" that is a constant false, and the compiler removes the site. With the
// tag, [Set] chooses the one bug that is on.
package mutate
