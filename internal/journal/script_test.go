package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/sim"
	"github.com/tidewheel/tidewheel/wal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestScripts runs the scripts of testdata: one for each case of recovery. A script
// speaks to processes of a simulated machine; "go test -rewrite" renews what it
// prints. The commands are those of script.run.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := &script{t: t}
		s.reboot(sim.NewDisk(sim.Strict))
		defer func() { s.world.Close() }()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.command(d) })
	})
}

// script is a machine and the processes on it that have a journal open.
type script struct {
	t         *testing.T
	world     *sim.World
	processes map[string]*scriptProcess
}

// scriptProcess carries out the commands that it finds in its mailbox.
type scriptProcess struct {
	commands env.Mailbox[func(env.Env) string]
	journal  *Journal
	output   string
}

func (s *script) reboot(disk *sim.Disk) {
	if s.world != nil {
		s.world.Close()
	}
	s.world = sim.NewWorld(sim.Options{Disk: disk, SharedDisk: true})
	s.processes = map[string]*scriptProcess{}
}

// process returns the process of that name, which is started if there is none.
func (s *script) process(name string) *scriptProcess {
	if p := s.processes[name]; p != nil {
		return p
	}
	p := &scriptProcess{}
	s.processes[name] = p
	s.world.Start(name, func(e env.Env) error {
		for {
			command, err := p.commands.Take(context.Background(), e)
			if err != nil {
				return nil
			}
			if err := env.Protect(func() error { p.output = command(e); return nil }); err != nil {
				p.output = err.Error()
			}
		}
	})
	return p
}

func (s *script) command(d *datadriven.TestData) string {
	switch d.Cmd {
	case "crash":
		outcome := sim.Outcome{}
		if d.HasArg("outcome") {
			var text string
			d.ScanArgs(s.t, "outcome", &text)
			var err error
			if outcome, err = sim.ParseOutcome(text); err != nil {
				return err.Error()
			}
		}
		s.world.Crash(outcome)
		s.reboot(s.world.Disk())
		return ""
	}
	name := "main"
	if d.HasArg("process") {
		d.ScanArgs(s.t, "process", &name)
	}
	p := s.process(name)
	p.output = "the process has not come to an end of the command"
	p.commands.Put(func(e env.Env) string { return p.run(s.t, e, d) })
	var limit sim.Limit
	if d.HasArg("points") {
		d.ScanArgs(s.t, "points", &limit.Points)
		p.output = ""
	}
	s.world.Run(limit)
	return p.output
}

const scriptDir = "checkpoint"

