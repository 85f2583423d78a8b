package wal

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// A log is a directory of segments named <epoch>-<number>.log, both decimal, padded
// to 10 and 6 digits. All integers in them are little endian; every checksum is
// CRC-32C. A segment is a header and then frames to the end of the file:
//
//	 0        7 8         16       20             24              32             40   44
//	+----------+-----------+--------+--------------+---------------+--------------+-----+
//	| magic  v | epoch     | number | first number | first epoch   | previous end | crc |
//	+----------+-----------+--------+--------------+---------------+--------------+-----+
//
//	first         the oldest segment of the log that was still needed
//	previous end  the size of segment number−1 of this epoch, 0 if number is 0: that
//	              segment was durable up to there before this one was made
//	crc           of the 40 bytes before it
//
//	 0        4        8             12           16
//	+--------+--------+-------------+------------+-----------
//	| length | behind | payload crc | header crc | payload …
//	+--------+--------+-------------+------------+-----------
//
//	length      bits 0–29 bytes of payload; bit 30 control frame; bit 31 always set,
//	            so that zeros are never a frame
//	behind      how many bytes before this frame the durable part of the segment
//	            ended when the frame was made; all ones if that is too far to say.
//	            No part of segment 0 is durable when its first frames are made; of
//	            all others the header is, before a frame is made
//	header crc  of epoch, number, offset in the file (8 bytes each), and the 12 bytes
//	            before it: a frame is valid only in its own place
//
// The payload of a control frame begins with a byte that says what it is:
//
//	1  valid-to list: the first frame of segment 0 and only there. How many bytes of
//	   frames behind it were written with it: without them the segment does not count.
//	   Then, for each earlier segment that is part of the log, in order: epoch, number,
//	   valid to. All are uvarints.
//	2  first: epoch, number (uvarints) of the oldest segment that is still needed,
//	   from here on instead of what the header says.
const (
	magic             = "tidewal"
	formatVersion     = 1
	segmentHeaderSize = 44
	frameHeaderSize   = 16

	lengthMask   = 1<<30 - 1
	controlFlag  = 1 << 30
	presentFlag  = 1 << 31
	behindTooFar = 1<<32 - 1

	controlValidTo = 1
	controlFirst   = 2
)

// MaxRecord is the largest record, in bytes.
const MaxRecord = lengthMask

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// segmentID names a segment. Segments are ordered by epoch, then by number.
type segmentID struct {
	epoch  uint64
	number uint32
}

func (a segmentID) compare(b segmentID) int {
	return cmp.Or(cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.number, b.number))
}

func (a segmentID) less(b segmentID) bool { return a.compare(b) < 0 }

func (a segmentID) fileName() string { return fmt.Sprintf("%010d-%06d.log", a.epoch, a.number) }

// parseFileName returns the segment that a file of a log's directory holds. Files
// whose names are not exactly those of segments belong to others.
func parseFileName(name string) (id segmentID, ok bool) {
	epoch, number, found := strings.Cut(strings.TrimSuffix(name, ".log"), "-")
	if !found {
		return id, false
	}
	id.epoch, _ = strconv.ParseUint(epoch, 10, 64)
	n, _ := strconv.ParseUint(number, 10, 32)
	id.number = uint32(n)
	return id, id.fileName() == name
}

// segmentHeader is what a segment begins with, decoded.
type segmentHeader struct {
	id          segmentID
	first       segmentID
	previousEnd int64
}

func (h segmentHeader) append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, formatVersion)
	dst = binary.LittleEndian.AppendUint64(dst, h.id.epoch)
	dst = binary.LittleEndian.AppendUint32(dst, h.id.number)
	dst = binary.LittleEndian.AppendUint32(dst, h.first.number)
	dst = binary.LittleEndian.AppendUint64(dst, h.first.epoch)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.previousEnd))
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// decodeSegmentHeader reports whether b begins with an intact header of this
// version. If it begins with one of another version, that version is returned.
func decodeSegmentHeader(b []byte) (h segmentHeader, version int, ok bool) {
	if len(b) <= len(magic) || string(b[:len(magic)]) != magic {
		return h, 0, false
	}
	if version = int(b[len(magic)]); version != formatVersion {
		return h, version, false
	}
	if len(b) < segmentHeaderSize || crc32.Checksum(b[:40], castagnoli) != binary.LittleEndian.Uint32(b[40:]) {
		return h, version, false
	}
	h.id = segmentID{binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[16:])}
	h.first = segmentID{binary.LittleEndian.Uint64(b[24:]), binary.LittleEndian.Uint32(b[20:])}
	h.previousEnd = int64(binary.LittleEndian.Uint64(b[32:]))
	return h, version, h.previousEnd >= 0
}

