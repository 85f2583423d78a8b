package testkit

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// A plan is all that determines a run: a scenario run twice with one plan takes the
// same course. It is drawn before the run; nothing is drawn while it runs. As text
// it is one line,
//
//	v1;seed=7;wave=2;in=words:["a","b"];f=crash@sync(ckpt/log/*.log)#2/lost
//
// in which fields with their default value are left out.
type plan struct {
	seed     uint64 // of the random streams of the processes
	schedule uint64 // 0: activities run first come, first served; else the seed of a random order, see pct
	pct      uint64 // of a random order: 0: each activity is as likely; else the depth of sim.PCT
	shape    shape
	odd      []string // sites of the engine that take their rare behaviour
	inputs   []*input
	faults   []sim.Fault
}

// shape is how the program and the world around it are set up.
type shape struct {
	parallelism int // of the sessions
	eager       int // 1: state is copied after each batch, not when there is enough to copy
	later       int // that of all processes but the first; 0: the same
	wave        int // rows of an input that arrive together
	downtime    int // intervals between a crash and the next start
	stop        int // the interval after which the program is stopped and started again; 0: none
	often       int // 1: what is odd is so every time; 0: one in four times
	asked       int // 1: sinks know which batch they have; 0: they say that they don't
	profile     int // the sim.Profile of the disk
}

var defaultShape = shape{parallelism: 2, wave: 4, downtime: 1, profile: int(sim.Strict)}

// knob is a field of a shape, as plans spell it, draw it and shrink it.
type knob struct {
	name     string
	of       func(*shape) *int
	from, to int // legal values
}

var knobs = []knob{
	{"parallelism", func(s *shape) *int { return &s.parallelism }, 1, 4},
	{"eager", func(s *shape) *int { return &s.eager }, 0, 1},
	{"later", func(s *shape) *int { return &s.later }, 0, 4},
	{"wave", func(s *shape) *int { return &s.wave }, 1, 8},
	{"downtime", func(s *shape) *int { return &s.downtime }, 0, 3},
	{"stop", func(s *shape) *int { return &s.stop }, 0, 4},
	{"often", func(s *shape) *int { return &s.often }, 0, 1},
	{"asked", func(s *shape) *int { return &s.asked }, 0, 1},
	{"profile", func(s *shape) *int { return &s.profile }, int(sim.Strict), int(sim.XFS)},
}

// input is the rows of one input of the scenario, as JSON.
type input struct {
	name string
	rows []jsontext.Value

	// What is made of the rows once and shared by all runs of the plan.
	typed any            // []T
	memo  map[string]any // answers about prefixes, by the oracles
}

func newPlan() *plan { return &plan{seed: 1, shape: defaultShape} }

// with returns a plan that differs from p in what change does. Rows of inputs that
// are not changed are shared.
func (p *plan) with(change func(*plan)) *plan {
	other := *p
	other.inputs = slices.Clone(p.inputs)
	other.faults = slices.Clone(p.faults)
	other.odd = slices.Clone(p.odd)
	change(&other)
	return &other
}

func (p *plan) input(name string) *input {
	for _, in := range p.inputs {
		if in.name == name {
			return in
		}
	}
	return nil
}

// String returns the plan as parsePlan reads it.
func (p *plan) String() string {
	fields := []string{"v1"}
	number := func(name string, value, usual uint64) {
		if value != usual {
			fields = append(fields, name+"="+strconv.FormatUint(value, 10))
		}
	}
	number("seed", p.seed, 1)
	number("schedule", p.schedule, 0)
	number("pct", p.pct, 0)
	usual := defaultShape
	for _, k := range knobs {
		number(k.name, uint64(*k.of(&p.shape)), uint64(*k.of(&usual)))
	}
	for _, site := range p.odd {
		fields = append(fields, "odd="+site)
	}
	for _, in := range p.inputs {
		fields = append(fields, "in="+in.name+":"+in.String())
	}
	for _, f := range p.faults {
		fields = append(fields, "f="+f.String())
	}
	return strings.Join(fields, ";")
}

// String returns the rows as a JSON array that holds neither of the characters with a
// meaning in a plan and in a shell's quotes.
func (in *input) String() string {
	var text strings.Builder
	for i, row := range in.rows {
		text.WriteByte("[,"[min(i, 1)])
		text.WriteString(quoting.Replace(string(row)))
	}
	if len(in.rows) == 0 {
		text.WriteByte('[')
	}
	return text.String() + "]"
}

// quoting replaces characters that occur in JSON only within strings.
var quoting = strings.NewReplacer(";", `\u003b`, "'", `\u0027`, "\n", "")

// parsePlan is the inverse of plan.String.
func parsePlan(text string) (*plan, error) {
	fail := func(field string, err error) (*plan, error) {
		return nil, fmt.Errorf("plan field %q: %w", field, err)
	}
	fields := strings.Split(strings.TrimSpace(text), ";")
	if fields[0] != "v1" {
		return fail(fields[0], errors.New("a plan begins with its version, v1"))
	}
	p := newPlan()
	for _, field := range fields[1:] {
		name, value, _ := strings.Cut(field, "=")
		var err error
		switch name {
		case "seed":
			p.seed, err = strconv.ParseUint(value, 10, 64)
		case "schedule":
			p.schedule, err = strconv.ParseUint(value, 10, 64)
		case "pct":
			p.pct, err = strconv.ParseUint(value, 10, 8)
		case "odd":
			p.odd = append(p.odd, value)
		case "in":
			var in *input
			if in, err = parseInput(value); err == nil {
				p.inputs = append(p.inputs, in)
			}
		case "f":
			var f sim.Fault
			if f, err = sim.ParseFault(value); err == nil {
				p.faults = append(p.faults, f)
			}
		default:
			err = p.shape.set(name, value)
		}
		if err != nil {
			return fail(field, err)
		}
	}
	return p, nil
}

func parseInput(text string) (*input, error) {
	name, rows, ok := strings.Cut(text, ":")
	if !ok {
		return nil, errors.New("an input is its name, a colon and a JSON array")
	}
	in := &input{name: name}
	return in, json.Unmarshal([]byte(rows), &in.rows)
}

func (s *shape) set(name, value string) error {
	i := slices.IndexFunc(knobs, func(k knob) bool { return k.name == name })
	if i < 0 {
		return errors.New("no such field")
	}
	k := knobs[i]
	n, err := strconv.Atoi(value)
	if err == nil && (n < k.from || n > k.to) {
		err = fmt.Errorf("legal values are %d to %d", k.from, k.to)
	}
	*k.of(s) = n
	return err
}
