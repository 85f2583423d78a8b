// Package sql asks questions about Go source files: how large packages are, which of
// them are imported most, and what is imported where. [Tables] reads a source tree into
// two views, files and imports; [Questions] are queries over them, with joins, windows
// and a pivot. The data is on every machine that has Go.
package sql
