package receiver

import (
	"fmt"
	"math"
	"time"
)

// Options say how a receiver's elements are gathered and how it is watched. The zero
// value is ready for use.
type Options struct {
	// BlockInterval is how long after its first element a block ends and is made
	// durable. Short intervals mean early acknowledgements and many syncs. Default
	// 200 ms; at least 1 ms.
	BlockInterval time.Duration

	// BlockSize is the number of elements at which a block ends early. Default 8192.
	BlockSize int

	// Backlog is how many elements may wait for a batch; then the receiver waits.
	// They are in memory. Default 1,048,576.
	Backlog int

	// MaxRate is how many elements a second the receiver may add. 0: any number.
	MaxRate float64

	// BackPressure lowers the rate to what the batches before have managed, never
	// below 100 elements a second. Default off.
	BackPressure bool

	// InitialRate is the rate of BackPressure until the second batch with elements has
	// ended. 0: MaxRate.
	InitialRate float64

	// RestartDelay is the wait before a receiver that has failed is run again. It
	// doubles with each failure in turn, up to a minute. Default 100 ms.
	RestartDelay time.Duration

	// Listener is told how the receiver fares, one event at a time. It must not
	// block. Default: nobody is.
	Listener func(Event)
}

const (
	defaultBlockInterval = 200 * time.Millisecond
	defaultBlockSize     = 8192
	defaultBacklog       = 1 << 20
	defaultRestartDelay  = 100 * time.Millisecond
	maxRestartDelay      = time.Minute
)

// resolve checks the options given to a call and fills in the defaults.
func resolve(given []Options) (Options, error) {
	var o Options
	switch len(given) {
	case 0:
	case 1:
		o = given[0]
	default:
		return o, fmt.Errorf("receiver: %d Options are given, at most one is taken", len(given))
	}
	rate := func(name string, value float64) error {
		if value < 0 || math.IsNaN(value) || math.IsInf(value, 0) {
			return fmt.Errorf("receiver: Options.%s is %v; it must be a number of elements a second, or 0 for no limit", name, value)
		}
		return nil
	}
	switch {
	case o.BlockInterval != 0 && o.BlockInterval < time.Millisecond:
		return o, fmt.Errorf("receiver: Options.BlockInterval is %s; it must be 1ms or more, or 0 for the default", o.BlockInterval)
	case o.BlockSize < 0:
		return o, fmt.Errorf("receiver: Options.BlockSize is %d; it must be 1 or more, or 0 for the default", o.BlockSize)
	case o.Backlog < 0:
		return o, fmt.Errorf("receiver: Options.Backlog is %d; it must be 1 or more, or 0 for the default", o.Backlog)
	case o.RestartDelay < 0:
		return o, fmt.Errorf("receiver: Options.RestartDelay is %s; it must be more than 0, or 0 for the default", o.RestartDelay)
	}
	if err := rate("MaxRate", o.MaxRate); err != nil {
		return o, err
	}
	if err := rate("InitialRate", o.InitialRate); err != nil {
		return o, err
	}
	orDefault(&o.BlockInterval, defaultBlockInterval)
	orDefault(&o.BlockSize, defaultBlockSize)
	orDefault(&o.Backlog, defaultBacklog)
	orDefault(&o.RestartDelay, defaultRestartDelay)
	return o, nil
}

func orDefault[N int | time.Duration](value *N, fallback N) {
	if *value == 0 {
		*value = fallback
	}
}
