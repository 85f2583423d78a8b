package rdd

import (
	"fmt"

	"github.com/tidewheel/tidewheel/scheduler"
)

// TextSegment is a stretch of a file: the lines that begin in it.
type TextSegment struct {
	File     string
	From, To int64 // bytes; what lies behind To is read only to end the last line
}

// TextSegments makes a collection of the lines of stretches of files, one partition
// for each list, for engine packages that know which parts of which files they
// want. Lines are as in TextFile.
func (s *Session) TextSegments(partitions [][]TextSegment) RDD[string] {
	n, _ := s.sourceNode("TextSegments", []SourceOption{Partitions(max(1, len(partitions)))})
	return RDD[string]{elements(n, func(task *scheduler.Task, partition int) Chunks[string] {
		return func(yield func([]string, error) bool) {
			if partition >= len(partitions) {
				return
			}
			for _, segment := range partitions[partition] {
				for chunk, err := range (split{segment.File, segment.From, segment.To}).lines(task) {
					if err != nil {
						err = fmt.Errorf("lines of %s: %w", segment.File, err)
					}
					if !yield(chunk, err) || err != nil {
						return
					}
				}
			}
		}
	})}
}
