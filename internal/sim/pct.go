package sim

import "math/rand/v2"

// Scheduler is a Chooser that knows the activities it chooses from. Every choice of an
// activity goes to Schedule instead of Choose.
type Scheduler interface {
	Chooser

	// Schedule returns the index of the activity that runs next. The numbers of
	// activities are unique in a world; FIFO order would take the first.
	Schedule(activities []int) int

	// Yielded is told that an activity gives way to the others.
	Yielded(activity int)
}

// PCT schedules by random priorities that change at a few random moments
// ("probabilistic concurrency testing"; Burckhardt, Kothari, Musuvathi, Nagarakatte: A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010). A bug
// that needs depth ordering constraints between n activities is found in a run of k
// choices with a probability of at least 1/(n·k^(depth-1)), which is far more than a
// uniform choice has.
//
// Choices other than of activities are benign.
type PCT struct {
	source   *rand.Rand
	priority map[int]int64 // by activity; the highest runs
	change   map[int]bool  // numbers of choices at which the one that runs falls behind
	count    int
	lowest   int64
}

// NewPCT returns a scheduler of the given depth, from 1, for runs of about horizon choices.
func NewPCT(seed uint64, depth, horizon int) *PCT {
	p := &PCT{
		source:   rand.New(rand.NewPCG(seed, 0)),
		priority: make(map[int]int64),
		change:   make(map[int]bool),
	}
	for range depth - 1 {
		p.change[p.source.IntN(horizon)] = true
	}
	return p
}

// Choose returns 0.
func (p *PCT) Choose(site string, n int) int { return 0 }

// Schedule returns the activity with the highest priority.
func (p *PCT) Schedule(activities []int) int {
	best := p.highest(activities)
	if p.change[p.count] {
		p.Yielded(activities[best])
		best = p.highest(activities)
	}
	p.count++
	return best
}

func (p *PCT) highest(activities []int) int {
	best := 0
	for i, activity := range activities {
		if _, known := p.priority[activity]; !known {
			p.priority[activity] = 1 + p.source.Int64N(1<<62)
		}
		if p.priority[activity] > p.priority[activities[best]] {
			best = i
		}
	}
	return best
}

// Yielded makes the activity the last of all.
func (p *PCT) Yielded(activity int) {
	p.lowest--
	p.priority[activity] = p.lowest
}
