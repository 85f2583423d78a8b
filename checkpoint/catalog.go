package checkpoint

import (
	"cmp"
	"slices"
)

// catalog is the snapshots of a directory, sorted by name and version.
type catalog []cataloged

type cataloged struct {
	id
	good bool // it was saved or verified by this Store
}

func (c catalog) find(i id) (at int, ok bool) {
	return slices.BinarySearchFunc(c, i, func(a cataloged, b id) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version))
	})
}

func (c catalog) has(i id) bool {
	_, ok := c.find(i)
	return ok
}

func (c *catalog) add(i id) {
	if at, ok := c.find(i); !ok {
		*c = slices.Insert(*c, at, cataloged{id: i})
	}
}

func (c *catalog) remove(i id) {
	if at, ok := c.find(i); ok {
		*c = slices.Delete(*c, at, at+1)
	}
}

func (c catalog) setGood(i id) {
	if at, ok := c.find(i); ok {
		c[at].good = true
	}
}

// of returns the snapshots of a name, oldest first.
func (c catalog) of(name string) []cataloged {
	from, _ := c.find(id{name: name, version: 0})
	to := from
	for to < len(c) && c[to].name == name {
		to++
	}
	return c[from:to]
}

func (c catalog) versions(name string) []int64 {
	var versions []int64
	for _, snapshot := range c.of(name) {
		versions = append(versions, snapshot.version)
	}
	return versions
}

func (c catalog) names() []string {
	var names []string
	for _, snapshot := range c {
		if n := len(names); n == 0 || names[n-1] != snapshot.name {
			names = append(names, snapshot.name)
		}
	}
	return names
}

// obsolete returns the snapshots of a name but for the newest ones, as many as are
// to be retained, and, if none of these is known to be good, the newest that is.
func (c catalog) obsolete(name string, retain int) []id {
	all := c.of(name)
	if len(all) <= retain {
		return nil
	}
	haveGood := slices.ContainsFunc(all[len(all)-retain:], func(s cataloged) bool { return s.good })
	var obsolete []id
	for _, snapshot := range slices.Backward(all[:len(all)-retain]) {
		if snapshot.good && !haveGood {
			haveGood = true
			continue
		}
		obsolete = append(obsolete, snapshot.id)
	}
	return obsolete
}
