//go:build mutants

package testkit

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/tidewheel/tidewheel/internal/mutate"
)

// mutant is a planted bug. Its plans are made by hand: each breaks a promise of a
// program with the bug, and none without it, whatever the searches find. (25 and 29 of
// the list are bugs of continuous processing, which there is none of.)
type mutant struct {
	number int
	bug    string
	plans  []planned
	search search
}

// search is where to look for a bug, if not among all faults in the typical plans.
type search struct {
	faults FaultSet // 0: all
	depth  int      // 0: 1
}

const (
	crashes = Crash | Torn
	late    = `in=visits:[{"At":"2026-01-01T00:00:04Z","Page":"y"},{"At":"2026-01-01T00:00:04Z","Page":"y"},{"At":"2026-01-01T00:00:22Z","Page":"x"}]`
	slower  = `in=ahead:[{"At":"2026-01-01T00:02:04Z","Page":"y"}];in=behind:[{"At":"2026-01-01T00:00:00Z","Page":"y"},{"At":"2026-01-01T00:00:00Z","Page":"y"}]`
)

var mutants = []mutant{
	{1, "a batch is committed before the sink has it", []planned{
		{"stream", `v1;wave=1;in=words:["a","b","a"];f=crash@write(counts)#1/kept`},
		{"table", `v1;wave=1;in=words:["a","b","a"];f=crash@write(counts)#1/kept`},
	}, search{}},
	{2, "a file is not synced before its rename", []planned{
		{"stream", `v1;in=words:["a"];f=crash@write(counts)#1/truncated`},
		{"table", `v1;in=words:["a"];f=crash@write(counts)#1/truncated`},
	}, search{}},
	{3, "a directory is not synced after a new entry", []planned{
		{"stream", `v1;in=words:["a"];f=crash@write(counts)#1/lost`},
		{"table", `v1;in=words:["a"];f=crash@write(counts)#1/lost`},
	}, search{}},
	{4, "the parent of a new directory is not synced", []planned{
		{"stream", `v1;in=words:["a"];f=crash@write(counts)#1/lost`},
		{"table", `v1;in=words:["a"];f=crash@write(counts)#1/lost`},
	}, search{}},
	{5, "a torn tail of the log is an error", []planned{
		{"stream", `v1;in=words:[];f=crash@sync(ckpt/log/*-*.log)#1/torn`},
		{"table", `v1;in=words:[];f=crash@sync(ckpt/log/*-*.log)#1/torn`},
	}, search{}},
	{6, "checksums of the log are not checked", []planned{
		{"stream", `v1;in=words:["a"];f=crash@sync(ckpt/log/*-*.log)#2/garbage`},
		{"table", `v1;in=words:["a"];f=crash@sync(ckpt/log/*-*.log)#2/garbage`},
	}, search{}},
	{7, "what an earlier writer left behind its end counts again", []planned{
		{"stream", `v1;in=words:["a"];f=crash@sync(ckpt/log/*-*.log)#3/kept`},
		{"table", `v1;in=words:["a"];f=crash@sync(ckpt/log/*-*.log)#3/kept`},
	}, search{depth: 2}},
	{8, "a failed sync is tried again and believed", []planned{
		{"table", `v1;in=words:["a"];f=nospace@sync(ckpt/log/*-*.log)#2;f=crash@stat(ckpt/epoch/*)#5/kept`},
	}, search{DiskFull | Crash, 2}},
	{9, "a receiver acknowledges what is not durable", []planned{
		{"stream of a socket", `v1;in=socket-sender-7:["g1"];f=error@append(ckpt/source/*/*-*.log)#2`},
		{"table of a socket", `v1;wave=1;in=socket-sender-7:["g1","g2","g3"];f=error@append(ckpt/source/*/*-*.log)#3`},
	}, search{}},
	{10, "a planned batch that runs again asks for new offsets", []planned{
		{"stream", `v1;wave=1;in=words:["a","b"];f=crash@write(counts)#1/kept`},
		{"table", `v1;wave=1;in=words:["a","b"];f=crash@write(counts)#1/kept`},
	}, search{}},
	{11, "a start takes the newest state, not that of the last batch done", []planned{
		{"stream", `v1;wave=1;often=1;asked=1;odd=wal/roll;in=words:["a","a"];f=crash@sync(ckpt/log/*-*.log)#15/kept`},
		{"table", `v1;wave=1;often=1;asked=1;odd=wal/roll;in=words:["a","a"];f=crash@sync(ckpt/log/*-*.log)#7/kept`},
	}, search{faults: crashes}},
	{12, "a snapshot stands for a batch more than it has", []planned{
		{"table", `v1;wave=1;often=1;odd=snapshots: after each batch;odd=snapshots: of all groups;odd=wal/roll;in=words:["a","a","b"];f=crash@sync(ckpt/log/*-*.log)#20/kept`},
	}, search{faults: crashes}},
	{13, "a snapshot is removed that is still needed", []planned{
		{"table", `v1;wave=1;often=1;odd=snapshots: after each batch;odd=snapshots: of all groups;in=words:["a","a"];f=crash@syncdir(ckpt/snap)#4/kept`},
	}, search{faults: crashes}},
	{14, "the watermark is forgotten at a restart", []planned{
		{"windows", `v1;wave=1;` + late + `;f=crash@sync(ckpt/log/*-*.log)#7/kept`},
	}, search{}},
	{15, "the watermark goes by the fastest input", []planned{{"slower of two", `v1;wave=1;` + slower}}, search{}},
	{16, "a batch that comes again has another number", []planned{
		{"table", `v1;wave=1;in=words:["a","a"];f=crash@sync(ckpt/log/*-*.log)#2/kept`},
	}, search{}},
	{17, "an error of a sink is swallowed", []planned{
		{"table", `v1;wave=1;in=words:["a","a","a"];f=error@write(counts)#2`},
	}, search{}},
	{18, "what was prepared is neither resumed nor aborted", []planned{{"transactions of a table", `v1;in=words:["a"];f=crash@commit(counts)#1/kept`}}, search{}},
	{19, "a writer's transactional id is another one in each run", []planned{
		{"stream of kafka", `v1;in=words:["a"];f=pause@add(__tidewheel_tokens)#1/3s`},
		{"table of kafka", `v1;in=words:["a"];f=pause@add(__tidewheel_tokens)#1/3s`},
	}, search{faults: Zombie}},
	{20, "a failed attempt's change of state is kept when it is repeated", []planned{
		{"stream", `v1;wave=1;in=words:["a","a"];f=lose@turn(result)#3`},
		{"table", `v1;in=words:["a"];f=lose@turn(result)#1`},
	}, search{}},
	{21, "the result of an attempt counts that was given up", []planned{
		{"stream", `v1;in=words:["a"];f=lose@return(result)#1`},
		{"table", `v1;in=words:["a"];f=lose@return(result)#1`},
	}, search{}},
	{22, "the blocks of a lost executor are taken for empty", []planned{
		{"stream", `v1;in=words:["a","a"];f=lose@turn(result)#1`},
		{"table", `v1;wave=1;in=words:["a","c"];f=lose@turn(result)#1`},
	}, search{}},
	{23, "a fetch that had to be repeated hands records over twice", []planned{
		{"stream of kafka", `v1;in=words:["a","a","a"];f=error@fetch(words)#3`},
		{"table of kafka", `v1;in=words:["a","a","a"];f=error@fetch(words)#5`},
		{"stream of kafka", `v1;in=words:["a","a","a"];f=leader@fetch(words)#3/3s`},
	}, search{}},
	{24, "batches go by the wall clock", []planned{
		{"stream", `v1;in=words:["a"];f=jump@park(main)#1/-1h0m0s`},
		{"table", `v1;in=words:["a"];f=jump@latest(words)#1/-1h0m0s`},
	}, search{}},
	{26, "a sink whose token is logged is believed to have the batch", []planned{{"transactions of a table", `v1;in=words:["a"];f=crash@commit(counts)#1/kept`}}, search{}},
	{27, "a pending batch runs with another number of partitions", []planned{{"table of letters", `v1;parallelism=1;later=4;wave=8;in=letters:["a","b","c","d","e","f","g","h"];f=crash@write(counts)#1/kept`}}, search{}},
	{28, "an idle query holds its commit", []planned{{"table at once", `v1;wave=1;stop=2;in=words:["a","b","c"]`}}, search{}},
}

