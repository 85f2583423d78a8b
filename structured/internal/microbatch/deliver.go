package microbatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/internal/latency"
	"github.com/tidewheel/tidewheel/internal/mutate"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// handAll hands a batch to each sink that does not have it, and its dead letters to
// their own. Sinks that can resume a
// prepared batch only prepare it: commitPrepared goes on with them.
func (e *engine) handAll(ctx context.Context, batch, dead sink.Batch, number int64, answer *Answer) error {
	answer.Tokens = make([][]byte, len(e.writers))
	e.prepared = e.prepared[:0]
	for i, writer := range e.writers {
		if e.had[i] >= number {
			continue
		}
		_, resumable := writer.(sink.Resumable)
		rows := batch
		if e.DeadLetters != nil && i == len(e.writers)-1 {
			rows = dead
		}
		token, err := e.hand(ctx, writer, rows, resumable)
		if err != nil && !mutate.On(17) {
			err = fmt.Errorf("write to %s: %w", e.Sinks[i], err)
			return errors.Join(err, e.abortPrepared(ctx, answer.Tokens))
		}
		answer.Tokens[i] = append([]byte{}, token...)
		if resumable {
			e.prepared = append(e.prepared, i)
		} else {
			e.had[i] = number
		}
	}
	return nil
}

// hand gives a batch to one sink.
func (e *engine) hand(ctx context.Context, writer sink.Writer, batch sink.Batch, prepareOnly bool) (sink.Token, error) {
	if err := e.Log.CheckFence(ctx); err != nil {
		return nil, err
	}
	token, err := writer.Prepare(ctx, batch)
	if err != nil || prepareOnly {
		return token, err
	}
	if err := e.Log.CheckFence(ctx); err != nil {
		return nil, errors.Join(err, writer.Abort(ctx, token))
	}
	return token, writer.Commit(ctx, token)
}

// abortPrepared takes back what a batch that has failed has prepared. What it cannot
// take back, the next start does.
func (e *engine) abortPrepared(ctx context.Context, tokens [][]byte) error {
	var failed []error
	for _, i := range e.prepared {
		if err := e.writers[i].Abort(ctx, tokens[i]); err != nil {
			failed = append(failed, fmt.Errorf("abort in %s: %w", e.Sinks[i], err))
		}
	}
	e.prepared = e.prepared[:0]
	return errors.Join(failed...)
}

// commitPrepared commits the batch in the sinks that have it prepared, once it is
// logged that all have. The state that was appended counts from then on.
func (e *engine) commitPrepared(ctx context.Context, number int64, answer Answer, took *latency.Split) error {
	if len(e.prepared) == 0 {
		return nil
	}
	at := e.Env.Mono()
	if err := e.Log.Prepared(ctx, journal.Done{Batch: number, Answers: encodeAnswer(answer)}); err != nil {
		return err
	}
	took.Commit += e.Env.Mono() - at
	at = e.Env.Mono()
	for _, i := range e.prepared {
		if err := e.commitIn(ctx, i, number, answer.Tokens[i]); err != nil {
			return err
		}
	}
	e.prepared = e.prepared[:0]
	took.Sink += e.Env.Mono() - at
	return nil
}

// commitIn commits a batch that is prepared.
func (e *engine) commitIn(ctx context.Context, i int, number int64, token sink.Token) error {
	err := e.Log.CheckFence(ctx)
	if err == nil {
		err = e.writers[i].Commit(ctx, token)
	}
	if err != nil {
		return fmt.Errorf("commit in %s: %w", e.Sinks[i], err)
	}
	e.had[i] = number
	return nil
}

// finish commits the batch that was prepared when the query last stopped, if that was
// logged, and aborts whatever else the sinks have prepared: a batch of which that was
// not logged runs again. So does one that a sink has aborted by itself; the sinks that
// could commit it have it.
func (e *engine) finish(ctx context.Context) error {
	r := e.Recovered
	tokens, number := make([][]byte, len(e.writers)), int64(-1)
	if r.Prepared != nil {
		answer, err := decodeAnswer(*r.Prepared)
		if err != nil {
			return err
		}
		if len(answer.Tokens) != len(e.writers) {
			return fmt.Errorf("batch %d is prepared in %d sinks, and now the query has %d: start it with the sinks that it had, until the batch is done",
				r.Prepared.Batch, len(answer.Tokens), len(e.writers))
		}
		tokens, number = answer.Tokens, r.Prepared.Batch
	}
	revoked := false
	for i, writer := range e.writers {
		resumable, ok := writer.(sink.Resumable)
		if !ok || mutate.On(18) {
			continue
		}
		err := e.resume(ctx, i, resumable, number, tokens[i])
		if errors.Is(err, sink.ErrAborted) {
			e.Logger.Warn("structured: a sink has aborted the batch that was prepared in it, which is computed again", "sink", fmt.Sprint(e.Sinks[i]), "batch", number, "err", err)
			revoked, err = true, nil
		}
		if err != nil {
			return err
		}
	}
	if r.Prepared == nil {
		return nil
	}
	if revoked {
		if err := e.Log.Revoke(ctx, number); err != nil {
			return &BatchError{Plan{Batch: number}, err}
		}
		r.Prepared = nil
		return nil
	}
	if err := e.Log.Commit(ctx, *r.Prepared, nil); err != nil {
		return &BatchError{Plan{Batch: number}, err}
	}
	r.Last, r.Pending, r.Prepared = &journal.Batch{Plan: *r.Pending, Done: *r.Prepared}, nil, nil
	return nil
}

// resume brings a sink to where the log is.
func (e *engine) resume(ctx context.Context, i int, writer sink.Resumable, number int64, decided []byte) error {
	tokens, err := writer.Prepared(ctx)
	if err != nil {
		return fmt.Errorf("ask %s what it has prepared: %w", e.Sinks[i], err)
	}
	for _, token := range tokens {
		if decided != nil && bytes.Equal(token, decided) {
			continue
		}
		err := e.Log.CheckFence(ctx)
		if err == nil {
			err = writer.Abort(ctx, token)
		}
		if err != nil {
			return fmt.Errorf("abort in %s what was prepared: %w", e.Sinks[i], err)
		}
	}
	if decided == nil || e.had[i] >= number || mutate.On(26) {
		return nil
	}
	return e.commitIn(ctx, i, number, decided)
}
