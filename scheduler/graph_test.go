package scheduler

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testNode is a node made by hand.
type testNode struct {
	id         int
	name       string
	partitions int
	parents    []Dependency
	persisted  bool
}

func (n *testNode) ID() int                    { return n.id }
func (n *testNode) Name() string               { return n.name }
func (n *testNode) Partitions() int            { return n.partitions }
func (n *testNode) Dependencies() []Dependency { return n.parents }
func (n *testNode) Persisted() bool            { return n.persisted }

// newTestScheduler closes the scheduler when the test ends.
func newTestScheduler(tb testing.TB, o Options) *Scheduler {
	s, err := New(env.Real(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// source is a node without parents.
func (s *Scheduler) source(partitions int) *testNode {
	return &testNode{id: s.NodeID(), name: "Source", partitions: partitions}
}

// shuffled is a node over a shuffle of numbers: map task m computes parent(m), and
// gives each reducer r the block {m, r, its number}.
func (s *Scheduler) shuffled(parent *testNode, reducers int, compute func(*Task, int) (int, error)) (*testNode, *Shuffle) {
	shuffle := &Shuffle{ID: s.ShuffleID(), Parent: parent, Reducers: reducers}
	shuffle.Write = func(t *Task, partition int) ([]any, error) {
		number, err := compute(t, partition)
		if err != nil {
			return nil, err
		}
		blocks := make([]any, reducers)
		for r := range blocks {
			blocks[r] = fmt.Sprintf("%d>%d=%d", partition, r, number)
		}
		return blocks, nil
	}
	return &testNode{id: s.NodeID(), name: "Shuffled", partitions: reducers, parents: []Dependency{shuffle}}, shuffle
}

// fetchAll returns the blocks of a reducer.
func fetchAll(t *Task, shuffle *Shuffle, reduce int) (string, error) {
	all := ""
	for block, err := range t.Fetch(shuffle, reduce) {
		if err != nil {
			return "", err
		}
		all += block.(string) + " "
	}
	return all, nil
}

// testGraph is a lineage graph written as text.
type testGraph struct {
	nodes    map[string]*testNode
	order    []*testNode
	shuffles int
}

// add adds the node of one line. Nodes and shuffles are numbered in the order in
// which they come.
//
//	NAME PARTITIONS [persisted] [narrow=PARENT] [union=PARENT,PARENT…] [shuffle=PARENT]…
//
// A partition of a narrow child needs the parent's of the same number; those of a
// union are its parents' one after the other.
func (g *testGraph) add(words []string) error {
	if g.nodes == nil {
		g.nodes = make(map[string]*testNode)
	}
	partitions, err := strconv.Atoi(words[1])
	if err != nil {
		return err
	}
	n := &testNode{id: len(g.nodes), name: words[0], partitions: partitions}
	for _, word := range words[2:] {
		kind, names, _ := strings.Cut(word, "=")
		offset := 0
		for _, name := range strings.Split(names, ",") {
			parent := g.nodes[name]
			if parent == nil && kind != "persisted" {
				return fmt.Errorf("%s: no node %q", n.name, name)
			}
			switch kind {
			case "persisted":
				n.persisted = true
			case "narrow":
				n.parents = append(n.parents, Narrow{Parent: parent})
			case "union":
				n.parents = append(n.parents, Narrow{Parent: parent, Needs: within(offset, parent.partitions)})
				offset += parent.partitions
			case "shuffle":
				n.parents = append(n.parents, &Shuffle{ID: g.shuffles, Parent: parent, Reducers: partitions})
				g.shuffles++
			default:
				return fmt.Errorf("%s: unknown kind of dependency %q", n.name, kind)
			}
		}
	}
	g.nodes[n.name] = n
	g.order = append(g.order, n)
	return nil
}

// within are the needs of a union's partitions from a parent whose partitions
// begin at offset.
func within(offset, partitions int) func(int) []int {
	return func(p int) []int {
		if p < offset || p >= offset+partitions {
			return nil
		}
		return []int{p - offset}
	}
}
