package manifest

import (
	"bytes"
	"encoding/json/v2"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

const version = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode frames value as a file of the given kind.
func encode(kind string, value any) ([]byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	head := fmt.Appendf(nil, "tidewheel %s %d %08x\n", kind, version, crc32.Checksum(body, castagnoli))
	return append(head, body...), nil
}

// tornError says that a file is empty or does not match its checksum.
type tornError struct{ reason string }

func (e *tornError) Error() string { return e.reason }

// decode reads what encode wrote. What a crash can leave is a *tornError.
func decode(kind string, data []byte, value any) error {
	head, body, ok := bytes.Cut(data, []byte("\n"))
	if !ok {
		return &tornError{"it has no complete first line"}
	}
	fields := bytes.Fields(head)
	if len(fields) != 4 || string(fields[0]) != "tidewheel" || string(fields[1]) != kind {
		return &tornError{fmt.Sprintf("its first line is not that of a %s", kind)}
	}
	if string(fields[2]) != strconv.Itoa(version) {
		return fmt.Errorf("its format is version %s and this program reads version %d", fields[2], version)
	}
	sum, err := strconv.ParseUint(string(fields[3]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(body, castagnoli) {
		return &tornError{"its checksum does not match"}
	}
	return json.Unmarshal(body, value)
}

// contents reads a whole file.
func contents(fs env.FS, name string) ([]byte, error) {
	f, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	data := make([]byte, f.Size())
	if _, err = f.ReadAt(data, 0); err == io.EOF {
		err = nil
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return data, err
}

// read reads and decodes a file.
func read(fs env.FS, name, kind string, value any) error {
	data, err := contents(fs, name)
	if err == nil {
		err = decode(kind, data, value)
	}
	if err != nil {
		return fmt.Errorf("read %s %s: %w", kind, name, err)
	}
	return nil
}

// write makes a file exclusively and syncs it; its directory is the caller's to
// sync.
func write(fs env.FS, name string, data []byte) error {
	f, err := fs.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && !mutate.On(2) {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// replace puts a new file in the place of whatever has the name.
func replace(fs env.FS, name string, data []byte) error {
	temporary := name + ".new"
	if err := removeIfPresent(fs, temporary); err != nil {
		return err
	}
	if err := write(fs, temporary, data); err != nil {
		return err
	}
	return fs.Rename(temporary, name)
}
