package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/dstream"
	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/rdd"
)

// dstreamCase is a case of kind dstream.
type dstreamCase struct {
	BatchInterval int64            `json:"batchInterval"`
	Batches       [][]any          `json:"batches"`
	Others        map[string]other `json:"others"`
	Ticks         int64            `json:"ticks"`
	Chain         []operation      `json:"chain"`
	Checkpoint    *bool            `json:"checkpoint"`
	Expect        [][]any          `json:"expect"`
	ExpectError   *struct {
		At string `json:"at"`
	} `json:"expectError"`
}

type other struct {
	Batches [][]any     `json:"batches"`
	Chain   []operation `json:"chain"`
}

// runDStream runs a case in virtual time and compares the output of each interval.
func runDStream(data []byte) error {
	var c dstreamCase
	if err := decode(data, &c); err != nil {
		return err
	}
	actual, at, err := c.run()
	if c.ExpectError != nil {
		if err == nil || at != c.ExpectError.At {
			return &Difference{"refusal", "an error at " + c.ExpectError.At, fmt.Sprintf("at %q: %v", at, err)}
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("at %s: %w", at, err)
	}
	if len(c.Expect) != len(actual) {
		return &Difference{"intervals", fmt.Sprint(len(c.Expect)), fmt.Sprint(len(actual))}
	}
	for i := range c.Expect {
		want, got := "no output", "no output"
		if c.Expect[i] != nil {
			want = multiset(texts(c.Expect[i]))
		}
		if actual[i] != nil {
			got = multiset(actual[i])
		}
		if want != got {
			return &Difference{fmt.Sprintf("interval %d", i), want, got}
		}
	}
	return nil
}

// run returns the output of each interval, nil where there was none; or where the
// case was refused: at the definition or at run time.
func (c *dstreamCase) run() (outputs [][]string, at string, err error) {
	outputs = make([][]string, c.Ticks)
	world := sim.NewWorld(sim.Options{})
	defer world.Close()
	var failed error
	at = "definition"
	process := world.Start("case", func(e env.Env) error {
		start := e.Now()
		s, err := c.open(dstream.Options{
			Interval: time.Duration(max(c.BatchInterval, 1)) * time.Second, Parallelism: 2,
			SparkCompatible: true, Env: e,
		}, func(s *dstream.Session) error { return c.declare(s, start, outputs) })
		if err != nil {
			return err
		}
		defer s.Close()
		s.Listen(dstream.Listener{BatchCompleted: func(p dstream.Progress) {
			if p.Err != nil && failed == nil {
				failed = p.Err
			}
		}})
		ctx := context.Background()
		if err := s.Start(ctx); err != nil {
			return err
		}
		at = "runtime"
		interval := time.Duration(max(c.BatchInterval, 1)) * time.Second
		if err := env.Sleep(ctx, e, time.Duration(c.Ticks)*interval+interval/2); err != nil {
			return err
		}
		return s.Stop(ctx)
	})
	world.Run(sim.Limit{})
	if ended, err := process.Ended(); !ended {
		return nil, at, errors.New("the stream hangs")
	} else if err != nil && (at == "definition" || failed == nil) {
		return nil, at, err
	}
	return outputs, at, failed
}

// open opens a session with a checkpoint, unless the case has none.
func (c *dstreamCase) open(o dstream.Options, build func(*dstream.Session) error) (*dstream.Session, error) {
	if c.Checkpoint == nil || *c.Checkpoint {
		o.Checkpoint = "checkpoint"
		return dstream.Recover(o, build)
	}
	s, err := dstream.Open(o)
	if err != nil {
		return nil, err
	}
	if err := build(s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// declare builds the graph and an output that keeps what comes.
func (c *dstreamCase) declare(s *dstream.Session, start time.Time, outputs [][]string) error {
	others := map[string]stream{}
	for name, o := range c.Others {
		built, err := build(s, sourceOf(s, o.Batches), o.Chain, nil)
		if err != nil {
			return err
		}
		others[name] = built
	}
	stream, err := build(s, sourceOf(s, c.Batches), c.Chain, others)
	if err != nil {
		return err
	}
	interval := max(c.BatchInterval, 1)
	stream.ForEachRDD(func(ctx context.Context, r rdd.RDD[string], batch time.Time) error {
		elements, err := r.Collect(ctx)
		if i := int64(batch.Sub(start)/time.Second)/interval - 1; err == nil && i < int64(len(outputs)) {
			outputs[i] = append([]string{}, elements...)
		}
		return err
	})
	return nil
}

func sourceOf(s *dstream.Session, batches [][]any) stream {
	queue := dstream.NewQueue[string]()
	for _, batch := range batches {
		queue.Add(texts(batch))
	}
	return s.From(dstream.Source[string](queue))
}
