package scheduler

// Node is what the scheduler asks of a collection: how many partitions it has and
// which others they are computed from. The elements and the functions over them
// are hidden in the closures of shuffles and jobs. A Node does not change once a
// job has used it. Its methods may be called by several activities at once; they
// neither block nor panic nor call the scheduler, which may hold its lock.
type Node interface {
	// ID is unique among the nodes of one scheduler.
	ID() int

	// Name says in a word or two what the node does, for plans and events.
	Name() string

	// Partitions is the number of partitions, 0 or more. They are numbered from 0.
	Partitions() int

	// Dependencies are the parents, in a fixed order: each a Narrow or a *Shuffle.
	Dependencies() []Dependency

	// Persisted says that tasks keep the node's partitions as blocks. Where all
	// wanted ones are present, the parents are not computed.
	Persisted() bool
}

// Dependency is a Narrow or a *Shuffle.
type Dependency interface{ parent() Node }

// Narrow is a dependency in which each partition needs a few of the parent's, in
// the same task.
type Narrow struct {
	Parent Node

	// Needs lists the parent partitions that a partition reads. Nil means the one
	// of the same number.
	Needs func(partition int) []int
}

func (d Narrow) parent() Node { return d.Parent }

// Shuffle is a dependency in which each partition may need a part of every
// partition of the parent. It ends a stage: the tasks of the stage before write
// one block for each pair of parent partition (map) and partition (reduce).
type Shuffle struct {
	ID       int // unique among the shuffles of one scheduler
	Parent   Node
	Reducers int // number of blocks that each map task writes

	// Write computes a partition of the parent and splits it: one block for each
	// reducer. A block is opaque to the scheduler; nil is an empty one.
	// It must be deterministic: a lost output is computed again.
	Write func(task *Task, partition int) (blocks []any, err error)
}

func (d *Shuffle) parent() Node { return d.Parent }

// Job asks for some partitions of a node and what to do with each.
type Job struct {
	Name  string // what the user called: Collect, Count, …
	Final Node

	// Partitions are those wanted; nil means all, in order.
	Partitions []int

	// Run is the work of one result task. Its result goes to Result.
	Run func(task *Task, partition int) (any, error)

	// Result takes the results, once for each partition and in no particular order,
	// but never two at the same time. It must not block. Nil drops them.
	Result func(partition int, result any)
}
