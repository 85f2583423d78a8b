package microbatch

import (
	"bytes"
	"testing"

	"github.com/tidewheel/tidewheel/internal/journal"
)

func journalDone(batch int64, a Answer) journal.Done {
	return journal.Done{Batch: batch, Answers: encodeAnswer(a)}
}

func TestAnswersKeepTokens(t *testing.T) {
	want := Answer{Watermark: -5, Due: true, Tokens: [][]byte{nil, {}, []byte("token")}}
	got, err := decodeAnswer(journalDone(3, want))
	if err != nil || got.Watermark != -5 || !got.Due || len(got.Tokens) != 3 || got.Tokens[0] != nil || got.Tokens[1] == nil || string(got.Tokens[2]) != "token" {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func FuzzRecords(f *testing.F) {
	plan := encodePlan(Plan{Ranges: []Range{{"", `{"logOffset":1}`}, {"a", "b"}}, Watermark: -1, Late: 1 << 40})
	f.Add(plan.Ranges)
	f.Add(plan.Watermarks)
	f.Add(encodeAnswer(Answer{Watermark: 7, Tokens: [][]byte{nil, []byte("x")}}))
	f.Add([]byte{2, 0})
	f.Fuzz(func(t *testing.T, record []byte) {
		if p, err := decodePlan(journal.Plan{Ranges: record, Watermarks: plan.Watermarks}); err == nil {
			again, err := decodePlan(encodePlan(p))
			if err != nil || len(again.Ranges) != len(p.Ranges) {
				t.Fatalf("%v comes back as %v, %v", p, again, err)
			}
		}
		if a, err := decodeAnswer(journal.Done{Answers: record}); err == nil {
			again, err := decodeAnswer(journalDone(0, a))
			if err != nil || again.Watermark != a.Watermark || len(again.Tokens) != len(a.Tokens) || !bytes.Equal(bytes.Join(again.Tokens, nil), bytes.Join(a.Tokens, nil)) {
				t.Fatalf("%v comes back as %v, %v", a, again, err)
			}
		}
	})
}
