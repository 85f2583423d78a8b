package conformance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// streamingCase is a case of kind streaming.
type streamingCase struct {
	Conf        map[string]string `json:"conf"`
	Inputs      []input           `json:"inputs"`
	Views       []view            `json:"views"`
	Query       string            `json:"query"`
	OutputMode  string            `json:"outputMode"`
	Ordered     bool              `json:"ordered"`
	Tolerance   float64           `json:"tolerance"`
	Loose       []string          `json:"loose"`
	Steps       []step            `json:"steps"`
	Columns     [][2]string       `json:"columns"`
	Expect      []ran             `json:"expect"`
	ExpectError *refusal          `json:"expectError"`
}

// input is a table that the query can name.
type input struct {
	Name   string  `json:"name"`
	Schema string  `json:"schema"`
	Static bool    `json:"static"`
	Rows   [][]any `json:"rows"`
	marks
}

// view is a query that others can name.
type view struct {
	Name  string `json:"name"`
	Query string `json:"query"`
	marks
}

// marks are what is done with a table before it is named.
type marks struct {
	Watermark *struct {
		Column string `json:"column"`
		Delay  string `json:"delay"`
	} `json:"watermark"`
	Dedup *struct {
		Columns         []string `json:"columns"`
		WithinWatermark bool     `json:"withinWatermark"`
	} `json:"dedup"`
}

// step is one of them.
type step struct {
	Add          map[string][][]any `json:"add"`
	Run          bool               `json:"run"`
	Restart      bool               `json:"restart"`
	ForgetCommit bool               `json:"forgetCommit"`
}

// ran is what a run step gives.
type ran struct {
	Batches []outcome `json:"batches"`
}

// outcome is that of a batch. What is nil is not compared.
type outcome struct {
	ID        int64   `json:"id"`
	Rows      [][]any `json:"rows"`
	InputRows *int64  `json:"inputRows"`
	Watermark *string `json:"watermark"`
	Dropped   *int64  `json:"droppedByWatermark"`
	StateRows *int64  `json:"stateRows"`
}

// runStreaming runs a query over tables that grow, step by step.
func runStreaming(data []byte) error {
	var c streamingCase
	if err := decode(data, &c); err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	r := &streamingRun{streamingCase: c, directory: directory, inputs: map[string]*growing{}}
	at, err := r.run(context.Background())
	if difference, ok := errors.AsType[*Difference](err); ok {
		return difference
	}
	if c.ExpectError == nil {
		return err
	}
	if c.ExpectError.At == "runtime" && at < len(c.Expect) {
		return &Difference{fmt.Sprintf("run %d", at), "the answers of run " + strconv.Itoa(len(c.Expect)-1), fmt.Sprint(err)}
	}
	return c.ExpectError.check(err)
}

// streamingRun is a case as it runs.
type streamingRun struct {
	streamingCase
	directory string
	inputs    map[string]*growing
	session   *structured.Session
	table     structured.DataFrame
	schema    types.Schema
	query     *structured.Query // nil if it does not run

	// Of the last run step.
	delivered map[int64][][]any // by batch
	done      []structured.Progress
}

// growing is the directory of an input that grows.
type growing struct {
	directory string
	schema    types.Schema
	files     int
	pending   [][][]any // files that no run has seen
}

// run goes through the steps. It returns how many runs were as expected.
func (r *streamingRun) run(ctx context.Context) (runs int, err error) {
	o, err := options(r.Conf)
	if err != nil {
		return 0, err
	}
	if r.session, err = structured.Open(o); err != nil {
		return 0, err
	}
	defer r.session.Close()
	if err := r.define(ctx); err != nil {
		return 0, err
	}
	for _, s := range r.Steps {
		switch {
		case s.Add != nil:
			for name, rows := range s.Add {
				in := r.inputs[name]
				if in == nil {
					return runs, fmt.Errorf("rows for %s, which is no input that grows", name)
				}
				in.pending = append(in.pending, rows)
			}
		case s.Run:
			if err := r.advance(ctx); err != nil {
				return runs, err
			}
			if runs < len(r.Expect) {
				if err := r.compare(runs, r.Expect[runs]); err != nil {
					return runs, err
				}
			}
			runs++
		case s.Restart:
			if err := r.stop(ctx, s.ForgetCommit); err != nil {
				return runs, err
			}
		}
	}
	return runs, nil
}

