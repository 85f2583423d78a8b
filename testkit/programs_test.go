package testkit

import (
	"testing"
	"time"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// program is one of the programs that are tried.
type program struct {
	name     string
	scenario func(*Sim)
	faults   FaultSet
}

// programs are all of them, of both APIs.
var programs = []program{
	{"stream", streamCount, AllFaults},
	{"stream of files", streamFiles, AllFaults},
	{"windows of a stream", streamWindows, AllFaults},
	{"states of a stream", streamStates, AllFaults},
	{"table", tableCount(sink.Complete), AllFaults},
	{"table of letters", tableLetters, AllFaults},
	{"table at once", triggeredCount(sink.Update, structured.Trigger{}), AllFaults},
	{"table of files", tableFiles, AllFaults},
	{"table of files by pattern", tablePattern, AllFaults},
	{"windows", tableWindows, AllFaults},
	{"slower of two", tableSlower, AllFaults},
	{"sessions", tableSessions, AllFaults},
	{"first of each", tableFirst, AllFaults},
	{"transactions of a stream", streamTo(Transactional), AllFaults},
	{"transactions of a table", tableTo(Transactional, sink.Update), AllFaults},
	{"stream of a socket", streamSocket, AllFaults},
	{"table of a socket", querySocketRows, AllFaults},
	{"windows of a socket", querySocket, AllFaults &^ ClockJump}, // what comes after the clock is set back is late
	{"stream of kafka", kafkaCount(streamKafka), AllFaults},
	{"table of kafka", kafkaCount(tableKafka(sink.Update)), AllFaults},
}

func programNamed(t *testing.T, name string) program {
	t.Helper()
	for _, p := range programs {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("there is no program %q", name)
	return program{}
}

// planned is a program under a plan that is made by hand.
type planned struct{ program, plan string }

// TestPrograms runs each program at random for its share of -testkit.swarm.
func TestPrograms(t *testing.T) {
	if *swarmFlag == 0 {
		t.Skip("for make swarm; the programs have tests of their own")
	}
	whole := *swarmFlag
	defer func() { *swarmFlag = whole }()
	*swarmFlag = whole / time.Duration(len(programs))
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) { Swarm(t, 0, p.scenario, Faults(p.faults)) })
	}
}
