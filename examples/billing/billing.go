// Package billing books the revenue of a live stream of orders in a ledger, which is
// another team's service: one entry for each batch.
//
// It is the program of docs/testing.md, which tells how a bug in it was found.
package billing

import (
	"context"
	"fmt"

	"github.com/tidewheel/tidewheel/structured"
)

// Order is a row of the stream.
type Order struct {
	ID    int
	Cents int64
}

// Entry is what the ledger books. It does not book an entry again whose key it knows.
type Entry struct {
	Key   string
	Cents int64
}

// Book writes the revenue of a stream of orders to a ledger.
func Book(orders structured.DataFrame, post func(context.Context, Entry) error) structured.Writer {
	return orders.Write(structured.ForEachBatch(func(ctx context.Context, batch structured.DataFrame, id int64) error {
		rows, err := structured.Collect[Order](ctx, batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		entry := Entry{Key: fmt.Sprint("batch ", id)}
		for _, order := range rows {
			entry.Cents += order.Cents
		}
		return post(ctx, entry)
	})).Mode(structured.Append)
}
