package source

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tidewheel/tidewheel/structured/types"
)

// MalformedMode is what becomes of a record that is malformed: one that is no JSON
// object, or has a value that is not of its column's type.
type MalformedMode uint8

// The modes. A record is malformed whichever columns a query reads. All but FailFast
// decode each line twice.
const (
	FailFast      MalformedMode = iota // the query fails; the default
	DropMalformed                      // there is no row for it
	Permissive                         // what cannot be read is null; CorruptRecord has the line
)

// CorruptRecord is the column that has the lines of malformed records in mode
// Permissive, and null for others, if the schema has it, as a string.
const CorruptRecord = "_corrupt_record"

// Malformed is the option that says what becomes of malformed records of JSON lines.
// Default: FailFast. Lines of text are never malformed.
func Malformed(mode MalformedMode) FileOption {
	return func(o *fileOptions) { o.malformed = mode }
}

// columnError is a value that is not of its column's type.
type columnError struct {
	column string
	err    error
}

func (e *columnError) Error() string { return fmt.Sprintf("column %q: %v", e.column, e.err) }
func (e *columnError) Unwrap() error { return e.err }

// lineDecoder decodes lines in a mode.
type lineDecoder struct {
	*recordDecoder
	mode    MalformedMode
	all     types.Schema   // the columns that decide whether a record is malformed
	trial   *recordDecoder // of all columns; nil in mode FailFast
	corrupt *array.StringBuilder
	at      int // of the column CorruptRecord
}

// lines decodes the columns that are wanted.
func (f jsonFormat) lines(wanted types.Schema, mode MalformedMode) *lineDecoder {
	d := &lineDecoder{recordDecoder: newRecordDecoder(wanted), mode: mode}
	if mode == FailFast {
		return d
	}
	for _, field := range f.columns.Fields {
		if mode != Permissive || field.Name != CorruptRecord {
			d.all.Fields = append(d.all.Fields, field)
		}
	}
	d.trial = newRecordDecoder(d.all)
	if at := wanted.Index(CorruptRecord); at >= 0 && mode == Permissive {
		d.corrupt, _ = d.columns[at].(*array.StringBuilder)
		d.at = at
		delete(d.index, wanted.Fields[at].Name)
	}
	return d
}

// decode adds the record of a line, or what the mode makes of it.
func (d *lineDecoder) decode(line []byte) error {
	if d.mode == FailFast {
		return d.recordDecoder.decode(line)
	}
	skip, readable := d.try(line)
	switch {
	case readable && len(skip) == 0:
		return d.recordDecoder.decode(line)
	case d.mode == DropMalformed:
		return nil
	}
	if d.corrupt != nil {
		d.corrupt.Append(string(line))
		d.seen[d.at] = d.rows + 1
	}
	if !readable {
		d.end()
		return nil
	}
	d.skip = skip
	err := d.recordDecoder.decode(line)
	d.skip = nil
	return err
}

// try finds the members of a line that cannot be read; it is not readable at all if it
// is no object.
func (d *lineDecoder) try(line []byte) (skip map[string]bool, readable bool) {
	for {
		if d.trial.rows == batchRows {
			d.trial.batch().Release()
		}
		d.trial.skip = skip
		err := d.trial.decode(line)
		d.trial.skip = nil
		if err == nil {
			return skip, true
		}
		d.trial = newRecordDecoder(d.all) // what was decoded of the line is in its columns
		wrong, ok := errors.AsType[*columnError](err)
		if !ok {
			return nil, false
		}
		if skip == nil {
			skip = map[string]bool{}
		}
		skip[wrong.column] = true
	}
}
