package sql

import (
	"context"
	"fmt"
	"io"

	"github.com/tidewheel/tidewheel/structured"
)

// Print writes the answer to a question, a line for each row, and how it was found: the
// plan as it was written, after optimisation, and as the operators that run.
func Print(ctx context.Context, out io.Writer, session *structured.Session, question Question) error {
	table := session.SQL(question.SQL)
	fmt.Fprintln(out, question.Name)
	for row, err := range table.Rows(ctx) {
		if err != nil {
			return fmt.Errorf("%s: %w", question.Name, err)
		}
		fmt.Fprintln(out, row)
	}
	plan, err := table.Explain(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", question.Name, err)
	}
	_, err = io.WriteString(out, plan)
	return err
}
