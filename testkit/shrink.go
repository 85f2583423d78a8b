package testkit

import (
	"slices"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// shrinker makes a plan that fails smaller for as long as the failure stays of one
// class.
type shrinker struct {
	scenario func(*Sim)
	reuse    *reuse
	class    string
	best     *plan
	why      *violation
	tries    int
}

// maxTries bounds the effort.
const maxTries = 3000

// shrink returns the smallest failing plan found.
func shrink(scenario func(*Sim), from failed) (*shrinker, failed) {
	k := &shrinker{scenario: scenario, reuse: newReuse(), class: from.why.class, best: from.plan, why: from.why}
	if from.why.class == "determinism" {
		return k, from // whether such a plan fails is a matter of luck
	}
	k.shrink()
	if len(k.best.faults) > 1 || k.best.rows() > fewRows {
		k.startOver()
	}
	return k, failed{k.best, k.why}
}

// fewRows is how many rows a plan has that is small.
const fewRows = 3

// startOver looks for a failure of one fault and a few rows among all that there are,
// where making the plan smaller piece by piece has led to none.
func (k *shrinker) startOver() {
	few := typical(k.scenario, newOptions(nil))[0].with(func(p *plan) {
		p.shape.wave = 1
		p.cut(fewRows)
	})
	x := newExplorer(k.scenario)
	for _, f := range k.best.faults {
		switch {
		case f.Kind.Corrupts():
			x.faults |= Corruption
		case f.Kind == sim.Pause:
			x.faults |= Zombie
		case f.Kind == sim.Expire:
			x.faults |= Retention
		}
	}
	x.explore(nil, few, 1)
	k.tries += x.worlds
	if x.failed == nil || x.failed.why.class != k.class {
		return
	}
	k.best, k.why = x.failed.plan, x.failed.why
	k.shrink()
}

func (k *shrinker) shrink() {
	defer k.reuse.start()()
	for changed := true; changed && k.tries < maxTries; {
		changed = false
		for _, pass := range []func() bool{k.dropFaults, k.plainShape, k.cutRows, k.dropRows, k.earlierFaults, k.kinderFaults, k.mergeRows} {
			changed = pass() || changed
		}
	}
}

// try keeps a plan if it fails in the same way.
func (k *shrinker) try(change func(*plan)) bool {
	if k.tries >= maxTries {
		return false
	}
	k.tries++
	p := k.best.with(change)
	if p.String() == k.best.String() {
		return false
	}
	s := declare(k.scenario, p)
	f := s.play(s.begin(), settings{reuse: k.reuse})
	if f.failure == nil || f.failure.class != k.class {
		return false
	}
	k.best, k.why = p, f.failure
	return true
}

func (k *shrinker) dropFaults() (changed bool) {
	for i := len(k.best.faults) - 1; i >= 0; i-- {
		drop := func(p *plan) { p.faults = slices.Delete(p.faults, i, i+1) }
		if k.try(drop) || k.try(func(p *plan) { p.shiftAfter(i); drop(p) }) {
			changed = true
		}
	}
	return changed
}

// shiftAfter moves the faults of the processes after that of a fault to the one before
// theirs, since that process will not end by it.
func (p *plan) shiftAfter(i int) {
	ended := p.faults[i].Incarnation
	for j := range p.faults {
		if p.faults[j].Incarnation > ended {
			p.faults[j].Incarnation--
		}
	}
}

// plainShape takes the order of activities and the knobs back to what is usual.
func (k *shrinker) plainShape() (changed bool) {
	changed = k.try(func(p *plan) { p.schedule, p.pct = 0, 0 })
	for i := len(k.best.odd) - 1; i >= 0; i-- {
		changed = k.try(func(p *plan) { p.odd = slices.Delete(p.odd, i, i+1) }) || changed
	}
	usual := defaultShape
	for _, knob := range knobs {
		changed = k.try(func(p *plan) { *knob.of(&p.shape) = *knob.of(&usual) }) || changed
	}
	return k.try(func(p *plan) { p.seed = 1 }) || changed
}

// cutRows keeps the first few rows of each input, arriving together or one by one.
func (k *shrinker) cutRows() (changed bool) {
	for n := 1; n <= fewRows; n++ {
		for _, wave := range []int{defaultShape.wave, 1} {
			changed = changed || n < k.best.rows() && k.try(func(p *plan) {
				p.shape.wave = wave
				p.cut(n)
			})
		}
	}
	return changed
}

// dropRows leaves out stretches of an input, from half of it down to single rows.
func (k *shrinker) dropRows() (changed bool) {
	for i := range k.best.inputs {
		for size := (len(k.best.inputs[i].rows) + 1) / 2; size > 0; size /= 2 {
			for at := 0; at < len(k.best.inputs[i].rows); {
				end := min(at+size, len(k.best.inputs[i].rows))
				if k.try(func(p *plan) { p.edit(i, func(in *input) { in.rows = slices.Delete(in.rows, at, end) }) }) {
					changed = true
				} else {
					at += size
				}
			}
		}
	}
	return changed
}

// mergeRows makes rows equal to the first.
func (k *shrinker) mergeRows() (changed bool) {
	for i, in := range k.best.inputs {
		for row := range in.rows {
			if row > 0 && k.try(func(p *plan) { p.edit(i, func(in *input) { in.rows[row] = in.rows[0] }) }) {
				changed = true
			}
		}
	}
	return changed
}

// cut keeps the first n rows of each input.
func (p *plan) cut(n int) {
	for i := range p.inputs {
		p.edit(i, func(in *input) { in.rows = in.rows[:min(n, len(in.rows))] })
	}
}

// edit changes a copy of an input.
func (p *plan) edit(i int, change func(*input)) {
	in := &input{name: p.inputs[i].name, rows: slices.Clone(p.inputs[i].rows)}
	change(in)
	p.inputs[i] = in
}

// earlierFaults moves faults to earlier occurrences and processes.
func (k *shrinker) earlierFaults() (changed bool) {
	for i := range k.best.faults {
		for n := 1; n < min(k.best.faults[i].Occurrence, 16); n++ {
			if k.try(func(p *plan) { p.faults[i].Occurrence = n }) {
				changed = true
			}
		}
		for n := 1; n < k.best.faults[i].Incarnation; n++ {
			if k.try(func(p *plan) { p.faults[i].Incarnation = n }) {
				changed = true
			}
		}
	}
	return changed
}

// kinderFaults makes the outcome of a crash kinder, and its details the usual ones.
func (k *shrinker) kinderFaults() (changed bool) {
	for i := range k.best.faults {
		f := &k.best.faults[i]
		if f.Kind != sim.Crash {
			continue
		}
		for kind := sim.Kept; kind < k.best.faults[i].Outcome.Kind; kind++ {
			if k.try(func(p *plan) { p.faults[i].Outcome = sim.Outcome{Kind: kind} }) {
				changed = true
			}
		}
		changed = k.try(func(p *plan) { p.faults[i].Outcome.Seed = 0 }) || changed
	}
	return changed
}

// rows is the number of rows of all inputs.
func (p *plan) rows() (n int) {
	for _, in := range p.inputs {
		n += len(in.rows)
	}
	return n
}
