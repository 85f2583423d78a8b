package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/env/nettest"
)

// echo is a peer that sends back what it gets, and closes after a ".".
type echo struct {
	log  []string
	link *Link // the newest
}

func (e *echo) Accept(link *Link) {
	e.log, e.link = append(e.log, "accept"), link
}

func (e *echo) Receive(link *Link, p []byte) {
	e.log = append(e.log, string(p))
	link.Send(p)
	if strings.HasSuffix(string(p), ".") {
		link.Close()
	}
}

func (e *echo) Closed(*Link) { e.log = append(e.log, "closed") }

func TestNetConforms(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		for _, chooser := range []string{"first come", "random"} {
			t.Run(network+", "+chooser, func(t *testing.T) {
				nettest.Test(t, func(t *testing.T, body func(nettest.Place) error) {
					w := NewWorld(Options{})
					if chooser == "random" {
						w = NewWorld(Options{Chooser: NewRandom(1)})
					}
					defer w.Close()
					place := nettest.Place{Network: network, Free: "/free", Vacant: "/vacant", Echo: "/echo"}
					if network == "tcp" {
						place.Free, place.Vacant, place.Echo = "127.0.0.1:0", "127.0.0.1:1", "127.0.0.1:7"
					}
					w.Serve(network, place.Echo, &echo{})
					p := w.Start("app", func(e env.Env) error {
						place.Env = e
						return body(place)
					})
					status := w.Run(Limit{})
					if _, err := p.Ended(); status != Done || err != nil {
						t.Errorf("%v, %v; parked: %v", status, err, w.Parked())
					}
					if p.Leaks().Any() {
						t.Errorf("left: %+v", p.Leaks())
					}
				})
			})
		}
	}
}

// talk says hello to the echo server and returns what it heard until an error.
func talk(heard *string) func(env.Env) error {
	return func(e env.Env) error {
		ctx := context.Background()
		c, err := e.Net().Dial(ctx, "tcp", "echo:7")
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write(ctx, []byte("hello.")); err != nil {
			return err
		}
		p := make([]byte, 10)
		for {
			n, err := c.Read(ctx, p)
			*heard += "|" + string(p[:n])
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
}

func TestNetFaults(t *testing.T) {
	for _, c := range []struct {
		fault string
		err   error
		heard string
		peer  string
	}{
		{"", nil, "|hello.|", "accept hello."},
		{"error@dial(echo:*)#1", syscall.ECONNREFUSED, "", ""},
		{"error-after@dial(echo:*)#1", syscall.ETIMEDOUT, "", "accept closed"},
		{"error@send(echo:*)#1", syscall.ECONNRESET, "", "accept closed"},
		{"error-after@send(echo:*)#1", syscall.ECONNRESET, "", "accept hello."},
		{"short@send(echo:*)#1", syscall.ECONNRESET, "", "accept hel closed"},
		{"error@receive(echo:*)#1", syscall.ECONNRESET, "|", "accept hello."},
		{"error-after@receive(echo:*)#2", syscall.ECONNRESET, "|hello.|", "accept hello."},
		{"short@receive(echo:*)#1", nil, "|hel|lo.|", "accept hello."},
		{"delay@receive(echo:*)#1/3s", nil, "|hello.|", "accept hello."},
		{"kill@receive(echo:*)#1", nil, "", "accept hello."},
		{"kill@send(echo:*)#1", nil, "", "accept closed"},
		{"crash@send(echo:*)#1/lost", nil, "", "accept closed"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			var faults []Fault
			if c.fault != "" {
				f, err := ParseFault(c.fault)
				if err != nil {
					t.Fatal(err)
				}
				faults = []Fault{f}
			}
			w := NewWorld(Options{Faults: faults})
			defer w.Close()
			peer, heard := &echo{}, ""
			w.Serve("tcp", "echo:7", peer)
			p := w.Start("app", talk(&heard))
			w.Run(Limit{})
			if len(w.Fired()) != len(faults) {
				t.Errorf("fired: %v", w.Fired())
			}
			if _, err := p.Ended(); !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("the process got %v, want %v", err, c.err)
			}
			if heard != c.heard || strings.Join(peer.log, " ") != c.peer {
				t.Errorf("heard %q, want %q; the peer saw %q, want %q", heard, c.heard, strings.Join(peer.log, " "), c.peer)
			}
		})
	}
}

// TestStalledReadEnds: the context of an operation ends the delay of a fault.
func TestStalledReadEnds(t *testing.T) {
	fault := Fault{Kind: Delay, Site: "receive(echo:*)", Occurrence: 1, Delay: time.Hour}
	w := NewWorld(Options{Faults: []Fault{fault}})
	w.Serve("tcp", "echo:7", &echo{})
	cause := errors.New("enough")
	p := w.Start("app", func(e env.Env) error {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		c, err := e.Net().Dial(ctx, "tcp", "echo:7")
		if err != nil {
			return err
		}
		defer c.Close()
		reading := e.Spawn("read", func() error {
			_, err := c.Read(ctx, make([]byte, 1))
			return err
		})
		if err := env.Sleep(context.Background(), e, time.Second); err != nil {
			return err
		}
		cancel(cause)
		return reading.Wait(context.Background(), e)
	})
	w.Run(Limit{})
	if _, err := p.Ended(); !errors.Is(err, cause) || w.Mono() != time.Second {
		t.Errorf("%v after %v", err, w.Mono())
	}
}