// define makes the tables and the query.
func (r *streamingRun) define(ctx context.Context) error {
	for i, in := range r.Inputs {
		schema, err := structured.ParseSchema(in.Schema)
		if err != nil {
			return err
		}
		g := &growing{directory: filepath.Join(r.directory, strconv.Itoa(i)), schema: schema}
		if err := os.Mkdir(g.directory, 0o755); err != nil {
			return err
		}
		files := source.JSONFiles(g.directory, schema)
		table := r.session.Read(files)
		if in.Static {
			err = writeRows(g.directory, "rows.json", schema, in.Rows)
		} else {
			r.inputs[in.Name], table = g, r.session.Stream(files)
		}
		if err == nil {
			err = r.name(in.Name, table, in.marks)
		}
		if err != nil {
			return err
		}
	}
	for _, v := range r.Views {
		if err := r.name(v.Name, r.session.SQL(v.Query), v.marks); err != nil {
			return err
		}
	}
	r.table = r.session.SQL(r.Query)
	var err error
	if r.schema, err = r.table.Schema(ctx); err != nil || r.ExpectError != nil && r.ExpectError.At != "runtime" {
		return err
	}
	return compareColumns(r.Columns, r.schema, r.Query)
}

// name gives a table its name.
func (r *streamingRun) name(name string, table structured.DataFrame, m marks) error {
	if m.Watermark != nil {
		delay, err := delayOf(m.Watermark.Delay)
		if err != nil {
			return err
		}
		table = table.WithWatermark(m.Watermark.Column, delay)
	}
	if m.Dedup != nil {
		if m.Dedup.WithinWatermark {
			table = table.DropDuplicatesWithinWatermark(m.Dedup.Columns...)
		} else {
			table = table.DropDuplicates(m.Dedup.Columns...)
		}
	}
	return r.session.CreateView(name, table)
}

// units are those of delays.
var units = map[string]time.Duration{
	"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
	"month": 31 * 24 * time.Hour, // as Spark has it for the delay of a watermark
}

// delayOf reads a delay such as "1 minute 30 seconds".
func delayOf(text string) (time.Duration, error) {
	var sum time.Duration
	words := strings.Fields(text)
	for ; len(words) >= 2; words = words[2:] {
		n, err := strconv.Atoi(words[0])
		unit, ok := units[strings.TrimSuffix(words[1], "s")]
		if err != nil || !ok {
			return 0, fmt.Errorf("can't be run: the delay %q", text)
		}
		sum += time.Duration(n) * unit
	}
	if len(words) > 0 {
		return 0, fmt.Errorf("can't be run: the delay %q", text)
	}
	return sum, nil
}

// advance shows the query what was added, and waits until nothing is left to do.
func (r *streamingRun) advance(ctx context.Context) error {
	for _, in := range r.Inputs {
		g := r.inputs[in.Name]
		if g == nil {
			continue
		}
		for _, rows := range g.pending {
			if err := writeRows(g.directory, fmt.Sprintf("%04d.json", g.files), g.schema, rows); err != nil {
				return err
			}
			g.files++
		}
		g.pending = nil
	}
	r.delivered, r.done = map[int64][][]any{}, nil
	if r.query == nil {
		if err := r.start(ctx); err != nil {
			return err
		}
	}
	if err := r.query.ProcessAllAvailable(ctx); err != nil {
		return err
	}
	for _, p := range r.query.Progress() {
		if _, ran := r.delivered[p.BatchID]; ran {
			r.done = append(r.done, p)
		}
	}
	return nil
}

