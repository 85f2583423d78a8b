package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/scheduler"
)

// node is a collection without the type of its elements: its place in the lineage.
//
// A node is built without any I/O, so some things are not known yet: how many
// partitions the files of a directory make, and therefore whether an operator after
// it must shuffle. They are settled by the node's plan, once, parents first, before
// the first job that uses it.
type node struct {
	session   *Session
	id        int
	operation string
	mistake   error // made while building; passed on from parent to child

	label     atomic.Pointer[string]
	persisted atomic.Bool

	// plan sets partitions, dependencies and partitioner. Nil means those of the
	// first parent, read partition by partition.
	plan func(ctx context.Context, n *node) error

	// keepsPartitioner says, for a node without a plan, that keys stay where they are.
	keepsPartitioner bool

	mu      sync.Mutex  //det:lock parents and busy
	parents []*node     // nil once the lineage is cut
	planned atomic.Bool // the fields below are settled
	busy    *env.Latch  // set when the plan that runs now has ended

	partitions   int
	partitioner  Partitioner // the zero value is none
	dependencies atomic.Pointer[[]scheduler.Dependency]

	checkpoint checkpointing
}

// newNode makes a node in the newest scope of its parents. With a mistake among the
// parents the node has the first.
func newNode(operation string, plan func(context.Context, *node) error, parents ...*node) *node {
	n := &node{operation: operation, plan: plan, parents: parents}
	for _, p := range parents {
		switch {
		case p == nil:
			n.session, n.mistake = nil, mistakef("%s of a collection that is a zero value: make it with a Session", operation)
			return n
		case p.mistake != nil && n.mistake == nil:
			n.mistake = p.mistake
		}
	}
	if n.mistake != nil {
		return n
	}
	for _, p := range parents {
		if n.session != nil && n.session.root != p.session.root {
			n.mistake = mistakef("%s of collections of two sessions", operation)
			return n
		}
		if n.session == nil || p.session.order > n.session.order {
			n.session = p.session
		}
	}
	n.id = n.session.root.scheduler.NodeID()
	return n
}

// wrong notes a mistake, unless there is an earlier one.
func (n *node) wrong(format string, arguments ...any) {
	if n.mistake == nil {
		n.mistake = mistakef(format, arguments...)
	}
}

// ID implements scheduler.Node.
func (n *node) ID() int { return n.id }

// Name implements scheduler.Node.
func (n *node) Name() string {
	if label := n.label.Load(); label != nil {
		return n.operation + " " + fmt.Sprintf("%q", *label)
	}
	return n.operation
}

// Partitions implements scheduler.Node.
func (n *node) Partitions() int { return n.partitions }

// Dependencies implements scheduler.Node.
func (n *node) Dependencies() []scheduler.Dependency {
	if d := n.dependencies.Load(); d != nil {
		return *d
	}
	return nil
}

// Persisted implements scheduler.Node.
func (n *node) Persisted() bool { return n.persisted.Load() }

// depend settles the dependencies.
func (n *node) depend(dependencies ...scheduler.Dependency) { n.dependencies.Store(&dependencies) }

// ready plans the node and its ancestors, parents first, and writes the checkpoints
// that were asked for. Of several activities one does it and the others wait.
func (n *node) ready(ctx context.Context) error {
	if n.planned.Load() && n.session.root.marked.Load() == 0 {
		return nil
	}
	var unsettled []*node
	seen := make(map[*node]bool)
	var visit func(*node)
	visit = func(n *node) {
		if seen[n] || n.planned.Load() && n.session.root.marked.Load() == 0 {
			return
		}
		seen[n] = true
		for _, p := range n.lineage() {
			visit(p)
		}
		unsettled = append(unsettled, n)
	}
	visit(n)
	for _, n := range unsettled {
		if err := n.settleOnce(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) settleOnce(ctx context.Context) error {
	for {
		busy, mine := n.claim()
		if busy == nil {
			return nil
		}
		if !mine {
			if err := busy.Wait(ctx, n.session.root.env); err != nil {
				return err
			}
			continue
		}
		err := env.Protect(func() error { return n.settle(ctx) })
		n.mu.Lock()
		n.busy = nil
		n.mu.Unlock()
		busy.Set()
		return err
	}
}

// claim returns nil if nothing is left to settle, else the latch that is set when
// the one who settles has ended, and whether that is the caller.
func (n *node) claim() (busy *env.Latch, mine bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.planned.Load() && !n.checkpoint.wanted.Load():
		return nil, false
	case n.busy != nil:
		return n.busy, false
	}
	n.busy = new(env.Latch)
	return n.busy, true
}

func (n *node) settle(ctx context.Context) error {
	if !n.planned.Load() {
		if err := n.settlePlan(ctx); err != nil {
			return err
		}
		n.planned.Store(true)
	}
	if n.checkpoint.wanted.Load() {
		return n.checkpoint.write(ctx)
	}
	return nil
}

func (n *node) settlePlan(ctx context.Context) error {
	if n.plan != nil {
		return n.plan(ctx, n)
	}
	parent := n.parents[0]
	n.partitions = parent.partitions
	if n.keepsPartitioner {
		n.partitioner = parent.partitioner
	}
	n.depend(scheduler.Narrow{Parent: parent})
	return nil
}

func (n *node) lineage() []*node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.parents
}

// runnable is what every end asks first.
func (n *node) runnable(end string) error {
	switch {
	case n == nil:
		return fmt.Errorf("rdd: %s of a collection that is a zero value: make it with a Session", end)
	case n.mistake != nil:
		return n.mistake
	case n.session.closed():
		return fmt.Errorf("rdd: %s: %w", end, ErrClosed)
	}
	return nil
}

// ErrClosed is the error of an end whose session, or scope of it, is closed.
var ErrClosed = errors.New("the session is closed")

// collection is a node that can be computed as chunks of type C: []T or
// Columns[K, V].
type collection[C any] struct {
	*node
	chunks chunkOperations[C]

	// source makes the chunks of a partition from those of the parents. It is
	// replaced when a checkpoint cuts the lineage.
	source atomic.Pointer[computing[C]]
}

type computing[C any] func(task *scheduler.Task, partition int) iter.Seq2[C, error]

func newCollection[C any](n *node, chunks chunkOperations[C], source computing[C]) *collection[C] {
	c := &collection[C]{node: n, chunks: chunks}
	c.source.Store(&source)
	return c
}

// compute returns the chunks of a partition: those that are kept, if the collection
// is persisted, else made from its parents.
func (c *collection[C]) compute(task *scheduler.Task, partition int) iter.Seq2[C, error] {
	if c.persisted.Load() {
		return c.computeOrKeep(task, partition)
	}
	return (*c.source.Load())(task, partition)
}