// clock is a peer that sends the time to all that are connected, each second.
type clock struct {
	world *World
	links []*Link
	next  time.Duration
}

func (c *clock) Accept(link *Link)     { c.links = append(c.links, link) }
func (c *clock) Receive(*Link, []byte) {}
func (c *clock) Closed(link *Link) {
	c.links = slices.DeleteFunc(c.links, func(other *Link) bool { return other == link })
}

func (c *clock) Next() time.Duration {
	if len(c.links) == 0 {
		return env.Forever
	}
	return c.next
}

func (c *clock) Tick() {
	for _, link := range c.links {
		link.Send(fmt.Append(nil, c.world.Mono(), " "))
	}
	c.next += time.Second
}

func TestTimedPeer(t *testing.T) {
	w := NewWorld(Options{})
	peer := &clock{world: w, next: time.Second}
	w.Serve("unix", "/clock", peer)
	var heard strings.Builder
	p := w.Start("app", func(e env.Env) error {
		c, err := e.Net().Dial(context.Background(), "unix", "/clock")
		if err != nil {
			return err
		}
		for buffer := make([]byte, 10); heard.Len() < 9; {
			n, err := c.Read(context.Background(), buffer)
			if err != nil {
				return err
			}
			heard.Write(buffer[:n])
		}
		return c.Close()
	})
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status)
	}
	if _, err := p.Ended(); err != nil || heard.String() != "1s 2s 3s " || w.Mono() != 3*time.Second {
		t.Errorf("heard %q, %v at %v", heard.String(), err, w.Mono())
	}
	if len(peer.links) > 0 {
		t.Error("the peer still has a link")
	}
}

// TestPeerIsCloned: a world that is cloned at a point goes on from the peer's state
// there. The process dials again after its crash.
func TestPeerIsCloned(t *testing.T) {
	var copies [][]string
	peer, heard := &echo{}, ""
	w := NewWorld(Options{Observe: func(Point) { copies = append(copies, slices.Clone(peer.log)) }})
	w.Serve("tcp", "echo:7", peer)
	w.Start("app", talk(&heard))
	w.Run(Limit{})
	for i, log := range copies {
		again, heard := &echo{log: log}, ""
		w := NewWorld(Options{})
		w.Serve("tcp", "echo:7", again)
		w.Start("app", talk(&heard))
		if status := w.Run(Limit{}); status != Done || heard != "|hello.|" {
			t.Errorf("copy %d: %v, heard %q", i, status, heard)
		}
		if want := append(slices.Clone(log), "accept", "hello."); !slices.Equal(again.log, want) {
			t.Errorf("copy %d: the peer saw %q, want %q", i, again.log, want)
		}
	}
	if len(copies) != 4 { // dial, send, receive twice
		t.Errorf("%d points", len(copies))
	}
}

// TestNetIsDeterministic: with all choices random, the same seed splits the stream in
// the same places.
func TestNetIsDeterministic(t *testing.T) {
	run := func(seed uint64) (string, uint64) {
		w := NewWorld(Options{Chooser: NewRandom(seed)})
		w.Serve("tcp", "echo:7", &echo{})
		heard := ""
		w.Start("one", talk(&heard))
		w.Start("two", talk(&heard))
		w.Run(Limit{})
		return heard, w.TraceHash()
	}
	different := make(map[string]bool)
	for seed := range uint64(50) {
		heard, hash := run(seed)
		if again, sameHash := run(seed); again != heard || sameHash != hash {
			t.Fatalf("seed %d: %q and %q", seed, heard, again)
		}
		if strings.ReplaceAll(heard, "|", "") == "" {
			t.Errorf("seed %d: heard nothing", seed)
		}
		different[heard] = true
	}
	if len(different) < 10 {
		t.Errorf("50 seeds split the stream in %d ways", len(different))
	}
}

// TestProcessDiesWithConnections: who is connected to a killed process reads what it
// wrote and then the end; its address is free again.
func TestProcessDiesWithConnections(t *testing.T) {
	w := NewWorld(Options{Faults: []Fault{{Kind: Kill, Incarnation: 1, Site: "probe(die)", Occurrence: 1}}})
	defer w.Close()
	ctx := context.Background()
	w.Start("server", func(e env.Env) error {
		l, err := e.Net().Listen(ctx, "unix", "/s")
		if err != nil {
			return err
		}
		c, err := l.Accept(ctx)
		if err != nil {
			return err
		}
		if _, err := c.Write(ctx, []byte("last words")); err != nil {
			return err
		}
		e.Probe("die", 0)
		return nil
	})
	client := w.Start("client", func(e env.Env) error {
		c, err := e.Net().Dial(ctx, "unix", "/s")
		if err != nil {
			return err
		}
		defer c.Close()
		p := make([]byte, 20)
		if n, err := c.Read(ctx, p); string(p[:n]) != "last words" || err != nil {
			return fmt.Errorf("read %q, %v", p[:n], err)
		}
		if n, err := c.Read(ctx, p); n != 0 || err != io.EOF {
			return fmt.Errorf("read %d bytes, %v", n, err)
		}
		l, err := e.Net().Listen(ctx, "unix", "/s")
		if err != nil {
			return err
		}
		return l.Close()
	})
	if status := w.Run(Limit{}); status != Crashed {
		t.Fatal(status)
	}
	if status := w.Run(Limit{}); status != Done {
		t.Fatal(status)
	}
	if _, err := client.Ended(); err != nil {
		t.Error(err)
	}
}
