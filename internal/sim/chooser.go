package sim

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Chooser answers the choices of a simulation. Choose returns a number in [0, n);
// site says what is chosen, and 0 is always the benign option.
type Chooser interface {
	Choose(site string, n int) int
}

// FIFO always takes the benign option: activities run in the order in which they
// became runnable and are switched only when they park.
type FIFO struct{}

// Choose returns 0.
func (FIFO) Choose(site string, n int) int { return 0 }

// Random takes every option with the same probability.
type Random struct{ source *rand.Rand }

// NewRandom returns a Random that draws from a seed.
func NewRandom(seed uint64) *Random {
	return &Random{rand.New(rand.NewPCG(seed, 0))}
}

// Choose draws a number.
func (r *Random) Choose(site string, n int) int { return r.source.IntN(n) }

// Delays is FIFO but for a few choices, spread at random over a run: most orders
// that break a program need only one or two such delays.
type Delays struct {
	source *rand.Rand
	at     map[int]bool
	count  int
}

// NewDelays returns a chooser that takes another than the benign option at up to
// delays of the first horizon choices.
func NewDelays(seed uint64, delays, horizon int) *Delays {
	d := &Delays{source: rand.New(rand.NewPCG(seed, 0)), at: make(map[int]bool)}
	for range delays {
		d.at[d.source.IntN(horizon)] = true
	}
	return d
}

// Choose returns 0 or, at the places drawn, any other option.
func (d *Delays) Choose(site string, n int) int {
	d.count++
	if !d.at[d.count-1] || n < 2 {
		return 0
	}
	return 1 + d.source.IntN(n-1)
}

// Choice is one that was not benign: the option taken at the choice of that
// number, counted from 0 over a run.
type Choice struct{ Number, Option int }

// Choices is what was chosen in a run, without the benign choices.
type Choices []Choice

// String returns the choices as ParseChoices reads them: "17:2,40:1".
func (c Choices) String() string {
	var text strings.Builder
	for i, choice := range c {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, "%d:%d", choice.Number, choice.Option)
	}
	return text.String()
}

// ParseChoices is the inverse of [Choices.String].
func ParseChoices(text string) (Choices, error) {
	var choices Choices
	if text == "" {
		return nil, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		number, option, _ := strings.Cut(field, ":")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("choice %q is not of the form number:option", field)
		}
		o, err := strconv.Atoi(option)
		if err != nil {
			return nil, fmt.Errorf("choice %q is not of the form number:option", field)
		}
		choices = append(choices, Choice{n, o})
	}
	return choices, nil
}

// Replay takes recorded choices and else the benign option.
type Replay struct {
	options map[int]int
	count   int
}

// NewReplay returns a chooser that repeats choices.
func NewReplay(choices Choices) *Replay {
	r := &Replay{options: make(map[int]int, len(choices))}
	for _, c := range choices {
		r.options[c.Number] = c.Option
	}
	return r
}

// Choose returns what was recorded for this choice. Where a changed program has
// fewer options now, it takes the last of them.
func (r *Replay) Choose(site string, n int) int {
	option := r.options[r.count]
	r.count++
	return min(option, n-1)
}

// Recorder notes what another chooser takes.
type Recorder struct {
	Chooser Chooser
	Choices Choices
	count   int
}

// Choose asks the other chooser.
func (r *Recorder) Choose(site string, n int) int {
	return r.note(r.Chooser.Choose(site, n))
}

// Schedule asks the other chooser, by Schedule if it has that.
func (r *Recorder) Schedule(activities []int) int {
	if s, ok := r.Chooser.(Scheduler); ok {
		return r.note(s.Schedule(activities))
	}
	return r.Choose("schedule", len(activities))
}

// Yielded tells the other chooser.
func (r *Recorder) Yielded(activity int) {
	if s, ok := r.Chooser.(Scheduler); ok {
		s.Yielded(activity)
	}
}

func (r *Recorder) note(option int) int {
	if option != 0 {
		r.Choices = append(r.Choices, Choice{r.count, option})
	}
	r.count++
	return option
}
