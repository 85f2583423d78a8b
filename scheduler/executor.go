package scheduler

import (
	"context"
	"errors"
	"sync"

	"github.com/tidewheel/tidewheel/internal/env"
)

// executor is a group of slots with a block store of its own. Each slot is an
// activity that runs one task at a time, which it takes from its mailbox.
type executor struct {
	slots []*env.Mailbox[*Task]
	procs []*env.Proc
	store *blockStore
}

func (s *Scheduler) newExecutor() *executor {
	x := &executor{store: newBlockStore()}
	for range s.options.Slots {
		slot := new(env.Mailbox[*Task])
		x.slots = append(x.slots, slot)
		x.procs = append(x.procs, s.env.Spawn("scheduler slot", func() error { return s.work(slot) }))
	}
	return x
}

// work runs the tasks of a slot until its mailbox is closed.
func (s *Scheduler) work(slot *env.Mailbox[*Task]) error {
	for {
		t, err := slot.Take(context.Background(), s.env)
		if errors.Is(err, env.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := t.run()
		s.returned(t, value, err)
	}
}

// dismiss lets the slots end after the task that they have.
func (x *executor) dismiss() {
	for _, slot := range x.slots {
		slot.Close()
	}
}

// wait parks the caller until the slots have ended. They end without an error:
// that of a task goes to the core.
func (x *executor) wait(e env.Env) {
	for _, p := range x.procs {
		_ = p.Done().Wait(context.Background(), e) // which is never done
	}
}

// blockStore holds the blocks of one executor. A closed one has none and takes
// none.
type blockStore struct {
	mu      sync.Mutex      //det:lock guards the maps
	outputs map[int][][]any // shuffle, map partition, reducer
	kept    map[int]map[int]any
	closed  bool
}

func newBlockStore() *blockStore {
	return &blockStore{outputs: make(map[int][][]any), kept: make(map[int]map[int]any)}
}

// putOutput stores what a map task wrote.
func (b *blockStore) putOutput(t *Task, blocks []any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	maps := b.outputs[t.shuffle.ID]
	for len(maps) <= t.partition {
		maps = append(maps, nil)
	}
	maps[t.partition] = blocks
	b.outputs[t.shuffle.ID] = maps
}

// output returns the block of a map partition for a reducer; it may be nil.
func (b *blockStore) output(shuffle, partition, reduce int) (block any, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps := b.outputs[shuffle]
	if partition >= len(maps) || maps[partition] == nil || reduce >= len(maps[partition]) {
		return nil, false
	}
	return maps[partition][reduce], true
}

// keep stores a persisted block and says whether it did.
func (b *blockStore) keep(node, partition int, block any) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	partitions := b.kept[node]
	if partitions == nil {
		partitions = make(map[int]any)
		b.kept[node] = partitions
	}
	partitions[partition] = block
	return true
}

func (b *blockStore) block(node, partition int) (block any, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	block, ok = b.kept[node][partition]
	return block, ok
}

func (b *blockStore) unpersist(node int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.kept, node)
}

func (b *blockStore) forget(shuffle int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.outputs, shuffle)
}

func (b *blockStore) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.outputs, b.kept, b.closed = nil, nil, true
}
