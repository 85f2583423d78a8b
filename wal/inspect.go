package wal

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/internal/env"
)

// Report says of what a log consists.
type Report struct {
	Segments []Segment // in order
	Torn     TornTail
}

// Segment is one segment of a log.
type Segment struct {
	Epoch   uint64 // of its writer
	Number  uint32 // within the epoch
	ValidTo int64  // offset up to which it is part of the log, in bytes
}

// TornTail is what a crash left behind the last valid frame of a log. It is dropped.
type TornTail struct {
	Segment string // path of the last segment
	Offset  int64  // where its valid frames end
	Bytes   int64  // how many bytes lie behind that; 0 if there is no torn tail
}

// Inspect says of what a log consists. Its errors are those of Records; it reads
// only the last segment from end to end.
func Inspect(e env.Env, dir string) (Report, error) {
	s, err := takeSurvey(e.FS(), dir)
	if err != nil {
		return Report{}, err
	}
	return s.report(), nil
}

func (s *survey) report() Report {
	if !s.found {
		return Report{}
	}
	report := Report{Torn: s.torn}
	for _, segment := range s.segments {
		report.Segments = append(report.Segments, Segment{segment.id.epoch, segment.id.number, segment.end})
	}
	return report
}

// String returns one line a segment, and one for a torn tail.
func (r Report) String() string {
	var b strings.Builder
	for _, s := range r.Segments {
		fmt.Fprintf(&b, "segment %d-%d valid to %d\n", s.Epoch, s.Number, s.ValidTo)
	}
	if r.Torn.Bytes > 0 {
		fmt.Fprintf(&b, "torn tail: %d bytes dropped at offset %d of %s\n", r.Torn.Bytes, r.Torn.Offset, r.Torn.Segment)
	}
	return b.String()
}
