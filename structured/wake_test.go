package structured

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// pushed is a source of numbers that says when there are more.
type pushed struct {
	arrived env.Mailbox[struct{}]
	n       int
	asked   int // calls of Latest
}

func (p *pushed) push(n int) {
	p.n += n
	p.arrived.Put(struct{}{})
}

var pushedSchema = types.NewSchema(types.Required("n", types.Bigint))

func (p *pushed) String() string                                            { return "pushed" }
func (p *pushed) Schema(context.Context) (types.Schema, error)              { return pushedSchema, nil }
func (p *pushed) Open(context.Context, source.Query) (source.Reader, error) { return p, nil }
func (p *pushed) Initial(context.Context) (source.Offset, error)            { return "0", nil }
func (p *pushed) Commit(context.Context, source.Offset) error               { return nil }
func (p *pushed) Close() error                                              { return nil }
func (p *pushed) Arrival() env.Waitable                                     { return &p.arrived }
func (p *pushed) Latest(context.Context, source.Offset, source.Limit) (source.Offset, error) {
	for ok := true; ok; _, ok = p.arrived.Poll() {
	}
	p.asked++
	return source.Offset(strconv.Itoa(p.n)), nil
}

func (p *pushed) Plan(_ context.Context, start, end source.Offset, _ int) ([]source.Partition, error) {
	from, err := strconv.Atoi(string(start))
	if err != nil {
		return nil, err
	}
	to, err := strconv.Atoi(string(end))
	return []source.Partition{numbers{from, to}}, err
}

type numbers struct{ from, to int }

func (r numbers) Read(context.Context, []int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		b := vector.NewBatch(pushedSchema)
		for n := r.from; n < r.to; n++ {
			if err := b.AppendRow(int64(n)); err != nil {
				yield(nil, err)
				return
			}
		}
		yield(b.Record(pushedSchema.Arrow()))
	}
}

// A query over sources that tell of their data asks them only when they do.
func TestSourcesWakeTheQuery(t *testing.T) {
	w := sim.NewWorld(sim.Options{Disk: sim.NewDisk(sim.Strict)})
	defer w.Close()
	in, out := &pushed{}, sink.Memory("numbers")
	var q *Query
	p := w.Start("query", func(e env.Env) error {
		s, err := Open(Options{Env: e, Partitions: 1})
		if err != nil {
			return err
		}
		if q, err = s.Stream(in).Write(out).Start(context.Background()); err != nil {
			return err
		}
		return q.Wait(context.Background())
	})
	asked := 0
	for i := range 3 {
		if status := w.Run(sim.Limit{}); status != sim.Quiescent {
			t.Fatalf("%v instead of waiting for data", status)
		}
		rows := out.Rows()
		if len(rows) != 2*i || in.asked-asked > 3 {
			t.Fatalf("after %d pushes: %d rows, asked %d times", i, len(rows), in.asked-asked)
		}
		asked = in.asked
		in.push(2)
	}
	if ended, err := p.Ended(); ended {
		t.Fatal(err)
	}
}

// idle runs a query until it waits for data, and stops it. It returns what is wrong with
// what is left.
func idle() (violation string) {
	w := sim.NewWorld(sim.Options{Disk: sim.NewDisk(sim.Strict)})
	defer w.Close()
	ctx := context.Background()
	in := &pushed{n: 3}
	w.Start("query", func(e env.Env) error {
		s, err := Open(Options{Env: e, Partitions: 1})
		if err != nil {
			return err
		}
		q, err := s.Stream(in).Write(sink.Memory("numbers")).Checkpoint("/state").Start(ctx)
		if err != nil {
			return err
		}
		if err := env.Sleep(ctx, e, time.Second); err != nil {
			return err
		}
		if err := errors.Join(q.Stop(ctx), q.Err(), s.Close()); err != nil {
			return err
		}
		j, recovered, err := journal.Open(ctx, e, "/state", journal.Options{Kind: "structured"})
		if err != nil {
			violation = err.Error()
			return err
		}
		if recovered.Next() != 1 || recovered.Pending != nil {
			violation = fmt.Sprintf("next batch %d, pending %v", recovered.Next(), recovered.Pending)
		}
		return j.Close()
	})
	if status := w.Run(sim.Limit{Time: time.Minute}); status != sim.Done {
		return status.String()
	}
	return violation
}

// A batch is committed though no data follows.
func TestAnIdleQueryHasCommitted(t *testing.T) {
	if violation := idle(); violation != "" {
		t.Error(violation)
	}
}
