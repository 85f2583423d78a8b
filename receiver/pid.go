package receiver

import "time"

// Sample is what a batch that has ended says about the rate that can be managed.
type Sample struct {
	Ended      time.Time     // the end of the batch's work
	Elements   int64         // of the receiver, in the batch
	Processing time.Duration // the batch's work
	Delay      time.Duration // from when the batch was due to the begin of its work
	Interval   time.Duration // between batches
}

// The weights of the controller, those of Apache Spark (spark.streaming.backpressure.pid).
const (
	proportional = 1.0
	integral     = 0.2
	derivative   = 0.0
	minRate      = 100.0 // elements a second
)

// estimator is a PID controller of the rate. Its set point is the rate at which the
// last batch was processed; what is still to be done because batches were late is the
// accumulated error. Its first sample only sets it up.
type estimator struct {
	begun bool
	at    time.Time
	rate  float64
	error float64
}

// estimate returns the new rate, in elements a second. It is false if the sample says
// nothing: it is no newer than the last one, or the batch had no elements.
func (e *estimator) estimate(s Sample) (rate float64, ok bool) {
	if !s.Ended.After(e.at) || s.Elements <= 0 || s.Processing <= 0 {
		return 0, false
	}
	processed := float64(s.Elements) / s.Processing.Seconds()
	if !e.begun {
		*e = estimator{begun: true, at: s.Ended, rate: processed}
		return 0, false
	}
	failure := e.rate - processed
	historical := 0.0
	if s.Interval > 0 {
		historical = s.Delay.Seconds() * processed / s.Interval.Seconds()
	}
	change := (failure - e.error) / s.Ended.Sub(e.at).Seconds()
	rate = max(minRate, e.rate-proportional*failure-integral*historical-derivative*change)
	*e = estimator{begun: true, at: s.Ended, rate: rate, error: failure}
	return rate, true
}
