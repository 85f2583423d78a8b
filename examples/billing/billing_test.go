package billing

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/testkit"
)

var orders = rapid.Custom(func(t *rapid.T) []Order {
	all := make([]Order, rapid.IntRange(0, 16).Draw(t, "orders"))
	for i := range all {
		all[i] = Order{ID: i, Cents: rapid.Int64Range(1, 100).Draw(t, "cents")}
	}
	return all
})

// ledger is the service as the simulation has it: what it keeps, and how it answers.
type ledger []Entry

func (l ledger) book(e Entry) (ledger, bool, error) {
	for _, known := range l {
		if e.Key != "" && known.Key == e.Key {
			return l, false, nil
		}
	}
	return append(l[:len(l):len(l)], e), true, nil
}

func revenue(s *testkit.Sim) {
	in := testkit.Input(s, "orders", 2, orders)
	service := testkit.Endpoint(s, "ledger", ledger{}, ledger.book)
	s.App(func(p *testkit.Process) error { // again after every crash, as a process start
		post := func(ctx context.Context, e Entry) error {
			_, err := service.Call(ctx, e)
			return err
		}
		return Book(p.Session().Stream(in.Table()), post).
			Trigger(structured.Every(testkit.Interval)).Checkpoint("checkpoint").Run(p.Context())
	})
	s.Eventually("the revenue is booked once", func() error {
		var want, have int64
		for _, order := range in.All() {
			want += order.Cents
		}
		for _, entry := range service.State() {
			have += entry.Cents
		}
		switch {
		case have > want:
			return testkit.Final(fmt.Errorf("%d cents were booked, and sold were %d", have, want))
		case have < want:
			return errors.New("something is not booked yet")
		}
		return nil
	})
	s.Sometimes("there are two entries", func() bool { return len(service.State()) > 1 })
}

func TestRevenue(t *testing.T) { testkit.Check(t, revenue) }

func TestRevenueUnderTwoFaults(t *testing.T) {
	testkit.Exhaust(t, revenue, testkit.Depth(2), testkit.Budget(2*time.Second))
}

func TestRevenueForAWhile(t *testing.T) {
	testkit.Swarm(t, time.Second, revenue, testkit.Profile(testkit.Ext4Ordered))
}

func TestRevenueOnAFullDisk(t *testing.T) {
	testkit.Replay(t, `v1;in=orders:[{"ID":1,"Cents":4}];f=nospace@append(checkpoint/log/*-*.log)#3`, revenue)
}

func TestRevenueOnADiskThatLies(t *testing.T) {
	testkit.Exhaust(t, revenue, testkit.Faults(testkit.Corruption))
}

func TestRevenueOfTwoAtOnce(t *testing.T) {
	testkit.Exhaust(t, revenue, testkit.Faults(testkit.Zombie))
}

func TestRevenueStepByStep(t *testing.T) {
	testkit.Script(t, func(s *testkit.Sim) {
		in := testkit.Input[Order](s, "orders", 2, nil)
		s.App(func(p *testkit.Process) error {
			post := func(_ context.Context, e Entry) error {
				t.Logf("%+v", e)
				return nil
			}
			return Book(p.Session().Stream(in.Table()), post).
				Trigger(structured.Every(testkit.Interval)).Checkpoint("checkpoint").Run(p.Context())
		})
		s.Start()
		in.Add(Order{ID: 1, Cents: 4}, Order{ID: 2, Cents: 5})
		s.AdvanceClock(testkit.Interval)
		s.Crash()
		in.Add(Order{ID: 3, Cents: 1})
		s.Start()
		s.AdvanceClock(2 * testkit.Interval)
		s.Stop()
	})
}
