// Package manifest says which files of a directory were committed, batch by batch.
//
// Writers of file tables and readers of them meet here. Data files are written
// under names of their own and mean nothing until a manifest lists them; one
// manifest a batch is created exclusively, so a batch is committed once, whoever
// tries. Readers that go by the manifests see exactly the committed files.
//
//	DIR/_tidewheel/owner               the query that may write here
//	DIR/_tidewheel/manifest/<batch>    the files of a batch, %020d
//	DIR/<file>                         data
//
// Both kinds of file have the same frame, text throughout:
//
//	tidewheel manifest 1 89abcdef\n    kind, format version, CRC-32C of the rest
//	{"query":…}\n                      one line of JSON
//
// A manifest torn by a crash fails its checksum and counts as absent, but only if
// it is the newest: a later batch is never started before the one before it is
// durable, so a bad one in the middle is damage.
//
// The package does not merge old manifests into one.
package manifest
