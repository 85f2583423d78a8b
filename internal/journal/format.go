package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/mutate"
)

// The format file is one line of words:
//
//	tidewheel <kind> <version> <id> <crc>
//
// The checksum is the CRC-32C, in hexadecimal, of the line up to and including the
// space before it.
const formatVersion = "1"

// openFormat reads the format file of a directory and returns the id in it. In a
// new directory there is a first start.
func openFormat(e env.Env, dir, kind string) (id string, err error) {
	name := dir + "/format"
	text, err := readSmall(e.FS(), name)
	if errors.Is(err, fs.ErrNotExist) {
		if id, err = firstStart(e, dir, kind); err != nil {
			return "", fmt.Errorf("journal %s: first start: %w", dir, err)
		}
		return id, nil
	}
	if err != nil {
		return "", fmt.Errorf("journal %s: %w", dir, err)
	}
	if id, err = parseFormat(name, text, kind); err != nil {
		return "", err
	}
	// Whoever made the file may have ended before its entry was durable, and no other
	// entry may be durable before it.
	if err := e.FS().SyncDir(dir); err != nil {
		return "", fmt.Errorf("journal %s: %w", dir, err)
	}
	return id, nil
}

func parseFormat(name, text, kind string) (id string, err error) {
	words := strings.Fields(text)
	switch {
	case len(words) < 3 || words[0] != "tidewheel":
		return "", &FormatError{name, "the file is damaged, or not of tidewheel: use another directory, or restore this one"}
	case words[2] != formatVersion:
		return "", &FormatError{name, fmt.Sprintf("the directory has format version %s, and this version of tidewheel reads version %s only: "+
			"open it with the version that wrote it", words[2], formatVersion)}
	case len(words) != 5 || text != formatLine(words[1], words[3]):
		return "", &FormatError{name, "the file is damaged: restore it, or use another directory"}
	case words[1] != kind:
		return "", wrongKind(name, words[1], kind)
	}
	return words[3], nil
}

func wrongKind(name, have, want string) error {
	return &FormatError{name, fmt.Sprintf("the directory belongs to a %s, not to a %s: use another directory", have, want)}
}

func formatLine(kind, id string) string {
	line := fmt.Sprintf("tidewheel %s %s %s ", kind, formatVersion, id)
	return fmt.Sprintf("%s%08x\n", line, crc32.Checksum([]byte(line), crc32.MakeTable(crc32.Castagnoli)))
}

// writeFormat writes the file all or nothing, under a name of the writer's own first.
func writeFormat(files env.FS, dir, writer, line string) error {
	temporary := dir + "/format." + writer
	err := removeIfThere(files, temporary)
	if err == nil {
		err = writeSynced(files, temporary, line)
	}
	if err == nil {
		err = files.Rename(temporary, dir+"/format")
	}
	if err == nil {
		err = files.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write the format file: %w", err)
	}
	return nil
}

func writeSynced(files env.FS, name, text string) error {
	file, err := files.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, text)
	if err == nil && !mutate.On(2) {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// newID draws a random UUID (version 4). The time keeps apart two journals that one
// process makes at the same place, one after the other.
func newID(e env.Env, dir string) string {
	random := e.Rand("journal id " + dir)
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], random.Uint64())
	binary.LittleEndian.PutUint64(b[8:], random.Uint64()^uint64(e.Now().UnixNano()))
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// readSmall reads a file that is expected to be small.
func readSmall(files env.FS, name string) (text string, err error) {
	r, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b := make([]byte, min(r.Size(), 4096))
	if _, err := r.ReadAt(b, 0); err != nil && err != io.EOF {
		return "", err
	}
	return string(b), nil
}
