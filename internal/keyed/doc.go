// Package keyed is what every operation by key stands on: how a key hashes, which
// key group and partition it belongs to, and tables from keys to values.
//
// Three ideas carry the package.
//
//   - A key's hash is a fact on disk. It is XXH64 with seed 0 over the key's value
//     in a fixed form (told in hash.go), the same on every machine and
//     in every release. The top ten bits are the key group, the unit in which state
//     is stored and moved; a partition owns a range of key groups, so changing the
//     number of partitions rewrites nothing.
//   - How to hash, compare and canonicalise a key type is decided once, by
//     reflection over the type ([HasherOf]); per key there is one call of a function
//     made for the type, no reflection, no interface and no allocation.
//   - A [Table] keeps keys and values in pages in the order of insertion and finds
//     them through an index of 32-bit entries that grows a few thousand entries at a
//     time. Iteration is in insertion order, hence deterministic. [State] adds what
//     a stateful operator needs: the before-image of what a batch touches first,
//     which undoes a failed task and names what to log.
//
// Keys are equal as Go's == has it, but for floats: NaN equals NaN, as it does in
// Spark's grouping, and the key kept is the canonical one (+0, one NaN).
//
// Pointers, channels and functions are refused as keys, also inside structs: their
// values differ from run to run. That includes time.Time, which holds a pointer to
// its location; use its UnixNano.
//
// The package knows nothing of files, batches or encodings, and nothing in it may
// be used by two activities at the same time, except the hash functions.
package keyed
