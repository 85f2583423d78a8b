package receiver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/receiver"
)

// lines are the elements of all blocks.
func lines(b *receiver.Blocks[string]) ([]string, error) {
	end, err := b.End(0)
	if err != nil {
		return nil, err
	}
	blocks, err := b.Range(0, end)
	var all []string
	for _, block := range blocks {
		all = append(all, block.Elements...)
	}
	return all, err
}

func numbered(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint("line ", i, strings.Repeat(" ", i%5)))
	}
	return all
}

// Sender and Socket over real connections, two runs of the stream after each other.
func TestSocketAndSender(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "unix:" + filepath.Join(t.TempDir(), "s")} {
		ctx, state := t.Context(), t.TempDir()
		sender, err := receiver.Listen(ctx, address, receiver.SenderOptions{Unacknowledged: 300})
		if err != nil {
			t.Fatal(err)
		}
		all := numbered(2000)
		for epoch := range uint64(2) {
			b, err := receiver.Open(ctx, receiver.Socket(sender.Address()), receiver.Stream{State: state, Epoch: epoch + 1, Env: env.Real()},
				receiver.Options{BlockInterval: 2 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range all[epoch*1000 : epoch*1000+1000] {
				if err := sender.Send(ctx, line); err != nil {
					t.Fatal(err)
				}
			}
			if err := sender.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			got, err := lines(b)
			if err != nil || !slices.Equal(got, all[:epoch*1000+1000]) {
				t.Errorf("%s: %d lines, %v", address, len(got), err)
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
		if n := sender.Unacknowledged(); n != 0 {
			t.Errorf("%d lines are kept", n)
		}
		if err := errors.Join(sender.Close(), sender.Close()); err != nil {
			t.Error(err)
		}
		if sender.Send(ctx, "late") == nil {
			t.Error("a closed sender takes lines")
		}
	}
}

// talk runs a Socket against a script of what the sender says, each part once the one
// before is acknowledged, and returns what the receiver says and has.
func talk(t *testing.T, epoch uint64, disk *sim.Disk, script ...string) (said, has string, after *sim.Disk) {
	t.Helper()
	p := &peer{script: script}
	w := sim.NewWorld(sim.Options{Disk: disk.Clone()})
	defer w.Close()
	w.Serve("tcp", "sender", p)
	process := w.Start("process", func(e env.Env) error {
		b, err := receiver.Open(background, receiver.Socket("sender"), stream(e, epoch))
		if err != nil {
			return err
		}
		sleep(e, time.Minute)
		got, err := lines(b)
		if has = fmt.Sprintf("%q", got); err != nil {
			has = err.Error()
		}
		_ = b.Close()
		return nil
	})
	if status := w.Run(sim.Limit{}); status != sim.Done {
		t.Fatal(status, w.Parked())
	}
	if _, err := process.Ended(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(p.heard, " "), has, w.Disk()
}

// peer sends the parts of a script. A part "-" ends the connection.
type peer struct {
	script []string
	heard  []string
}

func (p *peer) Accept(link *sim.Link) {
	p.heard = append(p.heard, "connect")
	p.send(link)
}

func (p *peer) send(link *sim.Link) {
	if len(p.script) == 0 {
		return
	}
	part := p.script[0]
	p.script = p.script[1:]
	if part == "-" {
		link.Close()
		return
	}
	link.Send([]byte(part))
}

func (p *peer) Receive(link *sim.Link, said []byte) {
	p.heard = append(p.heard, strings.TrimSuffix(string(said), "\n"))
	p.send(link)
}

func (p *peer) Closed(*sim.Link) {}

func TestSocketProtocol(t *testing.T) {
	for _, c := range []struct {
		name      string
		script    []string
		said, has string
	}{
		{"lines", []string{"1\ta\n2\tb\tc\r\n", "3\t\n"}, "connect ACK 2 ACK 3", `["a" "b\tc\r" ""]`},
		{"any first number", []string{"17\ta\n18\tb\n"}, "connect ACK 18", `["a" "b"]`},
		{"the end of a line comes later", []string{"1\ta\n2\tb", "\n3\tc\n4"}, "connect ACK 1 ACK 3", `["a" "b" "c"]`},
		{"repeated on a new connection", []string{"1\ta\n2\tb\n3\t", "-", "1\ta\n2\tb\n3\tc\n"}, "connect ACK 2 connect ACK 2 ACK 3", `["a" "b" "c"]`},
		{"a gap", []string{"1\ta\n3\tc\n"}, "connect", "socket[sender]: line 3 follows line 1: what is between is lost: the sender has forgotten lines that were not acknowledged to it, or is another one"},
		{"no protocol", []string{"GET / HTTP/1.1\n"}, "connect", `socket[sender]: "GET / HTTP/1.1" is no line of the acknowledged protocol, which is a number, a tab and a text`},
		{"zero", []string{"0\ta\n"}, "connect", "socket[sender]: a line has the number 0; numbers begin with 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, has, _ := talk(t, 1, sim.NewDisk(sim.Strict), c.script...)
			compare(t, "said", said, c.said)
			compare(t, "has", has, c.has)
		})
	}
}

// After a restart the receiver says first what it has, and drops what comes again.
func TestSocketAfterRestart(t *testing.T) {
	_, _, disk := talk(t, 1, sim.NewDisk(sim.Strict), "1\ta\n2\tb\n")
	said, has, _ := talk(t, 2, disk, "1\ta\n2\tb\n3\tc\n")
	compare(t, "said", said, "connect ACK 2 ACK 3")
	compare(t, "has", has, `["a" "b" "c"]`)
	_, has, _ = talk(t, 2, disk, "4\td\n")
	if !strings.Contains(has, "line 4 follows line 2") {
		t.Error(has)
	}
}

// TestConnectionFaults has every call of the network fail, before and after it had its
// effect: sender and receiver find together again.
func TestConnectionFaults(t *testing.T) {
	const n = 40
	var faults []sim.Fault
	sites := sim.NewSites()
	play := func(observe func(sim.Point), faults ...sim.Fault) (has []string, err error) {
		w := sim.NewWorld(sim.Options{Sites: sites, Faults: faults, Observe: observe})
		defer w.Close()
		p := w.Start("process", func(e env.Env) error {
			sender, err := receiver.Listen(background, "localhost:7777", receiver.SenderOptions{Env: e, Unacknowledged: 10})
			if err != nil {
				return err
			}
			defer sender.Close()
			b, err := receiver.Open(background, receiver.Socket(sender.Address()), stream(e, 1), receiver.Options{BlockInterval: 10 * time.Millisecond})
			if err != nil {
				return err
			}
			defer b.Close()
			for _, line := range numbered(n) {
				if err := sender.Send(background, line); err != nil {
					return err
				}
			}
			if err := sender.Flush(background); err != nil {
				return err
			}
			has, err = lines(b)
			return err
		})
		if status := w.Run(sim.Limit{Time: time.Hour, Points: 100_000}); status != sim.Done {
			return nil, fmt.Errorf("%v: %v", status, w.Parked())
		}
		_, err = p.Ended()
		return has, err
	}
	_, err := play(func(p sim.Point) {
		if strings.HasPrefix(p.Site, "dial") || strings.HasPrefix(p.Site, "receive") || strings.HasPrefix(p.Site, "send") {
			for _, kind := range p.Errors() {
				faults = append(faults, p.Fault(kind))
			}
		}
	})
	if err != nil || len(faults) < 20 {
		t.Fatalf("%d faults, %v", len(faults), err)
	}
	for _, fault := range faults {
		if has, err := play(nil, fault); err != nil || !slices.Equal(has, numbered(n)) {
			t.Errorf("%v: %d lines, %v", fault, len(has), err)
		}
	}
	t.Logf("%d faults", len(faults))
}

func TestSenderRefuses(t *testing.T) {
	ctx := t.Context()
	if _, err := receiver.Listen(ctx, "localhost:0", receiver.SenderOptions{Unacknowledged: -1}); err == nil {
		t.Error("a negative limit is taken")
	}
	sender, err := receiver.Listen(ctx, "localhost:0", receiver.SenderOptions{First: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	if sender.Send(ctx, "two\nlines") == nil {
		t.Error("two lines are taken for one")
	}
	if err := sender.Send(ctx, "a"); err != nil {
		t.Error(err)
	}
	conn, err := net.Dial("tcp", sender.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if line, err := bufio.NewReader(conn).ReadString('\n'); line != "10\ta\n" {
		t.Errorf("%q, %v", line, err)
	}
	fmt.Fprintf(conn, "ACK 11\n")
	if err := sender.Flush(ctx); err == nil || !strings.Contains(err.Error(), "there are lines up to 10 only") {
		t.Error(err)
	}
}

// Plain lines come from whoever listens.
func TestText(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	b, err := receiver.Open(t.Context(), receiver.Text(listener.Addr().String()), receiver.Stream{Env: env.Real()}, receiver.Options{BlockInterval: time.Millisecond, RestartDelay: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for i := range 2 { // it connects again
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "%d a\r\n%d b\nno end", i, i)
		conn.Close()
	}
	got := must(lines(b))
	for ; len(got) < 4; got = must(lines(b)) {
		if err := env.Real().Park(t.Context(), env.Forever, b.Arrived(must(b.End(0)))); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "lines", fmt.Sprintf("%q", got), `["0 a" "0 b" "1 a" "1 b"]`)
}

func TestChannelAndSeq(t *testing.T) {
	for _, kind := range []string{"channel", "seq"} {
		synctest.Test(t, func(t *testing.T) {
			sent := make(chan int)
			r := receiver.Channel(sent)
			if kind == "seq" {
				r = receiver.Seq(slices.Values([]int{1, 2, 3}))
			} else {
				go func() {
					for i := range 3 {
						sent <- i + 1
					}
					close(sent)
				}()
			}
			var events []string
			b, err := receiver.Open(context.Background(), r, receiver.Stream{Env: env.Real()}, receiver.Options{
				Listener: func(e receiver.Event) { events = append(events, fmt.Sprint(e.Receiver, " ", e.Kind, " ", e.Again)) },
			})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			compare(t, kind, must(elements(b, 0)), "0 [1 2 3]")
			compare(t, kind, fmt.Sprint(events), fmt.Sprintf("[%[1]s started false %[1]s stopped false]", kind))
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A stream that ends does not wait for a channel.
func TestChannelIsLeft(t *testing.T) {
	b, err := receiver.Open(t.Context(), receiver.Channel(make(chan int)), receiver.Stream{Env: env.Real()})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
