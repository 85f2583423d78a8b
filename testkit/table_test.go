package testkit

import (
	"encoding/json/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/expr"
	"github.com/tidewheel/tidewheel/structured/sink"
	"github.com/tidewheel/tidewheel/structured/source"
)

func countValues(lines structured.DataFrame) structured.DataFrame {
	return lines.Select(expr.Explode(expr.Split("value", " ")).As("word")).
		GroupBy("word").Agg(expr.Count().As("count"))
}

// tableCount is the word count of a structured query, from a topic to a sink.
func tableCount(mode sink.Mode) func(*Sim) {
	return triggeredCount(mode, structured.Every(Interval))
}

func triggeredCount(mode sink.Mode, trigger structured.Trigger) func(*Sim) {
	return func(s *Sim) {
		in := Input(s, "words", 2, words)
		out := TableSink(s, "counts", IdempotentBatch, "word")
		s.App(func(p *Process) error {
			return countValues(p.Session().Stream(in.Table())).Write(out).Mode(mode).
				Trigger(trigger).Checkpoint("ckpt").Run(p.Context())
		})
		EqualsBatch(s, in, out, countValues)
	}
}

// tableLetters counts more words than there are partitions.
func tableLetters(s *Sim) {
	letters := rapid.SliceOfN(rapid.StringMatching("[a-p]"), 0, 24)
	in := Input(s, "letters", 2, letters)
	out := TableSink(s, "counts", IdempotentBatch, "word")
	s.App(func(p *Process) error {
		return countValues(p.Session().Stream(in.Table())).Write(out).Mode(sink.Update).
			Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	EqualsBatch(s, in, out, countValues)
}

// tableFiles splits lines into words, from the files of a directory to files.
func tableFiles(s *Sim) { wordsOfFiles(s, "in") }

// tablePattern takes the files whose names match.
func tablePattern(s *Sim) { wordsOfFiles(s, "i*/[0-9]*.txt") }

func wordsOfFiles(s *Sim, path string) {
	in := TextInput(s, "in", words)
	type row struct{ Word string }
	out := TextOutput(s, "out", func(line string) (r row, err error) {
		return r, json.Unmarshal([]byte(line), &r, json.MatchCaseInsensitiveNames(true))
	})
	s.App(func(p *Process) error {
		return p.Session().Stream(source.TextFiles(path)).Select(expr.Explode(expr.Split("value", " ")).As("word")).
			Write(sink.JSONFiles("out")).Trigger(structured.Every(Interval)).Checkpoint("ckpt").Run(p.Context())
	})
	ExactlyOnce(s, in, out, func(words []string) (rows []row) {
		for _, word := range words {
			rows = append(rows, row{word})
		}
		return rows
	})
}

func TestTableWordCount(t *testing.T) {
	for _, mode := range []sink.Mode{sink.Complete, sink.Update} {
		t.Run(mode.String(), func(t *testing.T) { Check(t, tableCount(mode)) })
	}
}

func TestTableOfLetters(t *testing.T) { Check(t, tableLetters) }

func TestTableWordsOfFiles(t *testing.T) {
	Check(t, tableFiles)
	t.Run("by pattern", func(t *testing.T) { Check(t, tablePattern, Runs(20)) })
}

// TestProgramThatEnds: one that returns is started again for what arrives later.
func TestProgramThatEnds(t *testing.T) {
	Exhaust(t, triggeredCount(sink.Update, structured.AvailableNow()))
}
