package wal

import (
	"context"
	"fmt"
	"hash/crc32"
)

// RemoveBefore removes the segments that lie wholly before a position. Records
// before it that share a segment with later ones stay. It first logs, durably, from
// where the log goes on, so that a missing segment is told from a removed one.
func (l *Log) RemoveBefore(ctx context.Context, p Position) error {
	if !l.raiseFirst(p) {
		return nil
	}
	if err := l.Sync(ctx); err != nil {
		return err
	}
	ids, err := listSegments(l.env.FS(), l.dir)
	if err != nil {
		return err
	}
	l.mu.Lock()
	first := l.first
	l.mu.Unlock()
	for _, id := range ids {
		if !id.less(first) {
			break
		}
		if err := l.env.FS().Remove(l.dir + "/" + id.fileName()); err != nil {
			return fmt.Errorf("remove log segment: %w", err)
		}
	}
	return nil
}

// raiseFirst logs that the log begins with the segment of p, and reports whether
// that is news.
func (l *Log) raiseFirst(p Position) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := l.first
	for _, id := range l.segments {
		if !p.segment().less(id) {
			first = id
		}
	}
	if !l.first.less(first) || l.err != nil {
		return false
	}
	l.first = first
	for l.segments[0].less(first) {
		l.segments = l.segments[1:]
	}
	payload := appendFirst(nil, first)
	l.add(payload, crc32.Checksum(payload, castagnoli), true, false)
	return true
}
