package sim

import (
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Profile says what a disk may lose in a crash.
type Profile int

const (
	// Strict is the least that POSIX promises: a file's sync does not make its name
	// durable, entries reach the disk in any order that keeps the order for each
	// name, and so do the sectors of unsynced data.
	Strict Profile = iota

	// Ext4Ordered is a journalling file system such as ext4 with data=ordered:
	// entries reach the disk in the order in which they were changed, any sync
	// commits all entry changes before it, and unsynced data survives as a prefix.
	Ext4Ordered

	// XFS is a file system with one log and delayed allocation: entries reach the
	// disk in the order in which they were changed, the sync of a file or directory
	// commits those before its own last change, and unsynced data reaches the disk in
	// any order, with zeros where it has not.
	XFS
)

// Profiles lists all profiles.
var Profiles = []Profile{Strict, Ext4Ordered, XFS}

func (p Profile) String() string { return [...]string{"strict", "ext4-ordered", "xfs"}[p] }

// Disk is a simulated disk: what its users see now and what a crash would leave.
// It outlives the processes that write to it. A Disk belongs to one goroutine;
// a clone may move to another.
type Disk struct {
	profile    Profile
	token      *token
	nodes      []*node  // nodes[root] is the root directory
	free       []nodeID // nodes that are nil, since a crash left them without a name
	sequence   uint64   // of entry operations
	generation uint64
}

const root nodeID = 0

// NewDisk returns an empty disk.
func NewDisk(profile Profile) *Disk {
	d := &Disk{profile: profile, token: new(token)}
	d.nodes = append(d.nodes, &node{owner: d.token, isDir: true})
	return d
}

// Generation counts the changes of the disk, durable or not: the same number at
// two moments of one run means the same disk.
func (d *Disk) Generation() uint64 { return d.generation }

// IsDurable says whether a crash would leave the disk as it is.
func (d *Disk) IsDurable() bool {
	return !slices.ContainsFunc(d.nodes, func(n *node) bool {
		return n != nil && (len(n.pending) > 0 || len(n.ends) > 0 || len(n.lost) > 0)
	})
}

// Memory is how many bytes the contents of files take in memory, with room to grow;
// those of files without a name count until a crash.
func (d *Disk) Memory() int64 {
	var sum int64
	for _, n := range d.nodes {
		switch {
		case n == nil:
		case n.buffer != nil:
			sum += int64(len(n.buffer.bytes))
		default:
			sum += int64(len(n.data))
		}
	}
	return sum
}

// Clone returns a copy that changes apart from d. It costs one pointer a file.
func (d *Disk) Clone() *Disk {
	d.token = new(token) // neither owns what both share
	clone := *d
	clone.token = new(token)
	clone.nodes = slices.Clone(d.nodes)
	return &clone
}

// Hash covers all names and contents that users of the disk see; modification
// times are not part of it. After a crash, when all of that is durable, two disks
// with equal hashes are the same to a recovering process.
func (d *Disk) Hash() uint64 {
	h := xxhash.New()
	d.hashInto(h, root)
	return h.Sum64()
}

func (d *Disk) hashInto(h *xxhash.Digest, id nodeID) {
	n := d.nodes[id]
	var scratch [9]byte
	kind, value := byte('f'), uint64(len(n.entries))
	if n.isDir {
		kind = 'd'
	} else {
		value = n.hash()
	}
	scratch[0] = kind
	for i := range 8 {
		scratch[1+i] = byte(value >> (8 * i))
	}
	h.Write(scratch[:])
	for _, e := range n.entries {
		h.WriteString(e.name)
		h.Write([]byte{0})
		d.hashInto(h, e.id)
	}
}

// own returns a node that d may change.
func (d *Disk) own(id nodeID) *node {
	d.generation++
	n := d.nodes[id]
	if n.owner != d.token {
		n = n.copyFor(d.token)
		d.nodes[id] = n
	}
	return n
}

// split cleans a name and cuts it into parts. Absolute and relative names are
// the same: the root is every process's working directory.
func split(name string) ([]string, error) {
	if name == "" {
		return nil, syscall.ENOENT
	}
	name = strings.Trim(path.Clean("/"+name), "/")
	if name == "" {
		return nil, nil
	}
	return strings.Split(name, "/"), nil
}

// lookup finds the node of a name.
func (d *Disk) lookup(name string) (nodeID, error) {
	parts, err := split(name)
	if err != nil {
		return 0, err
	}
	return d.walk(parts)
}

func (d *Disk) walk(parts []string) (nodeID, error) {
	id := root
	for _, part := range parts {
		if !d.nodes[id].isDir {
			return 0, syscall.ENOTDIR
		}
		next, found := find(d.nodes[id].entries, part)
		if !found {
			return 0, syscall.ENOENT
		}
		id = next
	}
	return id, nil
}

// place finds the directory that holds a name, or would, and the last part.
func (d *Disk) place(name string) (dir nodeID, last string, err error) {
	parts, err := split(name)
	if err != nil {
		return 0, "", err
	}
	if len(parts) == 0 {
		return 0, "", syscall.EBUSY // the root itself
	}
	dir, err = d.walk(parts[:len(parts)-1])
	if err == nil && !d.nodes[dir].isDir {
		err = syscall.ENOTDIR
	}
	return dir, parts[len(parts)-1], err
}

// change applies operations to the volatile entries of directories and notes
// them as pending. They get one sequence number: they are one step.
func (d *Disk) change(now time.Time, dirs []nodeID, ops []entryOp) {
	d.sequence++
	for i, op := range ops {
		op.sequence = d.sequence
		dir := d.own(dirs[i])
		dir.entries = with(dir.entries, op)
		dir.pending = append(dir.pending, op)
		dir.modTime, dir.changed = now, op.sequence
		if !op.isDelete {
			d.own(op.id).changed = op.sequence
		}
	}
}

// add makes a node and its entry.
func (d *Disk) add(now time.Time, dir nodeID, name string, isDir bool) nodeID {
	n := &node{owner: d.token, isDir: isDir, modTime: now}
	id := nodeID(len(d.nodes))
	if last := len(d.free) - 1; last >= 0 {
		id, d.free = d.free[last], d.free[:last]
		d.nodes[id] = n
	} else {
		d.nodes = append(d.nodes, n)
	}
	d.change(now, []nodeID{dir}, []entryOp{{name: name, id: id}})
	return id
}

// create makes a file whose name must be free.
func (d *Disk) create(now time.Time, name string) (nodeID, error) {
	dir, last, err := d.place(name)
	if err != nil {
		return 0, err
	}
	if _, found := find(d.nodes[dir].entries, last); found {
		return 0, syscall.EEXIST
	}
	return d.add(now, dir, last, false), nil
}

// file finds a file that is not a directory.
func (d *Disk) file(name string) (nodeID, error) {
	id, err := d.lookup(name)
	if err == nil && d.nodes[id].isDir {
		err = syscall.EISDIR
	}
	return id, err
}

// directory finds a directory.
func (d *Disk) directory(name string) (nodeID, error) {
	id, err := d.lookup(name)
	if err == nil && !d.nodes[id].isDir {
		err = syscall.ENOTDIR
	}
	return id, err
}

func (d *Disk) rename(now time.Time, oldName, newName string) error {
	oldDir, oldLast, err := d.place(oldName)
	if err != nil {
		return err
	}
	newDir, newLast, err := d.place(newName)
	if err != nil {
		return err
	}
	id, found := find(d.nodes[oldDir].entries, oldLast)
	if !found {
		return syscall.ENOENT
	}
	target, replaces := find(d.nodes[newDir].entries, newLast)
	switch isDir := d.nodes[id].isDir; {
	case replaces && d.nodes[target].isDir:
		return syscall.EEXIST
	case replaces && target == id:
		return nil
	case isDir && d.contains(id, newDir):
		return syscall.EINVAL
	case isDir && replaces:
		return syscall.ENOTDIR
	}
	d.change(now, []nodeID{newDir, oldDir}, []entryOp{
		{name: newLast, id: id, isRename: true},
		{name: oldLast, isDelete: true, isRename: true},
	})
	for n, i := d.own(id), 0; i < len(n.ages); i++ {
		n.ages[i] = len(n.data)
	}
	return nil
}

// contains says whether the directory below is dir or lies in it.
func (d *Disk) contains(dir, below nodeID) bool {
	if dir == below {
		return true
	}
	for _, e := range d.nodes[dir].entries {
		if d.nodes[e.id].isDir && d.contains(e.id, below) {
			return true
		}
	}
	return false
}

func (d *Disk) remove(now time.Time, name string) error {
	dir, last, err := d.place(name)
	if err != nil {
		return err
	}
	id, found := find(d.nodes[dir].entries, last)
	if !found {
		return syscall.ENOENT
	}
	if len(d.nodes[id].entries) > 0 {
		return syscall.ENOTEMPTY
	}
	d.change(now, []nodeID{dir}, []entryOp{{name: last, isDelete: true}})
	return nil
}

func (d *Disk) mkdirAll(now time.Time, name string) error {
	parts, err := split(name)
	if err != nil {
		return err
	}
	dir := root
	for _, part := range parts {
		next, found := find(d.nodes[dir].entries, part)
		if !found {
			next = d.add(now, dir, part, true)
		} else if !d.nodes[next].isDir {
			return syscall.ENOTDIR
		}
		dir = next
	}
	return nil
}

// syncFile makes a file's content durable and, where a sync commits a journal, entries.
func (d *Disk) syncFile(id nodeID) {
	n := d.own(id)
	n.sync()
	d.commitJournal(n)
}

// syncDir makes the entries of a directory durable.
func (d *Disk) syncDir(id nodeID) {
	if d.profile == Strict {
		d.commitDir(id)
		return
	}
	d.commitJournal(d.nodes[id])
}

// commitJournal commits the entries that are durable when a node is.
func (d *Disk) commitJournal(n *node) {
	switch d.profile {
	case Ext4Ordered:
		d.commitEntries(d.sequence)
	case XFS:
		d.commitEntries(n.changed)
	}
}

// commitEntries makes all entry operations up to one durable.
func (d *Disk) commitEntries(upTo uint64) {
	for id, n := range d.nodes {
		if n == nil || len(n.pending) == 0 || n.pending[0].sequence > upTo {
			continue
		}
		n = d.own(nodeID(id))
		if n.pending[len(n.pending)-1].sequence <= upTo {
			n.durable, n.pending = n.entries, nil
			continue
		}
		done := 0
		for ; n.pending[done].sequence <= upTo; done++ {
			n.durable = with(n.durable, n.pending[done])
		}
		n.pending = slices.Clone(n.pending[done:])
	}
}

// commitDir makes the pending operations of one directory durable. Where a name
// went to another directory, it gets there too: a rename never loses both names.
func (d *Disk) commitDir(id nodeID) {
	n := d.nodes[id]
	if len(n.pending) == 0 {
		return
	}
	n = d.own(id)
	pending := n.pending
	n.durable, n.pending = n.entries, nil
	for _, op := range pending {
		if op.isRename && op.isDelete {
			d.commitArrival(op.sequence)
		}
	}
}

// commitArrival makes the new name of a rename durable, after what was pending
// for that name before.
func (d *Disk) commitArrival(sequence uint64) {
	for id, n := range d.nodes {
		if n == nil {
			continue
		}
		i := slices.IndexFunc(n.pending, func(op entryOp) bool {
			return op.sequence == sequence && !op.isDelete
		})
		if i < 0 {
			continue
		}
		name := n.pending[i].name
		n = d.own(nodeID(id))
		var later []entryOp
		for _, op := range n.pending {
			if op.name == name && op.sequence <= sequence {
				n.durable = with(n.durable, op)
				if op.isRename && op.isDelete {
					defer d.commitArrival(op.sequence)
				}
			} else {
				later = append(later, op)
			}
		}
		n.pending = later
		return
	}
}