// run carries out one command; with points=N the machine stops after N points of
// I/O, which may be before its end:
//
//	open [fingerprint=N] [accept] [retain=N] [segment=BYTES] [kind=NAME]
//	plan N ranges            durable            fence
//	state N operator group data                 commit N answers [next ranges]
//	prepared N answers   revoke N
//	snapshot operator from to version           retain           close
//	replay [operator=version…]                  batches FROM     log
//	write FILE text          cut FILE BYTES     files
func (p *scriptProcess) run(t *testing.T, e env.Env, d *datadriven.TestData) string {
	ctx := context.Background()
	if d.Cmd != "open" && p.journal == nil && !strings.Contains("log write cut files", d.Cmd) {
		return "no journal is open"
	}
	words := make([]string, 0, len(d.CmdArgs))
	for _, arg := range d.CmdArgs {
		if len(arg.Vals) == 0 {
			words = append(words, arg.Key)
		}
	}
	number := func(i int) int {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			t.Fatalf("%s: %v", d.Pos, err)
		}
		return n
	}
	plan := func(batch int, ranges string) Plan {
		return Plan{Batch: int64(batch), Time: e.Now(), Partitions: 2, Ranges: []byte(ranges)}
	}
	switch d.Cmd {
	case "open":
		return p.open(ctx, t, e, d)
	case "plan":
		return errorText(p.journal.Plan(ctx, plan(number(0), words[1])))
	case "durable":
		return errorText(p.journal.PlanDurable(ctx))
	case "fence":
		return errorText(p.journal.CheckFence(ctx))
	case "state":
		return errorText(p.journal.AppendState(ctx, Change{int64(number(0)), words[1], number(2), []byte(words[3])}))
	case "commit":
		var next *Plan
		if len(words) > 2 {
			following := plan(number(0)+1, words[3])
			next = &following
		}
		return errorText(p.journal.Commit(ctx, Done{int64(number(0)), []byte(words[1])}, next))
	case "revoke":
		return errorText(p.journal.Revoke(ctx, int64(number(0))))
	case "prepared":
		return errorText(p.journal.Prepared(ctx, Done{int64(number(0)), []byte(words[1])}))
	case "snapshot":
		return errorText(p.journal.Snapshots(ctx, Snapshot{words[0], number(1), number(2), int64(number(3))}))
	case "retain":
		return errorText(p.journal.Retain(ctx))
	case "close":
		err := p.journal.Close()
		p.journal = nil
		return errorText(err)
	case "replay":
		return p.replay(t, d)
	case "batches":
		return p.batches(int64(number(0)))
	case "log":
		return dumpLog(e)
	case "write":
		return errorText(write(e.FS(), scriptDir+"/"+words[0], d.Input+"\n"))
	case "cut":
		return errorText(cutFile(e.FS(), scriptDir+"/"+words[0], number(1)))
	case "files":
		return listFiles(e.FS(), scriptDir, "")
	}
	t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
	return ""
}

func errorText(err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return ""
}

func (p *scriptProcess) open(ctx context.Context, t *testing.T, e env.Env, d *datadriven.TestData) string {
	o := Options{Kind: "dstream", AcceptFingerprint: d.HasArg("accept")}
	scan := func(name string, into any) {
		if d.HasArg(name) {
			d.ScanArgs(t, name, into)
		}
	}
	scan("kind", &o.Kind)
	scan("fingerprint", &o.Fingerprint)
	scan("retain", &o.Retain)
	scan("segment", &o.SegmentBytes)
	j, r, err := Open(ctx, e, scriptDir, o)
	if err != nil {
		return errorText(err)
	}
	p.journal = j
	var b strings.Builder
	fmt.Fprintf(&b, "epoch %d, next batch %d", r.Epoch, r.Next())
	if r.Fresh {
		b.WriteString(", fresh")
	}
	b.WriteByte('\n')
	if r.Last != nil {
		fmt.Fprintf(&b, "last: %s, answers %s\n", describePlan(r.Last.Plan), r.Last.Done.Answers)
	}
	if r.Pending != nil {
		fmt.Fprintf(&b, "pending: %s\n", describePlan(*r.Pending))
	}
	if r.Prepared != nil {
		fmt.Fprintf(&b, "prepared: batch %d, answers %s\n", r.Prepared.Batch, r.Prepared.Answers)
	}
	for _, s := range r.Snapshots {
		fmt.Fprintf(&b, "snapshot: %s [%d, %d) version %d\n", s.Operator, s.From, s.To, s.Version)
	}
	if torn := j.log.Report().Torn; torn.Bytes > 0 {
		fmt.Fprintf(&b, "torn tail: %d bytes\n", torn.Bytes)
	}
	return b.String()
}

func describePlan(p Plan) string {
	return fmt.Sprintf("batch %d, ranges %s, %d partitions, fingerprint %d", p.Batch, p.Ranges, p.Partitions, p.Fingerprint)
}

