package physical

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Scan reads a source.
type Scan struct {
	Source int          // which of the query's sources
	Name   string       // of the source, as it prints itself
	Full   types.Schema // all columns that the source has

	// Columns are the positions in Full of the columns that are read, ascending.
	Columns []int

	// Predicate, if not nil, is a condition on the columns that are read (positions
	// in Columns, not in Full). Only rows for which it is true leave the scan. A
	// source may use it to read less; the scan tests every row that it gets all the
	// same.
	Predicate bound.Expr

	// Streaming is set if the source grows while the query runs.
	Streaming bool
}

// Schema returns the columns that are read.
func (s *Scan) Schema() types.Schema { return s.Full.Select(s.Columns) }

// Children returns nothing.
func (s *Scan) Children() []Node { return nil }

func (s *Scan) String() string {
	kind := "Scan"
	if s.Streaming {
		kind = "StreamScan"
	}
	text := fmt.Sprintf("%s %s [%s]", kind, s.Name, strings.Join(s.Schema().Names(), ", "))
	if s.Predicate != nil {
		text += " where " + s.Predicate.String()
	}
	return text
}
