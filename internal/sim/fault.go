package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Kind is what a fault does.
type Kind int

// The kinds of fault.
const (
	Crash     Kind = iota // the machine stops before the operation: all processes end, the disk has an Outcome
	Kill                  // the process ends before the operation; the disk stays as processes see it
	Pause                 // the process stops before the operation until it is resumed
	Delay                 // the operation begins later, by Fault.Delay
	Fail                  // an I/O error instead of the operation; a sync that fails loses the data, a connection breaks
	FailAfter             // an I/O error although the operation was carried out
	NoSpace               // the error of a full disk instead of the operation
	Short                 // half of a write is carried out, then an I/O error; a read of a connection returns half
)

var kindNames = []string{"crash", "kill", "pause", "delay", "error", "error-after", "nospace", "short"}

func (k Kind) String() string { return kindNames[k] }

// Fault is one thing that goes wrong, addressed by a name that stays the same
// when the program before it changes a little.
type Fault struct {
	Kind        Kind
	Incarnation int           // the process by order of World.Start, from 1; 0 is 1
	Site        string        // such as "sync(log/*.log)"; empty counts the points of all sites
	Occurrence  int           // of the site in the incarnation, from 1
	Outcome     Outcome       // of the disk; only of a Crash
	Delay       time.Duration // only of a Delay
}

// String returns the fault as ParseFault reads it: "crash@sync(log/*.log)#1/lost",
// with "2:" before the site for the second incarnation.
func (f Fault) String() string {
	var text strings.Builder
	text.WriteString(f.Kind.String() + "@")
	if f.Incarnation > 1 {
		fmt.Fprintf(&text, "%d:", f.Incarnation)
	}
	fmt.Fprintf(&text, "%s#%d", f.Site, f.Occurrence)
	switch f.Kind {
	case Crash:
		text.WriteString("/" + f.Outcome.String())
	case Delay:
		text.WriteString("/" + f.Delay.String())
	}
	return text.String()
}

// ParseFault is the inverse of [Fault.String].
func ParseFault(text string) (Fault, error) {
	fail := func(why string) (Fault, error) {
		return Fault{}, fmt.Errorf("fault %q: %s; the form is kind@site#occurrence, as in crash@sync(log/*.log)#1/lost", text, why)
	}
	name, rest, _ := strings.Cut(text, "@")
	kind := slices.Index(kindNames, name)
	if kind < 0 {
		return fail("its kind is none of " + strings.Join(kindNames, ", "))
	}
	f := Fault{Kind: Kind(kind), Incarnation: 1}
	if digits, site, found := strings.Cut(rest, ":"); found {
		if n, err := strconv.Atoi(digits); err == nil {
			f.Incarnation, rest = n, site
		}
	}
	at := strings.LastIndexByte(rest, '#')
	if at < 0 {
		return fail("it names no occurrence")
	}
	f.Site = rest[:at]
	digits, detail, _ := strings.Cut(rest[at+1:], "/")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || f.Incarnation < 1 {
		return fail("occurrences and incarnations are numbers from 1")
	}
	f.Occurrence = n
	switch {
	case f.Kind == Crash && detail != "":
		f.Outcome, err = ParseOutcome(detail)
	case f.Kind == Delay:
		f.Delay, err = time.ParseDuration(detail)
	case detail != "":
		return fail("only a crash or a delay has a detail")
	}
	if err != nil {
		return fail(err.Error())
	}
	return f, nil
}

// err returns the error that an operation reports for the fault.
func (k Kind) err() error {
	if k == NoSpace {
		return syscall.ENOSPC
	}
	return syscall.EIO
}

// kinds lists the faults besides Crash, Kill, Pause and Delay that an operation
// can have.
func (op operation) kinds() []Kind {
	switch op {
	case opOpen, opOpenAppend, opRead, opList, opStat, opLock, opListen, opAccept:
		return []Kind{Fail}
	case opCreate, opMkdir:
		return []Kind{Fail, FailAfter, NoSpace}
	case opAppend:
		return []Kind{Fail, FailAfter, NoSpace, Short}
	case opSync, opSyncDir, opRename, opRemove, opCall, opDial:
		return []Kind{Fail, FailAfter}
	case opReceive, opSend:
		return []Kind{Fail, FailAfter, Short}
	}
	return nil
}
