package testkit

import (
	"slices"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/sim"
)

// Option changes what the entry points do.
type Option func(*options)

type options struct {
	runs    int
	depth   int
	budget  time.Duration
	faults  FaultSet
	profile DiskProfile
	fixed   bool // the profile
}

// Runs sets the number of random runs of [Check]. The flag -testkit.runs goes before
// it.
func Runs(n int) Option { return func(o *options) { o.runs = n } }

// Depth sets how many faults are tried one after the other, the second in the
// recovery from the first. Default 1. The number of worlds grows as a power of it.
func Depth(n int) Option { return func(o *options) { o.depth = n } }

// Budget bounds the time of [Exhaust]. When it ends, the test goes on and the account
// says how much was explored. Default: none. Worlds of depth 1 come first.
func Budget(d time.Duration) Option { return func(o *options) { o.budget = d } }

// Faults sets what may go wrong. Default: AllFaults.
func Faults(of FaultSet) Option { return func(o *options) { o.faults = of } }

// Profile sets what the simulated disk may lose in a crash. Default: Strict, and in
// random runs any.
func Profile(p DiskProfile) Option {
	return func(o *options) { o.profile, o.fixed = p, true }
}

// DiskProfile says what a disk may lose in a crash.
type DiskProfile = sim.Profile

// The profiles of disks.
const (
	Strict      = sim.Strict      // the least that POSIX promises
	Ext4Ordered = sim.Ext4Ordered // a journalling file system such as ext4 with data=ordered
	XFS         = sim.XFS         // one that has a journal for entries alone, and gives data a place late
)

// FaultSet is a set of kinds of fault.
type FaultSet uint32

// The kinds of fault.
const (
	Crash              FaultSet = 1 << iota // the machine stops; what was not synced is there, or none of it
	Torn                                    // with Crash: any part of what was not synced is there
	Kill                                    // the process ends; the disk stays as it was seen
	Slow                                    // something takes seconds, or each call of the disk a while, or the disk hangs
	DiskError                               // a call of the file system fails, before or after its effect, or half way
	DiskFull                                // a write fails for want of space, or all do until the process ends
	BeforeCall                              // a call of a source, a sink or an endpoint fails and had no effect
	AfterCall                               // a call of a source, a sink or an endpoint fails and had its effect
	TaskFailure                             // a task fails, also in the middle of its rows and at its end
	TaskPanic                               // a function of the user panics in a task
	ExecutorLoss                            // an executor is lost with its blocks while a task runs
	ClockJump                               // the wall clock is set, to either side
	LeaderChange                            // a partition in a KafkaCluster has no leader for a while, and then another
	TransactionTimeout                      // a sink of the contract Transactional aborts what is prepared

	// AllFaults is every kind but those below, for which a test asks by name.
	AllFaults = 1<<iota - 1
)

// The faults that not every program survives.
const (
	// FlippedBit, LostWrite and MisplacedWrite are a disk that lies: of what was durable,
	// a bit has changed, a write is missing, or a write is missing and overwrites
	// something else. What is asked then is that the program notices or that it does not
	// matter: it may fail with an error that names a damaged file, and goes on once that
	// is restored; its output is right. The files of inputs and outputs, in which nobody
	// could notice, are spared, and so is what a file's last syncs have made durable,
	// which cannot be told from what never was.
	FlippedBit FaultSet = (AllFaults + 1) << iota
	LostWrite
	MisplacedWrite

	// Zombie stops the process for a while, in which another one is started on the same
	// disk; then it goes on. What it does must have no effect. No lock helps here: the disk
	// is one that several machines share. An output of the contract Upsert or AtLeastOnce,
	// which refuses nobody, does not survive it.
	Zombie

	// Retention has a topic of a KafkaCluster remove records, whether they were read or
	// not. What is asked then is that the program notices or that it does not matter: it may
	// fail with a kafka.DataLossError, and goes on once the records are back; its output is
	// right.
	Retention

	// Corruption is every lie of a disk.
	Corruption = FlippedBit | LostWrite | MisplacedWrite
)

// allows says whether a fault of a kind may hit a point.
func (s FaultSet) allows(at sim.Point, kind sim.Kind) bool {
	var in FaultSet
	switch kind {
	case sim.Crash:
		in = Crash
	case sim.Kill:
		in = Kill
	case sim.Delay, sim.Slow, sim.Stuck:
		in = Slow
	case sim.NoSpace, sim.Full:
		in = DiskFull
	case sim.Jump:
		in = ClockJump
	case sim.Panic:
		in = TaskPanic
	case sim.Lose:
		in = ExecutorLoss
	case sim.Flip:
		in = FlippedBit
	case sim.LoseWrite:
		in = LostWrite
	case sim.Misdirect:
		in = MisplacedWrite
	case sim.Pause:
		in = Zombie
	case sim.Elect:
		in = LeaderChange
	case sim.Expire:
		in = Retention
	case sim.TimeOut:
		in = TransactionTimeout
	case sim.Fail:
		switch {
		case at.InTask():
			in = TaskFailure
		case at.IsCall():
			in = BeforeCall
		default:
			in = DiskError
		}
	case sim.FailAfter:
		in = DiskError
		if at.IsCall() {
			in = AfterCall
		}
	default:
		in = DiskError
	}
	return s&in != 0
}

// errors lists what can go wrong with the operation at a point, the lies of the disk
// included and what befalls the thing that is called, and that the process is stopped
// before it.
func (s FaultSet) errors(at sim.Point) []sim.Kind {
	kinds := at.Errors()
	if at.IsAppend() {
		kinds = slices.Concat(kinds, lies)
	}
	return slices.DeleteFunc(append(kinds, sim.Pause), func(kind sim.Kind) bool { return !s.allows(at, kind) })
}

// lies are the faults of a disk that is not as it was written.
var lies = []sim.Kind{sim.Flip, sim.LoseWrite, sim.Misdirect}

// incidents are the faults of what the program calls.
var incidents = []sim.Kind{sim.Elect, sim.Expire, sim.TimeOut}

// leaves says whether a crash may leave the disk so.
func (s FaultSet) leaves(kind sim.OutcomeKind) bool {
	return s&Crash != 0 && (s&Torn != 0 || kind <= sim.Lost)
}

func newOptions(list []Option) options {
	o := options{runs: 100, depth: 1, faults: AllFaults}
	if testing.Short() {
		o.runs = 20
	}
	for _, option := range list {
		option(&o)
	}
	if *runsFlag > 0 {
		o.runs = *runsFlag
	}
	return o
}
