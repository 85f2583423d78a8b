package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// OutcomeKind is what becomes of the unsynced part of a disk in a crash.
type OutcomeKind int

// The kinds of outcome, from kind to unkind.
const (
	Kept      OutcomeKind = iota // all of it survives
	Lost                         // none of it survives, neither entries nor data
	Truncated                    // entries survive, data does not: new files are empty
	Torn                         // all survives but the end of each file's last write
	Entries                      // data survives, of the entry changes the first few
	Zeroed                       // sizes survive, unsynced data reads as zero (Strict)
	Garbage                      // as Torn, and the torn sector ends in garbage (Strict)
	Sectors                      // of the unsynced sectors some survive, others read as zero (Strict, XFS)
	Subset                       // data survives, and any of the entry changes (Strict)
	Mixed                        // every file and name has an outcome of its own
)

var outcomeNames = []string{
	"kept", "lost", "truncated", "torn", "entries", "zeroed", "garbage", "sectors", "subset", "mixed",
}

func (k OutcomeKind) String() string { return outcomeNames[k] }

// Outcome is a crash outcome with its details. Seed draws these, such as the byte
// at which a write is torn; 0 stands for the canonical ones, in the middle.
type Outcome struct {
	Kind OutcomeKind
	Seed uint64
}

// String returns the outcome as ParseOutcome reads it: "lost", or "torn.17" with
// a seed.
func (o Outcome) String() string {
	if o.Seed == 0 {
		return outcomeNames[o.Kind]
	}
	return outcomeNames[o.Kind] + "." + strconv.FormatUint(o.Seed, 10)
}

// ParseOutcome is the inverse of [Outcome.String].
func ParseOutcome(text string) (Outcome, error) {
	name, digits, hasSeed := strings.Cut(text, ".")
	kind := slices.Index(outcomeNames, name)
	if kind < 0 {
		return Outcome{}, fmt.Errorf("disk outcome %q is none of %s", text, strings.Join(outcomeNames, ", "))
	}
	o := Outcome{Kind: OutcomeKind(kind)}
	if hasSeed {
		seed, err := strconv.ParseUint(digits, 10, 64)
		if err != nil {
			return Outcome{}, fmt.Errorf("disk outcome %q: its seed is no number", text)
		}
		o.Seed = seed
	}
	return o, nil
}

// Outcomes lists the canonical outcomes of a crash at this moment, Kept first. It
// leaves out those that cannot differ from others; if nothing is unsynced, Kept
// is the only one.
func (d *Disk) Outcomes() []Outcome {
	operations, data := 0, false
	for _, n := range d.nodes {
		if n != nil {
			operations += len(n.pending)
			data = data || len(n.ends) > 0
		}
	}
	strict, sectors := d.profile == Strict, d.profile != Ext4Ordered
	outcomes := []Outcome{{Kind: Kept}}
	add := func(when bool, kind OutcomeKind) {
		if when {
			outcomes = append(outcomes, Outcome{Kind: kind})
		}
	}
	add(operations > 0 || data, Lost)
	add(operations > 0 && data, Truncated)
	add(data, Torn)
	add(operations > 1, Entries)
	add(data && strict, Zeroed)
	add(data && strict, Garbage)
	add(data && sectors, Sectors)
	add(operations > 1 && strict, Subset)
	return outcomes
}

// Crash returns the disk as it is found after a crash with an outcome; d stays as
// it is. An outcome that the profile excludes is replaced by the nearest legal one:
// Lost for Zeroed, or Sectors if that is legal, Torn for Garbage and Sectors, Entries for
// Subset.
func (d *Disk) Crash(o Outcome) *Disk {
	calls := 0
	choose := func(site string, n int) int { // the middle, or one and the other in turn
		calls++
		if n == 2 {
			return calls % 2
		}
		return n / 2
	}
	if o.Seed != 0 {
		r := rand.New(rand.NewPCG(o.Seed, 0))
		choose = func(site string, n int) int { return r.IntN(n) }
	}
	return d.crash(o.Kind, choose)
}

