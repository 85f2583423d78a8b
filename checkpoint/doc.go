// Package checkpoint keeps named, versioned snapshots in a directory. A snapshot is
// bytes that are written all or nothing and verified before they are read.
//
//	store, err := checkpoint.Open(env.Real(), "state/snap", checkpoint.Options{})
//	err = store.Save(ctx, "counts", 42, func(w io.Writer) error { … })
//	…
//	snapshot, report, err := store.Load(ctx, "counts")
//	defer snapshot.Close()
//	io.Copy(…, snapshot)
//
// Three ideas carry the package.
//
//   - A snapshot has a name and a version. [Store.Save] writes a temporary file, syncs
//     it, renames it and syncs the directory. When it returns nil the snapshot
//     survives any crash; until then it is there whole or not at all.
//   - Nothing is believed: each block has a checksum, and a footer says how much there
//     is, so that a damaged or truncated file is found. [Store.Load] falls back past
//     such files to the newest good version and reports what it skipped and why.
//   - The newest versions of each name are kept ([Options.Retain]), and one that is
//     known to be good is never removed in favour of ones that are not.
//
// A directory belongs to one Store at a time: Open removes what an interrupted Save
// has left. Whoever shares a directory between processes holds a lock of his own.
// Within the Store, any number of activities may save, load and remove at once.
//
// The package does not know what a snapshot means, does not compress or encrypt, and
// does not decide when to take one.
package checkpoint
