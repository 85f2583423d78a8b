package microbatch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tidewheel/tidewheel/internal/journal"
	"github.com/tidewheel/tidewheel/structured/source"
)

// What the journal keeps of a batch, as far as it does not understand it. Each begins
// with a byte that says which format it is; numbers are varints, texts have their
// length before them.
//
//	ranges      1 | number of sources | for each: start, end
//	            2 | the same | what becomes of bad rows, a byte; 1 stands for 0
//	watermarks  1 | watermark | late (signed, µs)
//	            2 | the same | policy, a byte; 1 stands for 0
//	answers     1 | watermark (signed, µs) | due (0 or 1) | number of sinks
//	              | for each: 0, or 1 and its token
const (
	recordFormat     = 1
	badRowsFormat    = 2 // of ranges
	watermarksFormat = 2
)

func encodePlan(p Plan) journal.Plan {
	format := byte(recordFormat)
	if p.BadRows != FailOnBadRows {
		format = badRowsFormat
	}
	ranges := binary.AppendUvarint([]byte{format}, uint64(len(p.Ranges)))
	for _, r := range p.Ranges {
		ranges = appendText(ranges, r.Start)
		ranges = appendText(ranges, r.End)
	}
	if format == badRowsFormat {
		ranges = append(ranges, byte(p.BadRows))
	}
	watermarks := binary.AppendVarint([]byte{watermarksFormat}, p.Watermark)
	watermarks = binary.AppendVarint(watermarks, p.Late)
	return journal.Plan{
		Batch: p.Batch, Time: p.Time, Partitions: p.Partitions,
		Ranges: ranges, Watermarks: append(watermarks, byte(p.Policy)),
	}
}

func decodePlan(logged journal.Plan) (Plan, error) {
	p := Plan{Batch: logged.Batch, Time: logged.Time, Partitions: logged.Partitions}
	d := newDecoder(logged.Ranges, recordFormat, badRowsFormat)
	for range d.count() {
		p.Ranges = append(p.Ranges, Range{source.Offset(d.text()), source.Offset(d.text())})
	}
	if d.format == badRowsFormat {
		if kind := d.take(1); len(kind) == 1 && BadRows(kind[0]) <= DeadLetters {
			p.BadRows = BadRows(kind[0])
		} else {
			d.fail()
		}
	}
	if err := d.end(); err != nil {
		return Plan{}, fmt.Errorf("ranges of batch %d in the log: %w", logged.Batch, err)
	}
	d = newDecoder(logged.Watermarks, recordFormat, watermarksFormat)
	p.Watermark, p.Late = d.signed(), d.signed()
	if d.format == watermarksFormat && d.flag() {
		p.Policy = Fastest
	}
	if err := d.end(); err != nil {
		return Plan{}, fmt.Errorf("watermarks of batch %d in the log: %w", logged.Batch, err)
	}
	return p, nil
}

func encodeAnswer(a Answer) []byte {
	dst := binary.AppendVarint([]byte{recordFormat}, a.Watermark)
	due := byte(0)
	if a.Due {
		due = 1
	}
	dst = binary.AppendUvarint(append(dst, due), uint64(len(a.Tokens)))
	for _, token := range a.Tokens {
		if token == nil {
			dst = append(dst, 0)
			continue
		}
		dst = appendText(append(dst, 1), token)
	}
	return dst
}

func decodeAnswer(done journal.Done) (Answer, error) {
	d := newDecoder(done.Answers, recordFormat)
	a := Answer{Watermark: d.signed(), Due: d.flag()}
	for range d.count() {
		var token []byte
		if d.flag() {
			token = append([]byte{}, d.text()...)
		}
		a.Tokens = append(a.Tokens, token)
	}
	if err := d.end(); err != nil {
		return Answer{}, fmt.Errorf("answers of batch %d in the log: %w", done.Batch, err)
	}
	return a, nil
}

func appendText[T ~string | ~[]byte](dst []byte, text T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

// decoder reads a record. After the first mistake all reads give zero, and end says
// what it was.
type decoder struct {
	rest   []byte
	format byte
	err    error
}

var errMalformed = errors.New("it is malformed")

func newDecoder(record []byte, formats ...byte) *decoder {
	d := &decoder{rest: record}
	if format := d.take(1); d.err == nil {
		if d.format = format[0]; !slices.Contains(formats, d.format) {
			d.err = fmt.Errorf("it has format %d and this program reads %v", d.format, formats)
		}
	}
	return d
}

// take returns the next n bytes.
func (d *decoder) take(n uint64) []byte {
	if d.err != nil || n > uint64(len(d.rest)) {
		d.fail()
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errMalformed
	}
	d.rest = nil
}

func (d *decoder) unsigned() uint64 {
	value, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

func (d *decoder) signed() int64 {
	value, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

// count is a number of things that take at least a byte each.
func (d *decoder) count() uint64 {
	n := d.unsigned()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) flag() bool {
	b := d.take(1)
	if len(b) == 1 && b[0] > 1 {
		d.fail()
	}
	return len(b) == 1 && b[0] == 1
}

func (d *decoder) text() []byte { return d.take(d.unsigned()) }

// end returns the first mistake, or that something is left over.
func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		return fmt.Errorf("%d bytes are left over", len(d.rest))
	}
	return d.err
}