// CrashBy returns the disk after a crash whose every detail the chooser decides;
// d stays as it is. Option 0 everywhere is Kept.
func (d *Disk) CrashBy(c Chooser) *Disk {
	return d.crash(Mixed, c.Choose)
}

// sector is the unit that a disk writes whole, in bytes.
const sector = 512

// crash builds the image in three steps: which entry changes survive; which nodes
// still have a name; how much of each of these files survives.
func (d *Disk) crash(kind OutcomeKind, choose func(site string, n int) int) *Disk {
	image := d.Clone()
	image.crashEntries(kind, choose)
	image.forgetUnnamed()
	for i, n := range image.nodes {
		if n != nil && (len(n.ends) > 0 || len(n.lost) > 0) {
			n = image.own(nodeID(i))
			n.crash(image.legal(kind), image.profile, choose)
		}
	}
	return image
}

// legal replaces a kind that the profile excludes.
func (d *Disk) legal(kind OutcomeKind) OutcomeKind {
	if d.profile == Strict {
		return kind
	}
	isXFS := d.profile == XFS
	switch {
	case kind == Zeroed && isXFS:
		return Sectors
	case kind == Zeroed:
		return Lost
	case kind == Garbage, kind == Sectors && !isXFS:
		return Torn
	case kind == Subset:
		return Entries
	}
	return kind
}

// crashEntries decides how many of the pending operations of each directory
// survive and makes the entries what they lead to.
func (d *Disk) crashEntries(kind OutcomeKind, choose func(site string, n int) int) {
	kind = d.legal(kind)
	if kind == Mixed {
		kinds := []OutcomeKind{Kept, Lost, Entries, Subset}
		if d.profile != Strict {
			kinds = kinds[:3]
		}
		if d.isPending() {
			kind = kinds[choose("crash.entries", len(kinds))]
		}
	}
	var survives map[*entryOp]bool
	switch kind {
	case Lost:
	case Entries:
		survives = d.firstOperations(choose)
	case Subset:
		survives = d.someOperations(choose)
	default:
		d.commitEntries(d.sequence)
		return
	}
	for i, n := range d.nodes {
		if n == nil || len(n.pending) == 0 {
			continue
		}
		n = d.own(nodeID(i))
		for j := range n.pending {
			if survives[&n.pending[j]] {
				n.durable = with(n.durable, n.pending[j])
			}
		}
		n.entries, n.pending = n.durable, nil
	}
}

func (d *Disk) isPending() bool {
	return slices.ContainsFunc(d.nodes, func(n *node) bool { return n != nil && len(n.pending) > 0 })
}

