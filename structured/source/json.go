package source

import (
	"bytes"
	"context"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tidewheel/tidewheel/structured/types"
)

// JSONFiles reads JSON lines: one object a line, whose members are the columns of
// the schema. A member that is absent or null is null; members that the schema
// does not name are skipped; empty lines too. Every column may hold null, whatever
// the schema says. A record that is no object, or a value that is not of its
// column's type, is an error that names the file, the line and the column, unless
// [Malformed] says otherwise.
//
// A timestamp is text in the manner of ISO 8601, in UTC unless it has a zone. A
// column of type string takes any value: what is not a JSON string is kept as JSON.
//
// The path is that of [TextFiles]. A directory that a query writes with
// sink.JSONFiles is read by its manifests: exactly the committed files.
func JSONFiles(path string, schema types.Schema, options ...FileOption) Source {
	fields := make([]types.Field, schema.Len())
	for i, field := range schema.Fields {
		fields[i] = types.Nullable(field.Name, field.Type)
	}
	return newFiles(path, jsonFormat{types.NewSchema(fields...)}, options)
}

type jsonFormat struct{ columns types.Schema }

func (jsonFormat) name() string           { return "json" }
func (f jsonFormat) schema() types.Schema { return f.columns }

func (f jsonFormat) read(ctx context.Context, p *filePartition, columns []int, filter Filter) iter.Seq2[arrow.RecordBatch, error] {
	wanted := f.columns
	if columns != nil {
		wanted = wanted.Select(columns)
	}
	return func(yield func(arrow.RecordBatch, error) bool) {
		lines := newLineReader(ctx, p.reader.fs, p.segments)
		out := &delivery{reader: p.reader, filter: filter, yield: yield}
		err := readJSON(lines, f.lines(wanted, p.reader.source.options.malformed), out)
		if closeErr := lines.closeFile(); err == nil {
			err = closeErr
		}
		out.end(err)
	}
}

func readJSON(lines *lineReader, decoder *lineDecoder, out *delivery) error {
	for {
		line, at, err := lines.line()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && len(bytes.TrimSpace(line)) > 0 {
			if err := decoder.decode(line); err != nil {
				return malformed(lines, at, err)
			}
		}
		if decoder.rows > 0 && (err == io.EOF || decoder.rows == batchRows) {
			if !out.deliver(decoder.batch()) {
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// malformed is what becomes of a record that can't be decoded.
func malformed(lines *lineReader, at int64, err error) error {
	return fmt.Errorf("%s:%d: malformed record: %w", lines.current().Path, lines.lineNumber(at), err)
}

// recordDecoder collects records as columns.
type recordDecoder struct {
	schema  *arrow.Schema
	index   map[string]int // of a member's name
	append  []appendFunc   // one a column
	columns []array.Builder
	rows    int

	skip  map[string]bool // members that are passed over
	seen  []int           // row + 1 of the last value of each column
	input bytes.Reader
	json  *jsontext.Decoder
	name  []byte
}

func newRecordDecoder(schema types.Schema) *recordDecoder {
	d := &recordDecoder{
		schema: schema.Arrow(),
		index:  make(map[string]int, schema.Len()),
		seen:   make([]int, schema.Len()),
	}
	d.json = jsontext.NewDecoder(&d.input)
	for i, field := range schema.Fields {
		d.index[field.Name] = i
		builder := array.NewBuilder(memory.DefaultAllocator, field.Type.Arrow())
		d.columns = append(d.columns, builder)
		d.append = append(d.append, appendFor(field.Type, builder))
	}
	return d
}

// decode adds one record.
func (d *recordDecoder) decode(line []byte) error {
	d.input.Reset(line)
	d.json.Reset(&d.input)
	if kind := d.json.PeekKind(); kind != '{' {
		value, err := d.json.ReadValue()
		if err != nil {
			return syntax(err)
		}
		return fmt.Errorf("want an object, got %s", shorten(value))
	}
	if _, err := d.json.ReadToken(); err != nil {
		return syntax(err)
	}
	for d.json.PeekKind() != '}' {
		if err := d.member(); err != nil {
			return err
		}
	}
	if _, err := d.json.ReadToken(); err != nil {
		return syntax(err)
	}
	if _, err := d.json.ReadToken(); err != io.EOF {
		return fmt.Errorf("there is something after the object")
	}
	d.end()
	return nil
}

// end completes a record: columns that it does not have are null.
func (d *recordDecoder) end() {
	d.rows++
	for i, row := range d.seen {
		if row != d.rows {
			d.columns[i].AppendNull()
		}
	}
}

func (d *recordDecoder) member() error {
	name, err := d.json.ReadValue()
	if err != nil {
		return syntax(err)
	}
	if d.name, err = jsontext.AppendUnquote(d.name[:0], name); err != nil {
		return syntax(err)
	}
	column, wanted := d.index[string(d.name)]
	value, err := d.json.ReadValue()
	if err != nil {
		return syntax(err)
	}
	if !wanted || d.skip[string(d.name)] {
		return nil
	}
	if err := d.append[column](value); err != nil {
		return &columnError{string(d.name), err}
	}
	d.seen[column] = d.rows + 1
	return nil
}

// batch takes the collected records.
func (d *recordDecoder) batch() arrow.RecordBatch {
	columns := make([]arrow.Array, len(d.columns))
	for i, builder := range d.columns {
		columns[i] = builder.NewArray()
	}
	batch := array.NewRecordBatch(d.schema, columns, int64(d.rows))
	clear(d.seen)
	d.rows = 0
	return batch
}

// syntax takes the name of the decoding package out of an error's text.
func syntax(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it ends in the middle")
	}
	return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "jsontext: "))
}

func shorten(value []byte) string {
	const most = 40
	if len(value) <= most {
		return string(value)
	}
	return strings.ToValidUTF8(string(value[:most]), "") + "…"
}
