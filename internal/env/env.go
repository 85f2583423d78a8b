package env

import (
	"context"
	"math/rand/v2"
	"time"
)

// Env is everything that engine code may touch outside its own memory. An Env
// stands for one process; all its activities share it, and its methods may be
// called by any of them at the same time.
type Env interface {
	// Now is the wall clock. It may jump either way: it names batches and stamps
	// progress, and never measures a wait.
	Now() time.Time

	// Mono is the time since an arbitrary moment; it never goes back.
	Mono() time.Duration

	// FS is the process's file system.
	FS() FS

	// Net is the process's network.
	Net() Net

	// Rand is the named sub-stream of the run's seed. Two calls with one name
	// return generators that draw the same numbers. A generator belongs to its
	// caller and is not safe for concurrent use.
	Rand(stream string) *rand.Rand

	// Spawn starts an activity. Whoever spawns waits for the returned Proc, which
	// holds the error of f, or a *PanicError if f panicked.
	Spawn(name string, f func() error) *Proc

	// Park blocks the calling activity until one of on is ready, until limit has
	// passed, or until ctx is done; only the last is an error, the cause of ctx.
	// The caller looks at what it waited for: a wake-up may be spurious. A limit of
	// Forever never passes; a limit of zero or less returns at once.
	Park(ctx context.Context, limit time.Duration, on ...Waitable) error

	// Yield lets other activities run. It does nothing in production.
	Yield()

	// Probe notes that a site was reached with a value; simulation folds both into
	// its trace. It does nothing in production.
	Probe(site string, value uint64)

	// Buggify says whether a rare but legal behaviour should be taken at the site.
	// It is false in production.
	Buggify(site string) bool
}

// Forever is the limit of a Park that ends only by what it waits for.
const Forever time.Duration = 1<<63 - 1

// Sleep parks the calling activity for d, or until ctx is done.
func Sleep(ctx context.Context, e Env, d time.Duration) error {
	return e.Park(ctx, d)
}
