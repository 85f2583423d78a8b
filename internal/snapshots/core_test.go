package snapshots

import (
	"slices"
	"testing"
)

// tracked is a core of one operator whose groups all have a size.
type tracked struct {
	core
	size int64 // of each group
}

func newTracked(groups int, size int64) *tracked {
	return &tracked{core{operators: []*operator{{name: "o", groups: make([]group, groups)}}}, size}
}

// log is a batch that logs so many bytes; it returns the groups that are copied after
// it.
func (c *tracked) log(bytes int64) (from, to int) {
	c.logged += bytes
	p, due := c.next()
	if !due {
		return 0, 0
	}
	var sizes []int64
	for g, bytes := p.from, int64(0); g < p.to && bytes < p.bytes; g++ {
		sizes, bytes = append(sizes, c.size), bytes+c.size
	}
	c.copied(p, sizes)
	return p.from, p.from + len(sizes)
}

func (c *tracked) tail() int64 {
	oldest := c.logged
	for _, g := range c.operators[0].groups {
		oldest = min(oldest, g.at)
	}
	return c.logged - oldest
}

func TestLittleStateIsCopiedWholeNowAndThen(t *testing.T) {
	c := newTracked(1024, 10)
	copies := 0
	for range 1000 {
		from, to := c.log(1 << 16)
		switch {
		case to > from && (from != 0 || to != 1024):
			t.Fatalf("copied [%d, %d)", from, to)
		case to > from:
			copies++
		}
		if c.tail() > leastRefresh {
			t.Fatalf("the tail is %d", c.tail())
		}
	}
	if want := 1000 << 16 / leastRefresh; copies != want {
		t.Errorf("%d copies, want %d", copies, want)
	}
}

// Copies go round, in bounded pieces, and keep the tail within its limit, or near it
// if a batch logs more than is copied after it.
func TestTheTailIsBounded(t *testing.T) {
	for _, size := range []int64{1 << 10, 1 << 15, 1 << 18, 4 << 20} {
		for _, logged := range []int64{1 << 16, 1 << 20} {
			c := newTracked(1024, size)
			var total, copied, longest int64
			next := 0
			for total < 5*max(Limit(1024*size), 1024*size) && total < 1<<33 {
				from, to := c.log(logged)
				total += logged
				if from < to {
					if from != next {
						t.Fatalf("size %d, %d a batch: copied from %d on, want %d", size, logged, from, next)
					}
					next = to % 1024
				}
				bytes := int64(to-from) * size
				if bytes > max(hurryBytes, size)+size {
					t.Fatalf("size %d, %d a batch: %d bytes copied after one batch", size, logged, bytes)
				}
				if copied += bytes; total > 2*Limit(c.core.size) {
					longest = max(longest, c.tail())
				}
			}
			// A round of hurried copies takes so many batches.
			round := 1024 * size / max(hurryBytes, size) * logged
			if bound := max(Limit(1024*size), leastLimit) + round + 2*logged; longest > bound {
				t.Errorf("size %d, %d a batch: the tail grew to %d, want at most %d", size, logged, longest, bound)
			}
			if copied > 8*total {
				t.Errorf("size %d, %d a batch: %d bytes copied for %d logged", size, logged, copied, total)
			}
		}
	}
}

// A group that is behind the others is next, wherever it is.
func TestTheOldestIsNext(t *testing.T) {
	c := core{
		operators: []*operator{
			{name: "a", groups: slices.Repeat([]group{{at: 50 << 20, size: 1}}, 4)},
			{name: "b", groups: []group{{at: 40 << 20, size: 1}, {at: 10 << 20, size: 1}, {at: 12 << 20, size: 1}, {at: 60 << 20, size: 1}}},
		},
		logged: 60 << 20, size: 8,
	}
	p, due := c.next()
	if !due || p.operator != 1 || p.from != 1 || p.to != 3 {
		t.Fatalf("%+v, %v", p, due)
	}
	c.copied(p, []int64{7, 9})
	if c.size != 8+14 {
		t.Errorf("size %d", c.size)
	}
	if p, _ = c.next(); p.operator != 1 || p.from != 0 || p.to != 1 {
		t.Errorf("%+v", p)
	}
}

func TestNothingIsCopiedOfAStreamThatStandsStill(t *testing.T) {
	c := newTracked(8, 10)
	c.eager = true
	if from, to := c.log(1); from != 0 || to != 8 {
		t.Errorf("copied [%d, %d)", from, to)
	}
	if _, due := c.next(); due {
		t.Error("copied again")
	}
}
