package scheduler

import "slices"

// missing lists the shuffles that a stage reads and that are not complete, in the
// order in which a walk from its node meets them.
func (c *core) missing(s *stage) []*Shuffle {
	if len(s.node.Dependencies()) == 0 {
		return nil
	}
	partitions := make([]int, 0, s.left)
	for index := range s.tasks {
		if !s.tasks[index].done {
			partitions = append(partitions, s.partition(index))
		}
	}
	w := walk{core: c}
	w.visit(s.node, partitions)
	return w.missing
}

// walk goes from a node along narrow dependencies to the shuffles behind them. It
// follows single partitions, so that it stops where all that are needed are
// persisted, and passes by parents of which none is needed.
type walk struct {
	core     *core
	missing  []*Shuffle
	branched bool           // a node was met that has several parents: others may be met twice
	seen     map[int][]bool // by node: the partitions that were followed already
}

func (w *walk) visit(node Node, partitions []int) {
	if w.branched {
		partitions = w.unseen(node.ID(), partitions)
	}
	if node.Persisted() {
		partitions = w.absent(node.ID(), partitions)
	}
	if len(partitions) == 0 {
		return
	}
	dependencies := node.Dependencies()
	w.branched = w.branched || len(dependencies) > 1
	for _, dependency := range dependencies {
		switch d := dependency.(type) {
		case Narrow:
			w.visit(d.Parent, d.needs(partitions))
		case *Shuffle:
			if !w.core.shuffleComplete(d) && !slices.ContainsFunc(w.missing, func(x *Shuffle) bool { return x.ID == d.ID }) {
				w.missing = append(w.missing, d)
			}
		}
	}
}

// unseen returns those partitions of a node that are met for the first time.
func (w *walk) unseen(node int, partitions []int) []int {
	if w.seen == nil {
		w.seen = make(map[int][]bool)
	}
	seen, unseen := w.seen[node], make([]int, 0, len(partitions))
	for _, p := range partitions {
		for len(seen) <= p {
			seen = append(seen, false)
		}
		if !seen[p] {
			seen[p] = true
			unseen = append(unseen, p)
		}
	}
	w.seen[node] = seen
	return unseen
}

// absent returns those partitions of a node that no executor has as a block.
func (w *walk) absent(node int, partitions []int) []int {
	absent := make([]int, 0, len(partitions))
	for _, p := range partitions {
		if _, ok := w.core.kept.find(node, p); !ok {
			absent = append(absent, p)
		}
	}
	return absent
}

// needs lists the parent's partitions that the given ones read, in order.
func (d Narrow) needs(partitions []int) []int {
	if d.Needs == nil {
		return partitions
	}
	var needs []int
	for _, p := range partitions {
		needs = append(needs, d.Needs(p)...)
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}
