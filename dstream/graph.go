package dstream

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"time"

	"github.com/tidewheel/tidewheel/internal/callsite"
)

// node is a stream without its element type. Batches are counted in ticks: tick k
// is the batch that ends k intervals after the stream's zero, and tick 0 never
// runs. A node has a collection at the ticks that its slide divides.
type node struct {
	session *Session
	id      int
	name    string // the operation
	label   string // given by Named; what state is found by
	detail  string // what else tells the operation apart, for the fingerprint
	slide   int64  // ticks
	parents []*node

	// build makes the collection of a tick, an rdd.RDD[T] or rdd.Pairs[K, V].
	// It runs no job. Nil is a mistake of the user's function.
	build func(tick int64) (any, error)

	// crosses says that the parent is read over batches: it is wanted when it includes
	// the tick and not when the child is wanted.
	crosses  bool
	includes func(tick int64) bool

	// keep is what the stream holds over batches; nil for most.
	keep keeper

	slices any // the *remembered[T] that Slice reads; nil unless Remember was called

	wanted bool // at the current tick, by an output or a window

	tick int64 // of made; 0: none
	made any   // the collection of a tick, an rdd.RDD[T] or rdd.Pairs[K, V]
}

// newNode adds a node to the session's graph. A mistake made earlier in a parent is
// already the session's.
func newNode(s *Session, name string, slide int64, parents ...*node) *node {
	n := &node{session: s, name: name, slide: slide, parents: parents}
	if !s.mayBuild(name) {
		return n
	}
	n.id = len(s.nodes)
	s.nodes = append(s.nodes, n)
	if slide <= 0 {
		s.mistake(name, "the slide is %d batches; it must be positive", slide)
	}
	for _, parent := range parents {
		if parent.session != s {
			s.mistake(name, "the streams belong to different sessions")
		}
	}
	return n
}

// sameSlide notes a mistake if streams that are combined batch by batch have
// different slides.
func sameSlide(name string, a, b *node) {
	if a.slide != b.slide {
		interval := a.session.options.Interval
		a.session.mistake(name, "the streams have different slides: %s and %s",
			time.Duration(a.slide)*interval, time.Duration(b.slide)*interval)
	}
}

// at returns the node's collection at a tick, built on first demand, or false if
// the stream has none at that tick.
func (n *node) at(tick int64) (collection any, ok bool, err error) {
	if tick <= 0 || tick%n.slide != 0 {
		return nil, false, nil
	}
	if n.tick == tick {
		return n.made, true, nil
	}
	collection, err = n.build(tick)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", n, err)
	}
	n.tick, n.made = tick, collection
	return collection, true, nil
}

// want marks the nodes that the outputs of a tick reach, and those whose batch a
// window will include.
func (s *Session) want(tick int64) {
	for _, n := range s.nodes {
		n.wanted = n.includes != nil && n.includes(tick)
	}
	for _, o := range s.outputs {
		o.from.wanted = true
	}
	for i := len(s.nodes) - 1; i >= 0; i-- {
		n := s.nodes[i]
		if n.wanted = n.wanted && tick%n.slide == 0; !n.wanted || n.crosses {
			continue
		}
		for _, parent := range n.parents {
			parent.wanted = true
		}
	}
}

// forget drops the collection: what later batches need, keepers hold.
func (n *node) forget() { n.tick, n.made = 0, nil }

// String names the node for people: its label, or its operation and number.
func (n *node) String() string {
	if n.label != "" {
		return n.label
	}
	return fmt.Sprintf("%s-%d", n.name, n.id)
}

// fingerprint is a hash of the graph's shape: operations, slides, labels and
// parents. A batch that was planned by one graph is not run by another.
func (s *Session) fingerprint() uint64 {
	h := fnv.New64a()
	for _, n := range s.nodes {
		fmt.Fprintf(h, "%d %s %q %q %d", n.id, n.name, n.detail, n.label, n.slide)
		for _, parent := range n.parents {
			fmt.Fprintf(h, " <%d", parent.id)
		}
		if n.keep != nil {
			fmt.Fprintf(h, " %s", n.keep.describe())
		}
		fmt.Fprintln(h)
	}
	for _, o := range s.outputs {
		fmt.Fprintf(h, "out %s <%d\n", o.name, o.from.id)
	}
	return h.Sum64()
}

// mayBuild says whether the graph can still be added to, and notes a mistake if not.
func (s *Session) mayBuild(operation string) bool {
	s.mu.Lock()
	now := s.state
	s.mu.Unlock()
	if now != Building {
		s.mistake(operation, "the session is %s; its graph can't be added to after Start", now)
	}
	return now == Building
}

// mistake keeps the first mistake made while building, with the user's line.
func (s *Session) mistake(operation, format string, values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = fmt.Errorf("%s: %s: %s", callsite.User(), operation, fmt.Sprintf(format, values...))
	}
}

// stateName is what names of streams with state must look like: they are names of
// files.
var stateName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// checkNames refuses names by which state could not be found again.
func (s *Session) checkNames() error {
	names := map[string]bool{}
	for _, n := range s.nodes {
		if n.keep == nil {
			continue
		}
		name := n.String()
		if !stateName.MatchString(name) {
			return fmt.Errorf("%q can't be the name of a stream with state: use up to 100 letters, digits, '.', '_' and '-', not beginning with '.'", name)
		}
		if names[name] {
			return fmt.Errorf("two streams with state are named %q", name)
		}
		names[name] = true
	}
	return nil
}
