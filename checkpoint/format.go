package checkpoint

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// A snapshot is a file named <name>@<version>, the version in decimal, padded to 20
// digits; while it is written, .<number>-<number>.tmp follows. All integers are
// little endian; every checksum is CRC-32C. The file is a header, blocks, and a
// footer, after which it ends:
//
//	 0       7 8     12        20       22
//	+---------+-----+---------+--------+--------+-----+
//	| magic v | crc | version | length | name … | crc |
//	+---------+-----+---------+--------+--------+-----+
//
//	crc      first of the 8 bytes before it, so that a file of another format version
//	         is told from a damaged one; then of all bytes before it: it is the
//	         file's key
//	length   of the name, in bytes
//
//	 0        4     8
//	+--------+-----+-----------+
//	| length | crc | content … |     length 1 to 65,536
//	+--------+-----+-----------+
//
//	 0     4     8        16
//	+-----+-----+--------+--------+
//	|  0  | crc | blocks | length |  footer; length is that of all content, in bytes
//	+-----+-----+--------+--------+
//
//	crc      starting from the file's key, of the offset in the file (8 bytes) and of
//	         all of the block or footer but the crc: it is valid only in its place in
//	         its file
const (
	magic         = "tidesnp"
	formatVersion = 1
	preludeSize   = 12
	headerSize    = 22 // without the name and the crc behind it
	blockHeader   = 8
	footerSize    = 24
	maxBlock      = 64 << 10
	maxName       = 128
	tempSuffix    = ".tmp"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// id names a snapshot.
type id struct {
	name    string
	version int64
}

func (i id) String() string { return fmt.Sprintf("%s version %d", i.name, i.version) }

func (i id) fileName() string { return fmt.Sprintf("%s@%020d", i.name, i.version) }

// parseFileName returns the snapshot that a file holds. Files whose names are not
// exactly those of snapshots belong to others.
func parseFileName(file string) (i id, ok bool) {
	name, digits, _ := strings.Cut(file, "@")
	version, err := strconv.ParseInt(digits, 10, 64)
	i = id{name, version}
	return i, err == nil && i.check() == nil && i.fileName() == file
}

// check says what is wrong with a snapshot's name or version.
func (i id) check() error {
	switch {
	case i.name == "" || len(i.name) > maxName:
		return fmt.Errorf("the name of a snapshot has %d characters, and must have 1 to %d", len(i.name), maxName)
	case i.name[0] == '.':
		return fmt.Errorf("snapshot name %q begins with a dot", i.name)
	case strings.ContainsFunc(i.name, func(r rune) bool { return !isNameRune(r) }):
		return fmt.Errorf("snapshot name %q has characters other than letters a–z and A–Z, digits, '.', '_' and '-'", i.name)
	case i.version < 0:
		return fmt.Errorf("snapshot version %d is negative", i.version)
	default:
		return nil
	}
}

func isNameRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r)
}

// appendHeader appends the header of a snapshot's file and returns the file's key.
func appendHeader(dst []byte, i id) (header []byte, key uint32) {
	start := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, formatVersion)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(i.version))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(i.name)))
	dst = append(dst, i.name...)
	key = crc32.Checksum(dst[start:], castagnoli)
	return binary.LittleEndian.AppendUint32(dst, key), key
}

// blockChecksum is the checksum of a block or footer at an offset of a file.
func blockChecksum(key uint32, offset int64, length uint32, content []byte) uint32 {
	var place [12]byte
	binary.LittleEndian.PutUint64(place[:], uint64(offset))
	binary.LittleEndian.PutUint32(place[8:], length)
	return crc32.Update(crc32.Update(key, castagnoli, place[:]), castagnoli, content)
}
