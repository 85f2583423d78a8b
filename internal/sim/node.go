package sim

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"
)

// node is a file or a directory. A node is shared by all clones of a disk and
// never changes once shared: the disk that owns it may change it, the others
// copy it first (see Disk.own).
type node struct {
	owner   *token
	isDir   bool
	modTime time.Time
	changed uint64 // the last entry operation before its last change

	// A file. Its volatile content is data, of which data[:synced] is durable but
	// for what lies in lost: writes that a failed sync took out of the write-back,
	// which read as zero after a crash. The unsynced writes end at the offsets in
	// ends, in order; the first of them begins at clean.
	data   []byte
	buffer *buffer // that data is the beginning of
	synced int
	clean  int
	ends   []int
	lost   []span
	damage []patch
	ages   [witnesses + 1]int // sizes when it was last synced, oldest first
	sum    atomic.Uint64      // hash of what readers see; 0 is not known

	// A directory. Entries and durable are sorted by name and never changed in
	// place; pending leads from durable to entries.
	entries []entry
	durable []entry
	pending []entryOp
}

// token is the identity of an owner. It has a size so that two differ.
type token struct{ _ byte }

// span is the bytes [from, to) of a file.
type span struct{ from, to int }

// buffer is the memory behind the content of a file and of its clones. Each
// append takes the bytes behind used, so the clone that appends first grows in
// place and the others move away.
type buffer struct {
	used  atomic.Int64
	bytes []byte
}

// entry is a name in a directory.
type entry struct {
	name string
	id   nodeID
}

// nodeID is the index of a node in its disk.
type nodeID int

// entryOp is a change of a directory that has not been synced. It sets the entry
// of a name, or deletes it. A rename is two with one sequence number, the delete
// of the old name and the set of the new; the first may only become durable with
// the second.
type entryOp struct {
	sequence uint64
	name     string
	id       nodeID
	isDelete bool
	isRename bool
}

// copyFor returns a copy that owner may change.
func (n *node) copyFor(owner *token) *node {
	c := &node{
		owner: owner, isDir: n.isDir, modTime: n.modTime, changed: n.changed,
		data: n.data, buffer: n.buffer, synced: n.synced, clean: n.clean,
		ends: slices.Clip(n.ends), lost: slices.Clip(n.lost), damage: n.damage, ages: n.ages,
		entries: n.entries, durable: n.durable, pending: slices.Clip(n.pending),
	}
	c.sum.Store(n.sum.Load())
	return c
}

// append adds a write at the end.
func (n *node) append(p []byte) {
	if len(p) == 0 {
		return
	}
	from, to := len(n.data), len(n.data)+len(p)
	if n.buffer == nil || to > len(n.buffer.bytes) || !n.buffer.used.CompareAndSwap(int64(from), int64(to)) {
		n.buffer = &buffer{bytes: make([]byte, max(2*to, 128))}
		n.buffer.used.Store(int64(to))
		copy(n.buffer.bytes, n.data)
	}
	copy(n.buffer.bytes[from:to], p)
	n.data = n.buffer.bytes[:to:to]
	n.ends = append(n.ends, to)
	n.sum.Store(0)
}

// sync makes all unsynced writes durable.
func (n *node) sync() {
	if len(n.ends) > 0 {
		n.synced, n.clean, n.ends = len(n.data), len(n.data), nil
		copy(n.ages[:], n.ages[1:])
		n.ages[witnesses] = len(n.data)
	}
}

// drop takes the unsynced writes out of the write-back, as a failed sync does.
func (n *node) drop() {
	if len(n.ends) > 0 {
		n.lost = append(n.lost, span{n.clean, len(n.data)})
		n.clean, n.ends = len(n.data), nil
	}
}

// truncate makes the first size bytes, as they are after a crash, all there is,
// and durable. Lost bytes read as zero; a size that ends in them is cut to what
// is durable.
func (n *node) truncate(size int) {
	if size <= n.clean {
		size = min(size, n.synced)
	}
	if size < len(n.data) {
		n.data = n.data[:size:size]
		n.sum.Store(0)
		n.damage = n.damageBefore(size)
	}
	if len(n.lost) > 0 && n.lost[0].from < size {
		n.unshare()
		for _, s := range n.lost {
			clear(n.data[min(s.from, size):min(s.to, size)])
		}
	}
	n.synced, n.clean, n.ends, n.lost = size, size, nil, nil
	for i, age := range n.ages {
		n.ages[i] = min(age, size)
	}
}

// unshare gives a file a content of its own that may be overwritten.
func (n *node) unshare() {
	n.data, n.buffer = slices.Clone(n.data), nil
	n.sum.Store(0)
}

// hash returns the hash of what readers of a file see.
func (n *node) hash() uint64 {
	sum := n.sum.Load()
	if sum == 0 {
		sum = max(xxhash.Sum64(n.view()), 1)
		n.sum.Store(sum)
	}
	return sum
}

func compareName(e entry, name string) int { return cmp.Compare(e.name, name) }

// find returns the entry of a name.
func find(entries []entry, name string) (nodeID, bool) {
	i, found := slices.BinarySearchFunc(entries, name, compareName)
	if !found {
		return 0, false
	}
	return entries[i].id, true
}

// with returns a copy of entries to which op was applied.
func with(entries []entry, op entryOp) []entry {
	i, found := slices.BinarySearchFunc(entries, op.name, compareName)
	rest := i
	if found {
		rest++
	}
	changed := make([]entry, 0, len(entries)+1)
	changed = append(changed, entries[:i]...)
	if !op.isDelete {
		changed = append(changed, entry{op.name, op.id})
	}
	return append(changed, entries[rest:]...)
}
