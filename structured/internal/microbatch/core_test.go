package microbatch

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/tidewheel/tidewheel/structured/internal/exec"
	"github.com/tidewheel/tidewheel/structured/source"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// history is a core and what a script knows of it.
type history struct {
	core    *Core
	shape   Shape
	trigger Trigger
	plan    Plan
	last    Plan
	answer  Answer
}

// TestScripts runs the histories in testdata. Times are whole seconds; a script
// gives these commands:
//
//	start sources=1 delays=(10) evicts trigger=every:5s    a query without a past
//	look t=3 ends=(4)           what a look finds: a plan, or nothing
//	done seen=(5@25)            the batch is done; 5 rows were seen, the latest of 25 s
//	restart                     the query goes on from the last batch that is done
//	wait started=3 now=4 ran    what the trigger says
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		h := &history{}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "start":
				return h.start(t, d)
			case "look":
				return h.look(t, d)
			case "done":
				return h.done(t, d)
			case "restart":
				return h.restart()
			case "wait":
				return h.wait(t, d)
			}
			d.Fatalf(t, "no command %s", d.Cmd)
			return ""
		})
	})
}

func (h *history) start(t *testing.T, d *datadriven.TestData) string {
	h.shape = Shape{Evicts: d.HasArg("evicts")}
	d.ScanArgs(t, "sources", &h.shape.Sources)
	for _, delay := range list(d, "delays") {
		h.shape.Delays = append(h.shape.Delays, seconds(t, delay))
	}
	h.trigger = Trigger{}
	if d.HasArg("trigger") {
		var text string
		d.ScanArgs(t, "trigger", &text)
		switch text {
		case "once":
			h.trigger = Once()
		case "available":
			h.trigger = AvailableNow()
		default:
			interval, err := time.ParseDuration(strings.TrimPrefix(text, "every:"))
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			h.trigger = Every(interval)
		}
	}
	h.core = NewCore(h.shape, h.trigger, make([]source.Offset, h.shape.Sources))
	return h.trigger.String()
}

func (h *history) look(t *testing.T, d *datadriven.TestData) string {
	at := 0
	if d.HasArg("t") {
		d.ScanArgs(t, "t", &at)
	}
	var ends []source.Offset
	for _, end := range list(d, "ends") {
		if end == "-" {
			end = ""
		}
		ends = append(ends, source.Offset(end))
	}
	var ok bool
	h.plan, ok = h.core.Plan(time.Unix(int64(at), 0), 2, ends)
	if !ok {
		return "nothing to do"
	}
	logged, err := decodePlan(encodePlan(h.plan))
	if err != nil || fmt.Sprint(logged) != fmt.Sprint(h.plan) {
		d.Fatalf(t, "%v comes back from the log as %v, %v", h.plan, logged, err)
	}
	h.plan = logged
	var text strings.Builder
	fmt.Fprintf(&text, "batch %d at %d:", h.plan.Batch, h.plan.Time.Unix())
	for _, r := range h.plan.Ranges {
		fmt.Fprintf(&text, " (%s,%s]", orNone(r.Start), orNone(r.End))
	}
	fmt.Fprintf(&text, ", watermark %s, late %s", inSeconds(h.plan.Watermark), inSeconds(h.plan.Late))
	return text.String()
}

func (h *history) done(t *testing.T, d *datadriven.TestData) string {
	seen := make([]exec.Seen, len(h.shape.Delays))
	for i, text := range list(d, "seen") {
		if text == "-" {
			continue
		}
		rows, latest, _ := strings.Cut(text, "@")
		n, err := strconv.Atoi(rows)
		if err != nil {
			d.Fatalf(t, "%v", err)
		}
		seen[i] = exec.Seen{Rows: int64(n), Max: seconds(t, latest).Microseconds()}
	}
	answer := h.core.Done(h.plan, seen)
	var err error
	if h.answer, err = decodeAnswer(journalDone(h.plan.Batch, answer)); err != nil {
		d.Fatalf(t, "%v", err)
	}
	h.last = h.plan
	text := "watermark " + inSeconds(h.answer.Watermark)
	if h.answer.Due {
		text += ", another batch is due"
	}
	return text
}

func (h *history) restart() string {
	h.core = NewCore(h.shape, h.trigger, make([]source.Offset, h.shape.Sources))
	h.core.Resume(h.last, h.answer)
	return fmt.Sprintf("next batch %d from %v, watermark %s", h.core.Next(), h.core.Offsets(), inSeconds(h.core.Watermark()))
}

func (h *history) wait(t *testing.T, d *datadriven.TestData) string {
	var started, now string
	d.ScanArgs(t, "started", &started)
	d.ScanArgs(t, "now", &now)
	epoch := time.Unix(0, 0)
	wait, stop := h.core.Wait(epoch.Add(seconds(t, started)), epoch.Add(seconds(t, now)), d.HasArg("ran"))
	switch {
	case stop:
		return "stop"
	case wait <= 0:
		return "at once"
	}
	return "in " + wait.String()
}

// list is the values of an argument.
func list(d *datadriven.TestData, name string) []string {
	for _, arg := range d.CmdArgs {
		if arg.Key == name {
			return arg.Vals
		}
	}
	return nil
}

func seconds(t *testing.T, text string) time.Duration {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(number * float64(time.Second))
}

func inSeconds(µs int64) string { return strconv.FormatFloat(float64(µs)/1e6, 'f', -1, 64) }