func (p *scriptProcess) replay(t *testing.T, d *datadriven.TestData) string {
	versions := map[string]int64{}
	for _, arg := range d.CmdArgs {
		if len(arg.Vals) == 1 && arg.Key != "process" {
			version, err := strconv.ParseInt(arg.Vals[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			versions[arg.Key] = version
		}
	}
	have := func(operator string, group int) int64 {
		if version, ok := versions[operator]; ok {
			return version
		}
		return -1
	}
	var b strings.Builder
	for c, err := range p.journal.Replay(have) {
		if err != nil {
			return errorText(err)
		}
		fmt.Fprintf(&b, "batch %d: %s group %d: %s\n", c.Batch, c.Operator, c.Group, c.Data)
	}
	return b.String()
}

func (p *scriptProcess) batches(from int64) string {
	var b strings.Builder
	for batch, err := range p.journal.Batches(from) {
		if err != nil {
			return errorText(err)
		}
		fmt.Fprintf(&b, "%s, answers %s\n", describePlan(batch.Plan), batch.Done.Answers)
	}
	return b.String()
}

// dumpLog prints the frames of the log.
func dumpLog(e env.Env) string {
	var b strings.Builder
	for record, err := range wal.Records(e, scriptDir+"/log") {
		if err != nil {
			return errorText(err)
		}
		fmt.Fprintf(&b, "%d-%d %s\n", record.Position.Epoch, record.Position.Segment, describeFrame(record.Payload))
	}
	return b.String()
}

func describeFrame(frame []byte) string {
	fields := frame[1:]
	switch frame[0] {
	case framePlan:
		p, err := decodePlan(fields)
		return fmt.Sprintf("plan %s, at %s%s", describePlan(p), p.Time.Format(time.TimeOnly), errorText(err))
	case frameState:
		s := decodeState(fields)
		var b strings.Builder
		fmt.Fprintf(&b, "state of batch %d by epoch %d:", s.batch, s.epoch)
		for s.next() {
			fmt.Fprintf(&b, " %s/%d=%s", s.change.Operator, s.change.Group, s.change.Data)
		}
		return b.String() + errorText(s.err())
	case frameDone:
		epoch, d, err := decodeDone(fields)
		return fmt.Sprintf("done batch %d by epoch %d, answers %s%s", d.Batch, epoch, d.Answers, errorText(err))
	case frameRevoked:
		batch, err := decodeRevoked(fields)
		return fmt.Sprintf("revoked batch %d%s", batch, errorText(err))
	case framePrepared:
		epoch, d, err := decodeDone(fields)
		return fmt.Sprintf("prepared batch %d by epoch %d, answers %s%s", d.Batch, epoch, d.Answers, errorText(err))
	case frameSnapshot:
		s, err := decodeSnapshot(fields)
		return fmt.Sprintf("snapshot %v%s", s, errorText(err))
	case frameRetained:
		r, err := decodeRetained(fields)
		return fmt.Sprintf("retained: removed through batch %d, snapshots %v%s", r.through, r.snapshots, errorText(err))
	}
	return fmt.Sprintf("unknown frame %q", frame)
}

func write(files env.FS, name, text string) error {
	if err := env.MkdirAllSync(files, name[:strings.LastIndexByte(name, '/')]); err != nil {
		return err
	}
	if _, err := files.Stat(name); err == nil {
		if err := files.Remove(name); err != nil {
			return err
		}
	}
	return writeSynced(files, name, text)
}

// cutFile removes bytes from the end of a file.
func cutFile(files env.FS, name string, n int) error {
	r, err := files.Open(name)
	if err != nil {
		return err
	}
	b := make([]byte, r.Size()-int64(n))
	_, err = r.ReadAt(b, 0)
	if err := errors.Join(err, r.Close(), files.Remove(name)); err != nil {
		return err
	}
	return writeSynced(files, name, string(b))
}

func listFiles(files env.FS, dir, indent string) string {
	names, err := files.List(dir)
	if err != nil {
		return errorText(err)
	}
	var b strings.Builder
	for _, name := range names {
		b.WriteString(indent + name + "\n")
		if info, err := files.Stat(dir + "/" + name); err == nil && info.IsDir {
			b.WriteString(listFiles(files, dir+"/"+name, indent+"  "))
		}
	}
	return b.String()
}
