package receiver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/tidewheel/tidewheel/internal/codec"
)

// A record of a receiver's log is one block. Numbers are varints; the mark and the type
// have their length before them:
//
//	+---+--------+-------------+------+------+-------+------------
//	| 1 | number | time (µs)   | mark | type | count | elements …
//	+---+--------+-------------+------+------+-------+------------
//
// type is the header of package codec, by which a program whose type is another one is
// refused. Of the log's old segments only those are removed that lie before the newest
// block: so the log always says how many blocks there have been, and what the newest
// mark is.
const (
	recordFormat = 1
	maxElements  = 1 << 30 // of a block whose elements take no bytes
)

func appendRecord[T any](dst []byte, c codec.Codec[T], b Block[T]) []byte {
	dst = append(dst, recordFormat)
	dst = binary.AppendUvarint(dst, uint64(b.Number))
	dst = binary.AppendVarint(dst, b.Time.UnixMicro())
	dst = binary.AppendUvarint(dst, uint64(len(b.mark)))
	dst = append(dst, b.mark...)
	dst = c.AppendHeader(dst)
	dst = binary.AppendUvarint(dst, uint64(len(b.Elements)))
	for i := range b.Elements {
		dst = c.Append(dst, &b.Elements[i])
	}
	return dst
}

var errMalformed = errors.New("the block is malformed")

func decodeRecord[T any](record []byte, c codec.Codec[T]) (b Block[T], err error) {
	if len(record) == 0 {
		return b, errMalformed
	}
	if record[0] != recordFormat {
		return b, fmt.Errorf("the block has format %d, and this version of tidewheel reads format %d only", record[0], recordFormat)
	}
	d := decoder{rest: record[1:]}
	b.Number = int64(d.unsigned())
	b.Time = time.UnixMicro(d.signed()).UTC()
	b.mark = Mark(d.take(d.unsigned()))
	if d.failed || b.Number < 0 {
		return b, errMalformed
	}
	rest, err := c.ReadHeader(d.rest)
	if err != nil {
		return b, err
	}
	d.rest = rest
	count := d.unsigned()
	if d.failed {
		return b, errMalformed
	}
	if count > uint64(len(d.rest)) {
		var none T
		if count > maxElements || len(c.Append(nil, &none)) > 0 { // else a type whose values take no bytes
			return b, errMalformed
		}
	}
	b.Elements = make([]T, count)
	for i := range b.Elements {
		if d.rest, err = c.Decode(d.rest, &b.Elements[i]); err != nil {
			return b, err
		}
	}
	if len(d.rest) > 0 {
		return b, errMalformed
	}
	return b, nil
}

// decoder reads the fields of a record. After the first failure all of them are zero.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) unsigned() uint64 {
	value, n := binary.Uvarint(d.rest)
	return advance(d, value, n)
}

func (d *decoder) signed() int64 {
	value, n := binary.Varint(d.rest)
	return advance(d, value, n)
}

func advance[N uint64 | int64](d *decoder, value N, n int) N {
	if n <= 0 || d.failed {
		d.rest, d.failed = nil, true
		return 0
	}
	d.rest = d.rest[n:]
	return value
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.rest, d.failed = nil, true
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}
