package snapshots

// What is copied when. S is the size of all state, as its last copies were.
//
//	Limit(S)     64 MiB, or a quarter of the state if that is more: longer tails have
//	             the copies hurry
//	refresh(S)   three quarters of the limit, or less for little state: how much is
//	             logged after a group was copied until it is copied again
const (
	leastLimit   = 64 << 20
	leastRefresh = 4 << 20

	copyBytes  = 128 << 10 // of state, after one batch
	hurryBytes = 2 << 20   // the same, while the tail is over its limit

	eagerGroups = 300 // copied after each batch, if a simulation wants to see many copies
)

// Limit is how many bytes of changes a start may have to redo, about, for so many
// bytes of state.
func Limit(state int64) int64 { return max(leastLimit, state/4) }

func refresh(state int64) int64 { return min(Limit(state)/4*3, max(leastRefresh, 4*state)) }

// core decides which key groups are copied after which batch. It does no I/O.
type core struct {
	operators []*operator
	logged    int64 // bytes, since a moment before all that may have to be redone
	size      int64 // of all groups, when they were last copied
	eager     bool  // copies some groups after each batch
	whole     bool  // and then all
}

// operator is what the core knows of the state of one operator.
type operator struct {
	name   string
	groups []group
}

// group is what it knows of one key group.
type group struct {
	at   int64 // what was logged when it was last copied
	size int64 // of that copy
}

// piece is some key groups of one operator that are to be copied.
type piece struct {
	operator int
	from, to int   // as far as to at most
	bytes    int64 // no further group once there are so many
}

// next says what is to be copied now, before the next batch, as nothing else is being
// written.
func (c *core) next() (p piece, due bool) {
	oldest := c.logged
	for i, o := range c.operators {
		for g := range o.groups {
			if at := o.groups[g].at; at < oldest {
				oldest, p.operator, p.from = at, i, g
			}
		}
	}
	wait := refresh(c.size)
	if c.eager {
		wait = 1
	}
	if c.logged-oldest < wait {
		return p, false
	}
	groups := c.operators[p.operator].groups
	for p.to = p.from; p.to < len(groups) && c.logged-groups[p.to].at >= wait; p.to++ {
		if c.eager && !c.whole && p.to-p.from == eagerGroups {
			break
		}
	}
	p.bytes = copyBytes
	if c.logged-oldest > Limit(c.size) {
		p.bytes = hurryBytes
	}
	return p, true
}

// sum adds up the groups that were restored.
func (c *core) sum() {
	for _, o := range c.operators {
		for i := range o.groups {
			c.size += o.groups[i].size
		}
	}
}

// copied says how large the groups were that were copied, from p.from on.
func (c *core) copied(p piece, sizes []int64) {
	groups := c.operators[p.operator].groups[p.from:]
	for i, size := range sizes {
		c.size += size - groups[i].size
		groups[i] = group{at: c.logged, size: size}
	}
}