// frameHeader is what a frame begins with, decoded.
type frameHeader struct {
	length     int
	control    bool
	behind     uint32
	payloadCRC uint32
}

// durableTo returns the offset up to which the segment was durable when the frame
// at the given offset was made.
func (h frameHeader) durableTo(offset int64) int64 {
	if h.behind == behindTooFar {
		return 0
	}
	return offset - int64(h.behind)
}

// behindOf is the inverse of durableTo.
func behindOf(offset, durable int64) uint32 {
	return uint32(min(offset-durable, behindTooFar))
}

func (h frameHeader) append(dst []byte, id segmentID, offset int64) []byte {
	length := uint32(h.length) | presentFlag
	if h.control {
		length |= controlFlag
	}
	start := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, length)
	dst = binary.LittleEndian.AppendUint32(dst, h.behind)
	dst = binary.LittleEndian.AppendUint32(dst, h.payloadCRC)
	return binary.LittleEndian.AppendUint32(dst, headerCRC(id, offset, dst[start:]))
}

// decodeFrameHeader reports whether b begins with the intact header of a frame
// that was made for that offset of the segment.
func decodeFrameHeader(b []byte, id segmentID, offset int64) (h frameHeader, ok bool) {
	if len(b) < frameHeaderSize {
		return h, false
	}
	length := binary.LittleEndian.Uint32(b)
	behind := binary.LittleEndian.Uint32(b[4:])
	if length&presentFlag == 0 || behind != behindTooFar && int64(behind) > offset {
		return h, false
	}
	if headerCRC(id, offset, b[:12]) != binary.LittleEndian.Uint32(b[12:]) {
		return h, false
	}
	return frameHeader{
		length:     int(length & lengthMask),
		control:    length&controlFlag != 0,
		behind:     behind,
		payloadCRC: binary.LittleEndian.Uint32(b[8:]),
	}, true
}

func headerCRC(id segmentID, offset int64, fields []byte) uint32 {
	var b [36]byte
	binary.LittleEndian.PutUint64(b[0:], id.epoch)
	binary.LittleEndian.PutUint64(b[8:], uint64(id.number))
	binary.LittleEndian.PutUint64(b[16:], uint64(offset))
	copy(b[24:], fields)
	return crc32.Checksum(b[:], castagnoli)
}

// validTo is an entry of the valid-to list.
type validTo struct {
	id  segmentID
	end int64
}

func appendValidTo(dst []byte, tail int64, list []validTo) []byte {
	dst = append(dst, controlValidTo)
	dst = binary.AppendUvarint(dst, uint64(tail))
	for _, entry := range list {
		dst = binary.AppendUvarint(dst, entry.id.epoch)
		dst = binary.AppendUvarint(dst, uint64(entry.id.number))
		dst = binary.AppendUvarint(dst, uint64(entry.end))
	}
	return dst
}

func decodeValidTo(payload []byte) (tail int64, list []validTo, ok bool) {
	if len(payload) == 0 || payload[0] != controlValidTo {
		return 0, nil, false
	}
	var fields [3]uint64
	rest, ok := uvarints(payload[1:], fields[:1])
	if tail = int64(fields[0]); !ok || tail < 0 {
		return 0, nil, false
	}
	for len(rest) > 0 {
		if rest, ok = uvarints(rest, fields[:]); !ok {
			return 0, nil, false
		}
		entry := validTo{segmentID{fields[0], uint32(fields[1])}, int64(fields[2])}
		if fields[1] > 1<<32-1 || entry.end < segmentHeaderSize ||
			len(list) > 0 && !list[len(list)-1].id.less(entry.id) {
			return 0, nil, false
		}
		list = append(list, entry)
	}
	return tail, list, true
}

func appendFirst(dst []byte, first segmentID) []byte {
	dst = append(dst, controlFirst)
	dst = binary.AppendUvarint(dst, first.epoch)
	return binary.AppendUvarint(dst, uint64(first.number))
}

func decodeFirst(payload []byte) (first segmentID, ok bool) {
	if len(payload) == 0 || payload[0] != controlFirst {
		return first, false
	}
	var fields [2]uint64
	rest, ok := uvarints(payload[1:], fields[:])
	return segmentID{fields[0], uint32(fields[1])}, ok && len(rest) == 0 && fields[1] <= 1<<32-1
}

// uvarints fills values from the beginning of b and returns what follows them.
func uvarints(b []byte, values []uint64) (rest []byte, ok bool) {
	for i := range values {
		value, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, false
		}
		values[i], b = value, b[n:]
	}
	return b, true
}
