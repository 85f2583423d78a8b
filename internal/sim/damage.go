package sim

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"syscall"
)

// A disk that lies shows other bytes than those that were written. What was written is
// kept below, so that the damage can be taken back.

// patch is what a reader sees from an offset on instead of what was written.
type patch struct {
	from int
	seen []byte
}

// patchUp replaces in p, which was read at an offset, what the patches cover. Later
// patches lie over earlier ones.
func (n *node) patchUp(p []byte, offset int) {
	for _, patch := range n.damage {
		at, skip := patch.from-offset, 0
		if at < 0 {
			at, skip = 0, -at
		}
		if at < len(p) && skip < len(patch.seen) {
			copy(p[at:], patch.seen[skip:])
		}
	}
}

// view returns a file's content as readers see it.
func (n *node) view() []byte {
	if len(n.damage) == 0 {
		return n.data
	}
	seen := slices.Clone(n.data)
	n.patchUp(seen, 0)
	return seen
}

// spoil lays a patch over a file, as far as that is long.
func (n *node) spoil(from int, seen []byte) {
	if seen = seen[:max(0, min(len(seen), len(n.data)-from))]; len(seen) > 0 {
		n.damage = append(slices.Clip(n.damage), patch{from, slices.Clone(seen)})
		n.sum.Store(0)
	}
}

// damageBefore returns the damage that lies before an offset.
func (n *node) damageBefore(end int) (kept []patch) {
	for _, patch := range n.damage {
		if patch.seen = patch.seen[:max(0, min(len(patch.seen), end-patch.from))]; len(patch.seen) > 0 {
			kept = append(kept, patch)
		}
	}
	return kept
}

// witnesses is how many later syncs of a file it takes until a log can tell from what it
// holds that a place was durable: what is written while a sync runs does not yet know
// how that ends.
const witnesses = 2

// HealTails takes back the damage of what the last syncs of a file made durable. Nobody
// can tell that from a write that never was: one who has a single copy cannot notice.
// Files that were put in their place by a rename are complete, and have no such tail.
func (d *Disk) HealTails() {
	for id, n := range d.nodes {
		if n == nil || len(n.damage) == 0 {
			continue
		}
		n = d.own(nodeID(id))
		n.damage = n.damageBefore(n.ages[0])
		n.sum.Store(0)
	}
}

// Damaged lists the files of which readers see anything else than what was written.
func (d *Disk) Damaged() []string {
	var names []string
	d.walkFiles(root, "", func(name string, n *node) {
		if len(n.damage) > 0 {
			names = append(names, name)
		}
	})
	return names
}

func (d *Disk) walkFiles(dir nodeID, at string, visit func(name string, n *node)) {
	for _, e := range d.nodes[dir].entries {
		if name := path.Join(at, e.name); d.nodes[e.id].isDir {
			d.walkFiles(e.id, name, visit)
		} else {
			visit(name, d.nodes[e.id])
		}
	}
}

// Corrupt flips the bits of mask in one byte of a file, as a decaying medium does. It
// fails if there is no such byte.
func (d *Disk) Corrupt(name string, offset int64, mask byte) error {
	id, err := d.file(name)
	if err == nil && (offset < 0 || offset >= int64(len(d.nodes[id].data))) {
		err = syscall.EINVAL
	}
	if err != nil {
		return fmt.Errorf("corrupt byte %d of %s: %w", offset, name, err)
	}
	n := d.own(id)
	seen := []byte{n.data[offset]}
	n.patchUp(seen, int(offset))
	seen[0] ^= mask
	n.spoil(int(offset), seen)
	return nil
}

// Heal takes back all corruption: readers see what was written.
func (d *Disk) Heal() {
	for id, n := range d.nodes {
		if n != nil && len(n.damage) > 0 {
			n = d.own(nodeID(id))
			n.damage = nil
			n.sum.Store(0)
		}
	}
}

// IsDamaged says whether readers see anything else than what was written.
func (d *Disk) IsDamaged() bool {
	return slices.ContainsFunc(d.nodes, func(n *node) bool { return n != nil && len(n.damage) > 0 })
}

// lie damages the last size bytes of a file, which were just appended. Files that are
// to be spared are not overwritten.
func (d *Disk) lie(id nodeID, size int, kind Kind, seed uint64, spare func(name string) bool) {
	n := d.own(id)
	from := len(n.data) - size
	if size == 0 {
		return
	}
	draw := rand.New(rand.NewPCG(seed, uint64(kind)))
	written := n.data[from:]
	switch kind {
	case Flip:
		at := draw.IntN(8 * size)
		n.spoil(from+at/8, []byte{written[at/8] ^ 1<<(at%8)})
	case LoseWrite:
		n.spoil(from, make([]byte, size))
	case Misdirect:
		n.spoil(from, make([]byte, size))
		if victim, offset, ok := d.victim(id, from, draw, spare); ok {
			d.own(victim).spoil(offset, written)
		}
	}
}

// victim draws a byte of the disk that is not one of those just appended at from.
func (d *Disk) victim(id nodeID, from int, draw *rand.Rand, spare func(name string) bool) (victim nodeID, offset int, ok bool) {
	spared := map[*node]bool{}
	if spare != nil {
		d.walkFiles(root, "", func(name string, n *node) { spared[n] = spare(name) })
	}
	length := func(i int) int {
		switch n := d.nodes[i]; {
		case n == nil || n.isDir || spared[n]:
			return 0
		case nodeID(i) == id:
			return from
		default:
			return len(n.data)
		}
	}
	total := 0
	for i := range d.nodes {
		total += length(i)
	}
	if total == 0 {
		return 0, 0, false
	}
	offset = draw.IntN(total)
	for i := range d.nodes {
		if offset < length(i) {
			return nodeID(i), offset, true
		}
		offset -= length(i)
	}
	return 0, 0, false
}
