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

// The kinds of fault. Those of the first group stop processes. Those of the second are
// errors of one operation; [Point.Errors] says which it can have. Those of the third
// begin at any point and concern what comes after. Those of the fourth make one append to a
// file lie; see [Point.IsAppend]. Those of the last happen to something simulated outside
// that a process is about to call, which carries them out; see [Incidents].
const (
	Crash     Kind = iota // the machine stops before the operation: all processes end, the disk has an Outcome
	Kill                  // the process ends before the operation; the disk stays as processes see it
	Pause                 // the process stops before the operation until it is resumed
	Delay                 // the operation begins later, by Fault.Delay
	Fail                  // an I/O error instead of the operation; a sync that fails loses the data, a connection breaks
	FailAfter             // an I/O error although the operation was carried out
	NoSpace               // the error of a full disk instead of the operation
	Short                 // half of a write is carried out, then an I/O error; a read of a connection returns half
	NoFiles               // the error of a process with too many open files instead of the operation
	Full                  // the disk takes Fault.Space more bytes and no more
	Stuck                 // no operation of the disk returns
	Slow                  // each operation of the disk takes Fault.Delay
	Jump                  // the wall clock moves by Fault.Delay, which may be negative
	Flip                  // a bit of what is appended changes on the medium
	LoseWrite             // what is appended is not on the medium, which holds zeros in its place
	Misdirect             // as LoseWrite, and it overwrites a part of another file
	Panic                 // a function of the user panics; only in a task
	Lose                  // the executor that runs the task is lost; only in a task
	Elect                 // the partition of a log gets another leader, and for Fault.Delay has none
	Expire                // a log removes its oldest records, whether they were read or not
	TimeOut               // what is prepared in a sink has taken too long and is aborted there
	kinds
)

var kindNames = [kinds]string{
	"crash", "kill", "pause", "delay", "error", "error-after", "nospace", "short", "nofiles",
	"full", "stuck", "slow", "jump", "flip", "lost-write", "misdirect",
	"panic", "lose", "leader", "retention", "timeout",
}

func (k Kind) String() string { return kindNames[k] }

// Corrupts says whether the fault changes what was acknowledged as durable. It can be
// taken back, see [Disk.Heal].
func (k Kind) Corrupts() bool { return k == Flip || k == LoseWrite || k == Misdirect }

// Excuses says whether a program to which it happens may end with an error.
func (k Kind) Excuses() bool {
	switch k {
	case Delay, Slow, Jump, Stuck, Elect, Expire:
		return false
	}
	return true
}

// Fault is one thing that goes wrong, addressed by a name that stays the same
// when the program before it changes a little.
type Fault struct {
	Kind        Kind
	Incarnation int     // the process by order of World.Start, from 1; 0 is 1
	Site        string  // such as "sync(log/*.log)"; empty counts the points of all sites
	Occurrence  int     // of the site in the incarnation, from 1
	Outcome     Outcome // of the disk; only of a Crash

	// Delay is how long a Delay or Slow takes, how far a Jump goes, how long an Elect goes
	// on, after which time a Full or Stuck ends, and after which a paused process may be
	// resumed, which is up to the caller. A Full or Stuck ends with the process, too; 0 is
	// only so.
	Delay time.Duration

	Space int64  // bytes; only of a Full
	Seed  uint64 // draws the place of a Flip and a Misdirect, and what an Expire leaves; 0: nothing
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
	if detail := f.detail(); detail != "" {
		text.WriteString("/" + detail)
	}
	return text.String()
}

func (f Fault) detail() string {
	switch f.Kind {
	case Crash:
		return f.Outcome.String()
	case Delay, Slow, Jump, Elect:
		return f.Delay.String()
	case Stuck, Pause:
		if f.Delay != 0 {
			return f.Delay.String()
		}
	case Full:
		text := strconv.FormatInt(f.Space, 10)
		if f.Delay != 0 {
			text += "," + f.Delay.String()
		}
		return text
	case Flip, Misdirect, Expire:
		return strconv.FormatUint(f.Seed, 10)
	}
	return ""
}

// ParseFault is the inverse of [Fault.String].
func ParseFault(text string) (Fault, error) {
	fail := func(why string) (Fault, error) {
		return Fault{}, fmt.Errorf("fault %q: %s; the form is kind@site#occurrence, as in crash@sync(log/*.log)#1/lost", text, why)
	}
	name, rest, _ := strings.Cut(text, "@")
	kind := slices.Index(kindNames[:], name)
	if kind < 0 {
		return fail("its kind is none of " + strings.Join(kindNames[:], ", "))
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
	if err := f.parseDetail(detail); err != nil {
		return fail(err.Error())
	}
	return f, nil
}

func (f *Fault) parseDetail(detail string) (err error) {
	switch f.Kind {
	case Crash:
		if detail != "" {
			f.Outcome, err = ParseOutcome(detail)
		}
	case Delay, Slow, Jump, Elect:
		f.Delay, err = time.ParseDuration(detail)
	case Stuck, Pause:
		if detail != "" {
			f.Delay, err = time.ParseDuration(detail)
		}
	case Full:
		space, limit, hasLimit := strings.Cut(detail, ",")
		f.Space, err = strconv.ParseInt(space, 10, 64)
		if err == nil && hasLimit {
			f.Delay, err = time.ParseDuration(limit)
		}
	case Flip, Misdirect, Expire:
		f.Seed, err = strconv.ParseUint(detail, 10, 64)
	default:
		if detail != "" {
			err = fmt.Errorf("a fault of the kind %s has no detail", f.Kind)
		}
	}
	return err
}

// err returns the error that an operation on the disk, or a call, reports.
func (k Kind) err() error {
	switch k {
	case NoSpace:
		return syscall.ENOSPC
	case NoFiles:
		return syscall.EMFILE
	}
	return syscall.EIO
}

// kinds lists the errors that an operation can have.
func (op operation) kinds() []Kind {
	switch op {
	case opOpen, opOpenAppend, opList, opLock, opAccept:
		return []Kind{Fail, NoFiles}
	case opRead, opStat, opListen:
		return []Kind{Fail}
	case opCreate:
		return []Kind{Fail, FailAfter, NoSpace, NoFiles}
	case opMkdir:
		return []Kind{Fail, FailAfter, NoSpace}
	case opAppend:
		return []Kind{Fail, FailAfter, NoSpace, Short}
	case opTask:
		return []Kind{Fail, Panic, Lose}
	case opFetch:
		return []Kind{Fail, Panic}
	case opSync:
		return []Kind{Fail, FailAfter, NoSpace}
	case opSyncDir, opDial:
		return []Kind{Fail, FailAfter, NoFiles}
	case opRename, opRemove, opCall:
		return []Kind{Fail, FailAfter}
	case opReceive, opSend:
		return []Kind{Fail, FailAfter, Short}
	}
	return nil
}
