package conformance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tidewheel/tidewheel/structured"
	"github.com/tidewheel/tidewheel/structured/source"
	"github.com/tidewheel/tidewheel/structured/types"
)

// batchCase is a case of kind batch.
type batchCase struct {
	Conf   map[string]string `json:"conf"`
	Tables []struct {
		Name   string  `json:"name"`
		Schema string  `json:"schema"`
		Rows   [][]any `json:"rows"`
	} `json:"tables"`
	Query     string  `json:"query"`
	Ordered   bool    `json:"ordered"`
	Tolerance float64 `json:"tolerance"`
	Expect    *struct {
		Columns [][2]string `json:"columns"`
		Rows    [][]any     `json:"rows"`
	} `json:"expect"`
	ExpectError *refusal `json:"expectError"`
}

// runBatch runs a query over tables that do not grow.
func runBatch(data []byte) error {
	var c batchCase
	if err := decode(data, &c); err != nil {
		return err
	}
	schema, rows, err := c.run(context.Background())
	if c.ExpectError != nil {
		return c.ExpectError.check(err)
	}
	if err != nil {
		return err
	}
	if err := compareColumns(c.Expect.Columns, schema, c.Query); err != nil {
		return err
	}
	return compareRows("rows", schema, c.Expect.Rows, rows, c.Ordered, c.Tolerance)
}

func (c *batchCase) run(ctx context.Context) (schema types.Schema, rows [][]any, err error) {
	o, err := options(c.Conf)
	if err != nil {
		return schema, nil, err
	}
	directory, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return schema, nil, err
	}
	defer os.RemoveAll(directory)
	session, err := structured.Open(o)
	if err != nil {
		return schema, nil, err
	}
	defer session.Close()
	for i, table := range c.Tables {
		columns, err := structured.ParseSchema(table.Schema)
		if err != nil {
			return schema, nil, err
		}
		at := filepath.Join(directory, fmt.Sprint(i))
		if err := os.Mkdir(at, 0o755); err != nil {
			return schema, nil, err
		}
		if err := writeRows(at, "rows.json", columns, table.Rows); err != nil {
			return schema, nil, err
		}
		if err := session.CreateView(table.Name, session.Read(source.JSONFiles(at, columns))); err != nil {
			return schema, nil, err
		}
	}
	result := session.SQL(c.Query)
	if schema, err = result.Schema(ctx); err != nil {
		return schema, nil, err
	}
	rows, err = collect(ctx, result)
	return schema, rows, err
}

func collect(ctx context.Context, table structured.DataFrame) ([][]any, error) {
	var rows [][]any
	for row, err := range table.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		values := make([]any, len(row.Values()))
		for i, value := range row.Values() {
			values[i] = recorded(row.Schema().Fields[i].Type, value)
		}
		rows = append(rows, values)
	}
	return rows, nil
}