// longTime is more than a case takes: between two runs no batch is due.
const longTime = 1000 * time.Hour

func (r *streamingRun) start(ctx context.Context) error {
	mode, ok := map[string]sink.Mode{"append": structured.Append, "update": structured.Update, "complete": structured.Complete}[r.OutputMode]
	if !ok {
		return fmt.Errorf("output mode %q", r.OutputMode)
	}
	var err error
	r.query, err = r.table.Write(structured.ForEachBatch(r.deliver)).Mode(mode).
		Trigger(structured.Every(longTime)).Checkpoint(filepath.Join(r.directory, "checkpoint")).Start(ctx)
	return err
}

// deliver takes the rows of a batch. Its plan is logged and its commit is not: that
// moment is kept, so that the commit can be forgotten.
func (r *streamingRun) deliver(ctx context.Context, batch structured.DataFrame, id int64) error {
	rows, err := collect(ctx, batch)
	if err != nil {
		return err
	}
	if rows == nil {
		rows = [][]any{}
	}
	r.delivered[id] = rows
	kept := filepath.Join(r.directory, "kept")
	if err := os.RemoveAll(kept); err != nil {
		return err
	}
	return os.CopyFS(kept, os.DirFS(filepath.Join(r.directory, "checkpoint")))
}

func (r *streamingRun) stop(ctx context.Context, forgetCommit bool) error {
	if r.query == nil {
		return nil
	}
	if err := r.query.Stop(ctx); err != nil {
		return err
	}
	r.query = nil
	if !forgetCommit {
		return nil
	}
	checkpoint := filepath.Join(r.directory, "checkpoint")
	if err := os.RemoveAll(checkpoint); err != nil {
		return err
	}
	return os.Rename(filepath.Join(r.directory, "kept"), checkpoint)
}

// compare compares what a run gave with what was recorded.
func (r *streamingRun) compare(run int, want ran) error {
	describe := func(ids []int64) string { return fmt.Sprintf("batches %v", ids) }
	var wanted, gotten []int64
	for _, b := range want.Batches {
		wanted = append(wanted, b.ID)
	}
	for _, p := range r.done {
		gotten = append(gotten, p.BatchID)
	}
	if !slices.Equal(wanted, gotten) {
		return &Difference{fmt.Sprintf("run %d", run), describe(wanted), describe(gotten)}
	}
	for i, b := range want.Batches {
		where := fmt.Sprintf("batch %d", b.ID)
		if err := compareRows(where, r.schema, b.Rows, r.delivered[b.ID], r.Ordered, r.Tolerance); err != nil {
			return err
		}
		if err := r.compareCounts(where, b, r.done[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *streamingRun) compareCounts(where string, want outcome, got structured.Progress) error {
	var dropped, kept int64
	for _, o := range got.Operators {
		dropped, kept = dropped+o.NumRowsDroppedByWatermark, kept+o.NumRowsTotal
	}
	for _, c := range []struct {
		name string
		want *int64
		got  int64
	}{
		{"inputRows", want.InputRows, got.NumInputRows},
		{"droppedByWatermark", want.Dropped, dropped},
		{"stateRows", want.StateRows, kept},
	} {
		if c.want == nil || *c.want == c.got || slices.Contains(r.Loose, c.name) && (*c.want == 0) == (c.got == 0) {
			continue
		}
		return &Difference{where + ": " + c.name, fmt.Sprint(*c.want), fmt.Sprint(c.got)}
	}
	watermark := "none"
	if !got.EventTime.Watermark.IsZero() {
		watermark = got.EventTime.Watermark.Format(timeLayout)
	}
	if want.Watermark != nil && *want.Watermark != watermark {
		return &Difference{where + ": watermark", *want.Watermark, watermark}
	}
	return nil
}
