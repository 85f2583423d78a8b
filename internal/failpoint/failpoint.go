package failpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// Variable is the name of the environment variable.
const Variable = "TIDEWHEEL_FAILPOINT"

// FromEnvironment returns e, or, if the variable is set, an Env that kills the process
// at the point it names. It is an error if that is not of the form site#occurrence.
func FromEnvironment(e env.Env, root string) (env.Env, error) {
	text := os.Getenv(Variable)
	if text == "" {
		return e, nil
	}
	target, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Variable, err)
	}
	return New(e, root, func(p Point) {
		if p == target {
			die()
		}
	}), nil
}

// die ends the process as nothing inside it can notice.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// Point is an I/O point of a process.
type Point struct {
	Site       string
	Occurrence int // of the site, from 1
}

func (p Point) String() string { return p.Site + "#" + strconv.Itoa(p.Occurrence) }

// Parse is the inverse of [Point.String].
func Parse(text string) (Point, error) {
	f, err := sim.ParseFault(sim.Kill.String() + "@" + text)
	if err != nil {
		return Point{}, fmt.Errorf("failpoint %q is not of the form site#occurrence, as in sync(log/*.log)#3", text)
	}
	return Point{f.Site, f.Occurrence}, nil
}

// Env reports the points of an Env. It counts the occurrences of each site over all
// activities.
type Env struct {
	env.Env
	root  string
	reach func(Point)

	mu     sync.Mutex // guards counts
	counts map[string]int
}

// New returns an Env that calls reach before each operation of e's file system and at
// each Probe. Names of files are relative to root if they are below it. Several
// activities may call reach at once.
func New(e env.Env, root string, reach func(Point)) *Env {
	return &Env{Env: e, root: root, reach: reach, counts: make(map[string]int)}
}

// Unwrap returns the Env inside.
func (e *Env) Unwrap() env.Env { return e.Env }

// FS returns the file system with its points.
func (e *Env) FS() env.FS { return fileSystem{e.Env.FS(), e} }

// Probe is a point.
func (e *Env) Probe(site string, value uint64) {
	e.at("probe", site)
	e.Env.Probe(site, value)
}

func (e *Env) at(operation, path string) {
	if relative, err := filepath.Rel(e.root, path); err == nil && !strings.HasPrefix(relative, "..") && filepath.IsAbs(path) {
		path = relative
	}
	if path == "." {
		path = "/"
	}
	e.Reach(operation + "(" + sim.Class(path) + ")")
}

// Reach is a point of the program's own, such as a request to a broker.
func (e *Env) Reach(site string) {
	e.mu.Lock()
	e.counts[site]++
	p := Point{site, e.counts[site]}
	e.mu.Unlock()
	e.reach(p)
}
