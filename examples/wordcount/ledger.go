package wordcount

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Ledger is a file to which batches of counts are appended, each exactly once, in
// order. A batch that comes again after a crash, with the same number and the same
// counts, is known by its number and has no effect.
//
// Each count is a line. The last line of a batch says its number and the CRC-32 of
// the lines before it; what a crash left of a batch without a valid last line does
// not count, and is cut off by the next OpenLedger.
//
//	12 the
//	3 of
//	batch 0 c5c3a2ef
//	14 the
//	batch 1 0ae51d3b
//
// One process writes a ledger at a time; a checkpoint's lock sees to that.
type Ledger struct {
	file *os.File
	last int64 // the newest batch; -1: none
}

// LedgerBatch is one batch of a ledger.
type LedgerBatch struct {
	ID     int64
	Counts []Count
}

// OpenLedger opens a ledger for appending, and makes it if there is none.
func OpenLedger(name string) (*Ledger, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	l := &Ledger{file: file, last: -1}
	if err := l.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", name, err), file.Close())
	}
	return l, nil
}

// recover finds the end of the last whole batch and makes sure of all before it: a
// process that was killed may not have come to its sync.
func (l *Ledger) recover() error {
	data, err := io.ReadAll(l.file)
	if err != nil {
		return err
	}
	batches, end, err := parseLedger(data)
	if err != nil {
		return err
	}
	if len(batches) > 0 {
		l.last = batches[len(batches)-1].ID
	}
	if err := l.file.Truncate(int64(end)); err != nil {
		return err
	}
	if _, err := l.file.Seek(int64(end), io.SeekStart); err != nil {
		return err
	}
	return errors.Join(l.file.Sync(), syncDirectory(filepath.Dir(l.file.Name())))
}

// Add appends a batch and returns when it is durable. After an error the ledger must
// be opened anew.
func (l *Ledger) Add(id int64, counts []Count) error {
	if id <= l.last {
		return nil // it was added before a crash
	}
	var lines []byte
	for _, c := range counts {
		lines = fmt.Appendln(lines, c)
	}
	lines = fmt.Appendf(lines, "batch %d %08x\n", id, crc32.ChecksumIEEE(lines))
	if _, err := l.file.Write(lines); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	l.last = id
	return nil
}

// Close closes the file. Calls after the first do nothing.
func (l *Ledger) Close() error {
	if err := l.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// ReadLedger returns the whole batches of a ledger, in the order in which they were
// added. It may be called while another process appends.
func ReadLedger(name string) ([]LedgerBatch, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	batches, _, err := parseLedger(data)
	if err != nil {
		return nil, fmt.Errorf("read ledger %s: %w", name, err)
	}
	return batches, nil
}

// parseLedger returns the whole batches and where the last of them ends.
func parseLedger(data []byte) (batches []LedgerBatch, end int, err error) {
	var batch LedgerBatch
	for at := 0; ; {
		length := bytes.IndexByte(data[at:], '\n')
		if length < 0 {
			return batches, end, nil
		}
		line, next := string(data[at:at+length]), at+length+1
		if !strings.HasPrefix(line, "batch ") {
			if c, err := ParseCount(line); err == nil { // else its batch fails the checksum
				batch.Counts = append(batch.Counts, c)
			}
			at = next
			continue
		}
		last := fmt.Sprintf("batch %d %08x", batchNumber(line), crc32.ChecksumIEEE(data[end:at]))
		switch {
		case line == last:
			batch.ID = batchNumber(line)
			batches, batch = append(batches, batch), LedgerBatch{}
			at, end = next, next
		case next < len(data):
			return nil, 0, fmt.Errorf("the batch at byte %d ends with %q and not with %q, and more follows", end, line, last)
		default:
			return batches, end, nil
		}
	}
}

func batchNumber(line string) (id int64) {
	_, _ = fmt.Sscanf(line, "batch %d ", &id) // 0 fails the comparison of the whole line
	return id
}

func syncDirectory(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