// operations lists the pending operations of all directories in the order in
// which they were made, the arrival of a rename before its departure. They are
// those of nodes that d owns, so that their addresses stay.
func (d *Disk) operations() []*entryOp {
	var all []*entryOp
	for i, n := range d.nodes {
		if n != nil && len(n.pending) > 0 {
			n = d.own(nodeID(i))
			n.pending = slices.Clone(n.pending)
			for j := range n.pending {
				all = append(all, &n.pending[j])
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *entryOp) int {
		switch {
		case a.sequence != b.sequence && a.sequence < b.sequence:
			return -1
		case a.sequence != b.sequence:
			return 1
		case a.isDelete == b.isDelete:
			return 0
		case b.isDelete:
			return -1
		}
		return 1
	})
	return all
}

// firstOperations keeps a prefix of all operations, which never cuts a rename in
// two.
func (d *Disk) firstOperations(choose func(site string, n int) int) map[*entryOp]bool {
	all := d.operations()
	if len(all) == 0 {
		return nil
	}
	count := len(all) - choose("crash.prefix", len(all)+1)
	if count > 0 && count < len(all) && all[count].sequence == all[count-1].sequence {
		count--
	}
	survives := make(map[*entryOp]bool, count)
	for _, op := range all[:count] {
		survives[op] = true
	}
	return survives
}

// someOperations keeps for each name the first few of its operations. A name that
// was renamed away stays unless its new name arrived.
func (d *Disk) someOperations(choose func(site string, n int) int) map[*entryOp]bool {
	survives := make(map[*entryOp]bool)
	arrived := make(map[uint64]bool) // renames, by sequence number
	type place struct {
		directory nodeID
		name      string
	}
	gone := make(map[place]bool) // an operation on the name did not survive
	directories := make(map[*entryOp]nodeID)
	all := d.operations()
	for i, n := range d.nodes {
		if n != nil {
			for j := range n.pending {
				directories[&n.pending[j]] = nodeID(i)
			}
		}
	}
	for _, op := range all {
		at := place{directories[op], op.name}
		legal := !gone[at] && (!op.isRename || !op.isDelete || arrived[op.sequence])
		if !legal || choose("crash.operation", 2) == 1 {
			gone[at] = true
			continue
		}
		survives[op] = true
		if op.isRename && !op.isDelete {
			arrived[op.sequence] = true
		}
	}
	return survives
}

// forgetUnnamed drops the nodes that no entry leads to. A directory that a crash
// left with two names keeps the first found.
func (d *Disk) forgetUnnamed() {
	named := make([]bool, len(d.nodes))
	var visit func(id nodeID)
	visit = func(id nodeID) {
		named[id] = true
		n := d.nodes[id]
		for _, e := range n.entries {
			switch {
			case !d.nodes[e.id].isDir:
				named[e.id] = true
			case !named[e.id]:
				visit(e.id)
			default:
				n = d.own(id)
				n.entries = with(n.entries, entryOp{name: e.name, isDelete: true})
				n.durable = n.entries
			}
		}
	}
	visit(root)
	d.free = nil
	for i := range d.nodes {
		if !named[i] {
			d.nodes[i] = nil
			d.free = append(d.free, nodeID(i))
		}
	}
}

// crash decides how much of a file's unsynced data survives.
func (n *node) crash(kind OutcomeKind, profile Profile, choose func(site string, n int) int) {
	first, size := n.clean, len(n.data) // the unsynced bytes
	if kind == Mixed {
		kinds := []OutcomeKind{Kept, Lost, Torn, Sectors, Zeroed, Garbage}
		switch profile {
		case Ext4Ordered:
			kinds = kinds[:3]
		case XFS:
			kinds = kinds[:4]
		}
		kind = Kept
		if first < size {
			kind = kinds[choose("crash.data", len(kinds))]
			if kind == Torn || kind == Garbage {
				n.ends = []int{size} // torn anywhere, not in the last write only
			}
		}
	}
	if first == size {
		kind = Kept
	}
	switch kind {
	case Lost, Truncated:
		n.truncate(n.synced)
	case Torn:
		n.truncate(n.tear(choose))
	case Zeroed:
		n.truncate(size)
		n.unshare()
		clear(n.data[first:])
	case Sectors:
		n.truncate(size)
		n.unshare()
		for from := first; from < size; {
			to := min((from/sector+1)*sector, size)
			if choose("crash.sector", 2) == 1 {
				clear(n.data[from:to])
			}
			from = to
		}
	case Garbage:
		torn := n.tear(choose)
		end := min((torn/sector+1)*sector, size)
		n.truncate(end)
		n.unshare()
		for i := torn; i < end; i++ {
			garbage := 0x80 | byte(29*i)
			if garbage == n.data[i] {
				garbage ^= 1
			}
			n.data[i] = garbage
		}
	default:
		n.truncate(size)
	}
}

// tear returns a size within the last unsynced write.
func (n *node) tear(choose func(site string, n int) int) int {
	from := n.clean
	if writes := len(n.ends); writes > 1 {
		from = n.ends[writes-2]
	}
	size := len(n.data)
	return size - 1 - choose("crash.tear", size-from)
}
