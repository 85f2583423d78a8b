package journal

import "fmt"

// FencedError says that a newer writer has started on the directory, so that this
// one must not write any more, neither here nor into a sink.
type FencedError struct {
	Dir    string
	Epoch  uint64 // the writer's own
	Higher uint64 // the one that was found
}

func (e *FencedError) Error() string {
	return fmt.Sprintf("journal %s: writer epoch %d is fenced by epoch %d: another process has taken over", e.Dir, e.Epoch, e.Higher)
}

// FingerprintError says that a batch is pending that another program has planned.
type FingerprintError struct {
	Dir     string
	Batch   int64
	Logged  uint64 // fingerprint of the program that planned the batch
	Current uint64 // fingerprint of the program that opens the journal
}

func (e *FingerprintError) Error() string {
	return fmt.Sprintf("journal %s: batch %d is pending and was planned by a program with fingerprint %016x, this one has %016x: "+
		"either finish the batch with the old program and stop it between batches, or accept the new fingerprint "+
		"if the change cannot affect what the batch writes", e.Dir, e.Batch, e.Logged, e.Current)
}

// FormatError says that a directory cannot be opened as the journal that was asked
// for.
type FormatError struct {
	File   string // the format file
	Reason string
}

func (e *FormatError) Error() string { return e.File + ": " + e.Reason }

// MissingStateError says that a replay needs changes that were removed from the
// log: the snapshot that was restored is older than the one that allowed it.
type MissingStateError struct {
	Operator string
	Group    int
	Have     int64 // the snapshot version that was restored, -1 for none
	Need     int64 // the oldest version from which the log goes on
}

func (e *MissingStateError) Error() string {
	return fmt.Sprintf("state of operator %q, key group %d: snapshot version %d was restored, "+
		"but the log holds only what came after version %d: restore a newer snapshot", e.Operator, e.Group, e.Have, e.Need)
}
