package testkit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
)

// Socket is an input of lines that a sender of the acknowledged line protocol holds,
// somewhere outside: receiver.Socket and source.Socket connect to it. Lines arrive there
// over virtual time, whether a process runs or not, and the sender forgets each when it
// is acknowledged: what the program then loses is lost for ever. A program that
// acknowledges less than it did before has broken its word. Connections can fail to
// come about, break at any call, and deliver bytes in pieces.
type Socket struct {
	drawn[string]
	address string

	acknowledged int // lines

	// The connection; it ends with the process.
	link  *sim.Link
	sent  int    // lines
	heard string // the beginning of what the program says
}

// SocketInput declares a sender at an address, which is host:port, or unix:path. Its
// lines are drawn once for a plan.
func SocketInput(s *Sim, address string, lines *rapid.Generator[[]string]) *Socket {
	i := &Socket{drawn: draw(s, "socket-"+strings.ReplaceAll(address, ":", "-"), lines), address: address}
	for _, line := range i.rows {
		if strings.Contains(line, "\n") {
			s.wrong("socket %s: %q is not one line", address, line)
		}
	}
	s.add(i)
	return i
}

func (i *Socket) String() string { return "socket " + i.address }

// Address is what a program connects to.
func (i *Socket) Address() string { return i.address }

func (i *Socket) save() any { return i.acknowledged }

func (i *Socket) load(saved any) { i.acknowledged = saved.(int) }

func (i *Socket) hash(h *xxhash.Digest) { fmt.Fprint(h, i.acknowledged) }

// begin makes the sender listen in the world of the process that starts.
func (i *Socket) begin() {
	i.link, i.sent, i.heard = nil, 0, ""
	network, name := "tcp", i.address
	if path, ok := strings.CutPrefix(i.address, "unix:"); ok {
		network, name = "unix", path
	}
	if !i.sim.contested() {
		i.sim.world.Serve(network, name, i)
	}
}

// Accept implements sim.Peer: the sender repeats what is not acknowledged.
func (i *Socket) Accept(link *sim.Link) {
	if i.link != nil {
		i.link.Close()
	}
	i.link, i.sent, i.heard = link, i.acknowledged, ""
	i.Tick()
}

// Next implements sim.TimedPeer: it is when the next line arrives at the sender.
func (i *Socket) Next() time.Duration {
	if i.link == nil || i.sent == len(i.rows) {
		return env.Forever
	}
	return max(0, i.arrival(i.sent)-i.sim.base)
}

// Tick implements sim.TimedPeer: it sends the lines that have arrived.
func (i *Socket) Tick() {
	var text []byte
	for ; i.sent < len(i.rows) && i.arrival(i.sent) <= i.sim.now(); i.sent++ {
		text = fmt.Appendf(text, "%d\t%s\n", i.sent+1, i.rows[i.sent])
	}
	if len(text) > 0 {
		i.link.Send(text)
	}
}

// Receive implements sim.Peer.
func (i *Socket) Receive(link *sim.Link, said []byte) {
	if link != i.link {
		return
	}
	i.heard += string(said)
	for {
		line, rest, ok := strings.Cut(i.heard, "\n")
		if !ok {
			return
		}
		i.heard = rest
		i.acknowledge(line)
	}
}

func (i *Socket) acknowledge(line string) {
	number, _ := strings.CutPrefix(line, "ACK ")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		_ = i.sim.violate("protocol", "%s: the program says %q, which is no acknowledgement", i, line)
	case n > i.sent:
		_ = i.sim.violate("protocol", "%s: the program acknowledges line %d, but only %d were sent", i, n, i.sent)
	case n < i.acknowledged:
		_ = i.sim.violate("acknowledged", "%s: the program has acknowledged line %d and knows of line %d only", i, i.acknowledged, n)
	case n > i.acknowledged:
		i.acknowledged = n
		i.sim.changed()
		i.sim.note("%v %s: %d lines are acknowledged", i.sim.now(), i, n)
	}
}

// Closed implements sim.Peer.
func (i *Socket) Closed(link *sim.Link) {
	if link == i.link {
		i.link = nil
	}
}

func (i *Socket) prefixes() []prefix[string] {
	all := make([]prefix[string], len(i.rows)+1)
	for n := range all {
		all[n] = prefix[string]{fmt.Sprintf("%d lines", n), func() []string { return i.rows[:n] }}
	}
	return all
}
