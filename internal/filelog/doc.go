// Package filelog is what a source of files stands on in both stream APIs: which
// files are there ([Place]), which of them were taken by which batch ([Log]), and how
// they are cut into pieces of about one size ([Split]).
//
// A file is known by its path and taken once. Files must appear whole: written under
// a name that is ignored (".x", "_x", "x._COPYING_") or elsewhere, and renamed.
package filelog
