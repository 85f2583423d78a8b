package sim

import (
	"strings"

	"github.com/cespare/xxhash/v2"
)

// operation is the kind of an I/O point.
type operation uint8

const (
	opPark operation = iota
	opYield
	opProbe
	opCall
	opTask
	opFetch
	opCreate
	opOpenAppend
	opOpen
	opRead
	opAppend
	opSync
	opRename
	opRemove
	opList
	opStat
	opMkdir
	opSyncDir
	opLock
	opDial
	opListen
	opAccept
	opReceive
	opSend
	operations
)

var operationNames = [operations]string{
	"park", "yield", "probe", "call", "task", "fetch", "create", "openappend", "open", "read", "append", "sync",
	"rename", "remove", "list", "stat", "mkdir", "syncdir", "lock",
	"dial", "listen", "accept", "receive", "send",
}

// site is a place of a program at which points occur.
type site struct {
	index     int
	operation operation
	name      string
	hash      uint64
}

// Sites knows the names of I/O points. Worlds that run one after another on one
// goroutine can share it, so that each need not build the names anew.
type Sites struct {
	byPath [operations]map[string]*site
	byName map[string]*site
}

// NewSites returns an empty Sites.
func NewSites() *Sites {
	s := &Sites{byName: make(map[string]*site)}
	for op := range s.byPath {
		s.byPath[op] = make(map[string]*site)
	}
	return s
}

// of returns the site of an operation on a path or, for opCall, of that name.
func (s *Sites) of(op operation, path string) *site {
	if known := s.byPath[op][path]; known != nil {
		return known
	}
	name := path
	if op != opCall && op != opTask && op != opFetch {
		name = operationNames[op] + "(" + Class(path) + ")"
	}
	known := s.byName[name]
	if known == nil {
		known = &site{index: len(s.byName), operation: op, name: name, hash: xxhash.Sum64String(name)}
		s.byName[name] = known
	}
	s.byPath[op][path] = known
	return known
}

// Class is the part of a path that stays the same from run to run: each UUID,
// each run of eight or more hexadecimal digits that holds a decimal one, and each
// run of decimal digits becomes a star. So "log/0000000002-000001.log" is of the
// class "log/*-*.log".
func Class(path string) string {
	if path != "/" {
		path = strings.TrimPrefix(path, "/")
	}
	if !strings.ContainsAny(path, "0123456789") {
		return path
	}
	var class strings.Builder
	for i := 0; i < len(path); {
		switch n := variable(path[i:], i > 0 && isWord(path[i-1])); {
		case n > 0:
			class.WriteByte('*')
			i += n
		default:
			class.WriteByte(path[i])
			i++
		}
	}
	return class.String()
}

// variable returns the length of what becomes a star at the beginning of s, or 0.
// Within a word only decimal digits do.
func variable(s string, inWord bool) int {
	if !inWord {
		if n := uuid(s); n > 0 {
			return n
		}
		if n := hexRun(s); n >= 8 && strings.ContainsAny(s[:n], "0123456789") && (n == len(s) || !isWord(s[n])) {
			return n
		}
	}
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// uuid returns 36 if s begins with a UUID in text form, else 0.
func uuid(s string) int {
	at := 0
	for i, digits := range [...]int{8, 4, 4, 4, 12} {
		if i > 0 {
			if at >= len(s) || s[at] != '-' {
				return 0
			}
			at++
		}
		if hexRun(s[at:]) != digits {
			return 0
		}
		at += digits
	}
	return at
}

func hexRun(s string) int {
	n := 0
	for n < len(s) && (isDigit(s[n]) || 'a' <= s[n]|0x20 && s[n]|0x20 <= 'f') {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }
