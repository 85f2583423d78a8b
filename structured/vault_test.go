package structured

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/structured/sink"
)

// vault is a sink outside the process that prepares batches durably and commits them by
// their tokens, later and perhaps for another process. It knows no batch numbers.
type vault struct {
	next      int
	prepared  map[string]string // by token: rows, sorted
	committed map[string]string // by token
	order     []string          // tokens as they were committed
}

func newVault() *vault { return &vault{prepared: map[string]string{}, committed: map[string]string{}} }

func (v *vault) clone() *vault {
	return &vault{v.next, maps.Clone(v.prepared), maps.Clone(v.committed), slices.Clone(v.order)}
}

func (v *vault) String() string     { return fmt.Sprint("vault ", v.next, v.prepared, v.order) }
func (v *vault) Modes() []sink.Mode { return []sink.Mode{Append, Update, Complete} }

func (v *vault) Open(_ context.Context, query sink.Query) (sink.Writer, error) {
	return &vaultWriter{v, query.Env}, nil
}

// check compares what is committed with another sink of the query, at its end.
func (v *vault) check(rows map[int64]string) error {
	if len(v.prepared) > 0 {
		return fmt.Errorf("the vault still has %v prepared", v.prepared)
	}
	if len(v.order) != len(rows) {
		return fmt.Errorf("the vault has %d batches, and there are %d", len(v.order), len(rows))
	}
	for i, token := range v.order {
		if v.committed[token] != rows[int64(i)] {
			return fmt.Errorf("the vault has %q as batch %d, want %q", v.committed[token], i, rows[int64(i)])
		}
	}
	return nil
}

type vaultWriter struct {
	vault *vault
	env   env.Env
}

// LastCommitted implements sink.Writer: what was committed is not known by batch.
func (w *vaultWriter) LastCommitted(context.Context) (int64, bool, error) { return 0, false, nil }

// Prepared implements sink.Resumable.
func (w *vaultWriter) Prepared(context.Context) ([]sink.Token, error) {
	w.env.Probe("vault prepared", 0)
	var tokens []sink.Token
	for _, token := range slices.Sorted(maps.Keys(w.vault.prepared)) {
		tokens = append(tokens, sink.Token(token))
	}
	return tokens, nil
}

func (w *vaultWriter) Prepare(_ context.Context, batch sink.Batch) (sink.Token, error) {
	w.env.Probe("vault prepare", 0)
	var rows []string
	for records := range batch.All() {
		rows = append(rows, printRecords(records)...)
	}
	slices.Sort(rows)
	token := "t" + strconv.Itoa(w.vault.next)
	w.vault.next++
	w.vault.prepared[token] = strings.Join(rows, "; ")
	w.env.Probe("vault has prepared", 0)
	return sink.Token(token), nil
}

func (w *vaultWriter) Commit(_ context.Context, token sink.Token) error {
	w.env.Probe("vault commit", 0)
	rows, ok := w.vault.prepared[string(token)]
	if !ok {
		if _, done := w.vault.committed[string(token)]; done {
			return nil
		}
		return fmt.Errorf("the vault has nothing prepared as %s", token)
	}
	delete(w.vault.prepared, string(token))
	w.vault.committed[string(token)] = rows
	w.vault.order = append(w.vault.order, string(token))
	w.env.Probe("vault committed", 0)
	return nil
}

func (w *vaultWriter) Abort(_ context.Context, token sink.Token) error {
	w.env.Probe("vault abort", 0)
	delete(w.vault.prepared, string(token))
	return nil
}

func (w *vaultWriter) Close() error { return nil }
