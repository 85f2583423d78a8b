package receiver

import "time"

// Mark is a place in the source of a reliable receiver, such as a sequence number, in a
// form that the receiver chooses. The empty Mark is none.
type Mark string

// Block is elements that became durable together and that a batch takes together.
type Block[T any] struct {
	Number   int64     // 0, 1, 2, … without gaps, over all runs of the stream
	Time     time.Time // when its first element came, to the microsecond, in UTC
	Elements []T
	mark     Mark // the newest until here
}

// cutter decides which elements make up which block, and when a block ends. It is
// pure: it is told the time, and what is added.
type cutter[T any] struct {
	interval time.Duration
	size     int // of a block, in elements

	next   int64      // number of the next block that is taken
	mark   Mark       // the newest that was added
	blocks []Block[T] // that have ended and are not taken
	open   Block[T]   // takes the next elements
	due    time.Duration
}

// add adds elements to the open block. Those of one call never are in two blocks: the
// mark is stored with all of them or none. mono is the time by which intervals are
// measured, wall the one that blocks are stamped with.
func (c *cutter[T]) add(mono time.Duration, wall time.Time, elements []T, mark Mark) {
	if len(elements) == 0 {
		return
	}
	if len(c.open.Elements) == 0 {
		c.due = mono + c.interval
		c.open.Time = wall.Truncate(time.Microsecond).UTC()
	}
	c.open.Elements = append(c.open.Elements, elements...)
	if mark != "" {
		c.mark = mark
	}
	c.open.mark = c.mark
	if len(c.open.Elements) >= c.size {
		c.end()
	}
}

// end ends the open block.
func (c *cutter[T]) end() {
	if len(c.open.Elements) > 0 {
		c.blocks = append(c.blocks, c.open)
		c.open = Block[T]{}
	}
}

// wait says how long it is until there is a block to take. It is false if nothing was
// added.
func (c *cutter[T]) wait(mono time.Duration) (time.Duration, bool) {
	if len(c.blocks) > 0 {
		return 0, true
	}
	return max(0, c.due-mono), len(c.open.Elements) > 0
}

// take returns all blocks, the open one too, with their numbers.
func (c *cutter[T]) take() []Block[T] {
	c.end()
	taken := c.blocks
	c.blocks = nil
	for i := range taken {
		taken[i].Number = c.next
		c.next++
	}
	return taken
}