// What a plan must shrink to, and how long a search may take.
const (
	maxFaults = 2
	maxRows   = 3
	maxTime   = 10 * time.Second
)

// TestMutants plants each bug and prints how it was found. No program may break a
// promise without a bug.
func TestMutants(t *testing.T) {
	defer mutate.Set(0)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mutant\tprogram\tcaught by\tworlds\ttime\tfaults\trows\tviolated\tbug")
	caught := 0
	for _, m := range mutants {
		escaped := false
		for _, p := range m.plans {
			mutate.Set(m.number)
			began := time.Now()
			by, worlds, f := m.search.find(programNamed(t, p.program).scenario)
			took := time.Since(began)
			if f == nil {
				escaped = true
				fmt.Fprintf(w, "%d\t%s\tESCAPED\t%d\t%.2f s\t\t\t\t%s\n", m.number, p.program, worlds, took.Seconds(), m.bug)
				t.Errorf("mutant %d of %s escaped: %s", m.number, p.program, m.bug)
				continue
			}
			_, small := shrink(programNamed(t, p.program).scenario, *f)
			faults, rows := len(small.plan.faults), small.plan.rows()
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%.2f s\t%d\t%d\t%s\t%s\n", m.number, p.program, by, worlds, took.Seconds(), faults, rows, small.why.class, m.bug)
			if faults > maxFaults || rows > maxRows {
				t.Errorf("mutant %d of %s shrunk to %d faults and %d rows, want at most %d and %d: %v", m.number, p.program, faults, rows, maxFaults, maxRows, small.plan)
			}
			if took > maxTime {
				t.Errorf("mutant %d of %s took %v, want at most %v", m.number, p.program, took, maxTime)
			}
		}
		if !escaped {
			caught++
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d caught\n%s", caught, len(mutants), &table)
}

// find looks for a failure among all faults, and then at random.
func (s search) find(scenario func(*Sim)) (by string, worlds int, f *failed) {
	x := newExplorer(scenario)
	if s.faults != 0 {
		x.faults = s.faults
	}
	x.all(typical(scenario, newOptions(nil)), max(1, s.depth))
	if x.failed != nil {
		return "Exhaust", x.worlds, x.failed
	}
	c := newChecker(scenario, 1, newOptions(nil))
	f = c.check(100)
	return "Check", x.worlds + c.runs, f
}

// TestMutantsByFault: each of these is found by the one kind of fault that shows it. (Where a
// lie of the disk hits depends on how long the log is, so its plan may keep some rows.)
func TestMutantsByFault(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range []struct {
		number   int
		faults   FaultSet
		programs []string
	}{
		{6, FlippedBit, []string{"stream", "table"}},
		{23, LeaderChange, []string{"stream of kafka", "table of kafka"}},
		{19, Zombie, []string{"stream of kafka", "table of kafka"}},
		{24, ClockJump, []string{"stream", "table"}},
	} {
		mutate.Set(m.number)
		for _, name := range m.programs {
			by, worlds, f := search{faults: m.faults}.find(programNamed(t, name).scenario)
			if f == nil {
				t.Errorf("mutant %d of %s escaped", m.number, name)
				continue
			}
			_, small := shrink(programNamed(t, name).scenario, *f)
			t.Logf("mutant %d of %s: %s after %d worlds by %s: %v", m.number, name, small.why.class, worlds, by, small.plan)
			if len(small.plan.faults) > 1 || small.plan.rows() > maxRows && m.faults&Corruption == 0 {
				t.Errorf("mutant %d of %s shrunk to %v", m.number, name, small.plan)
			}
		}
	}
}

// TestNoAlarms: this build, without a bug, breaks no promise.
func TestNoAlarms(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) { Check(t, p.scenario, Faults(p.faults)) })
	}
}

// TestMutantsAreBugs: each plan breaks a promise with the bug and none without it.
func TestMutantsAreBugs(t *testing.T) {
	defer mutate.Set(0)
	for _, m := range mutants {
		for _, shown := range m.plans {
			p, err := parsePlan(shown.plan)
			if err != nil {
				t.Errorf("mutant %d: %v", m.number, err)
				continue
			}
			for _, number := range []int{0, m.number} {
				mutate.Set(number)
				s := declare(programNamed(t, shown.program).scenario, p)
				f := s.play(s.begin(), settings{})
				switch {
				case len(p.faults) > 0 && len(f.fired) == 0: // without the bug, the program may end before the second
					t.Errorf("%s, mutant %d: no fault of %s happened", shown.program, m.number, shown.plan)
				case number == 0 && f.failure != nil:
					t.Errorf("%s, mutant %d: the plan breaks the program without the bug: %v", shown.program, m.number, f.failure)
				case number != 0 && f.failure == nil:
					t.Errorf("%s, mutant %d: the plan does not break the program", shown.program, m.number)
				}
			}
		}
	}
}
