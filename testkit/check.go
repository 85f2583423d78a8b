package testkit

import (
	"math/rand/v2"
	"slices"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// checker runs a scenario under random plans.
type checker struct {
	scenario func(*Sim)
	options  options
	seed     uint64
	reuse    *reuse
	known    places
	cover    *cover
	tally    *tally // nil if nobody counts
	runs     int
}

func newChecker(scenario func(*Sim), seed uint64, o options) *checker {
	return &checker{scenario: scenario, options: o, seed: seed, reuse: newReuse(), known: newPlaces()}
}

// check makes some more runs and returns the first that fails. Every run is made
// twice, or of a swarm, which counts, one in a few.
func (c *checker) check(runs int) *failed {
	defer c.reuse.start()()
	for end := c.runs + runs; c.runs < end; c.runs++ {
		p := c.draw()
		s := declare(c.scenario, p)
		if s.mistake != nil {
			return &failed{p, &violation{"scenario", s.mistake.Error()}}
		}
		s.tally, s.cover = c.tally, c.cover
		f := s.play(s.begin(), c.settings())
		if c.tally != nil {
			c.tally.runs++
		}
		if f.failure == nil && (c.tally == nil || c.runs%16 == 0) {
			again := declare(c.scenario, p)
			if again.play(again.begin(), settings{reuse: c.reuse}).trace != f.trace {
				f.failure = diverged(c.scenario, p)
			}
		}
		if f.failure != nil {
			return &failed{p, f.failure}
		}
	}
	return nil
}

// draw returns the plan of the next run, of which the first has no faults.
func (c *checker) draw() *plan {
	if c.runs == 0 {
		return typical(c.scenario, c.options)[0]
	}
	p := drawPlan(rand.New(rand.NewPCG(c.seed, uint64(c.runs))), c.known)
	c.options.shape(p)
	return p
}

// settings has every few runs teach the checker which points there are.
func (c *checker) settings() settings {
	o := settings{reuse: c.reuse, odd: c.known.noteOdd}
	if c.runs%8 == 0 {
		o.observe = func(_ *state, at sim.Point) {
			c.known.note(at, c.options.faults)
			if c.tally != nil {
				c.tally.sites[at.Site] = true
			}
		}
	}
	return o
}

// shape gives a plan the shape that the options ask for.
func (o options) shape(p *plan) {
	if o.fixed {
		p.shape.profile = int(o.profile)
	}
}

// typical returns plans with an input of about a dozen rows: a plain one, and one with
// sinks that say which batch they have, another parallelism after a restart, and all
// that is rare in the program.
func typical(scenario func(*Sim), o options) []*plan {
	const rows = 12
	var best *plan
	distance := 0
	for seed := range uint64(64) {
		p := newPlan()
		p.seed = seed + 1
		o.shape(p)
		declare(scenario, p)
		if d := max(p.rows()-rows, rows-p.rows()); best == nil || d < distance {
			best, distance = p, d
		}
	}
	odd := best.with(func(p *plan) {
		p.shape.asked, p.shape.eager, p.shape.often = 1, 1, 1
		p.shape.parallelism, p.shape.later = 1, 4
		p.odd = oddSites(scenario, best)
	})
	return []*plan{best, odd}
}

// oddSites lists the sites that can be odd in the run of a plan.
func oddSites(scenario func(*Sim), p *plan) (odd []string) {
	s := declare(scenario, p)
	if s.mistake == nil {
		s.play(s.begin(), settings{odd: func(site string) {
			if !slices.Contains(odd, site) {
				odd = append(odd, site)
			}
		}})
	}
	slices.Sort(odd)
	return odd
}
