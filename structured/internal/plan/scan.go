package plan

import (
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// Relation is a table that a query reads, and is told apart by its address: two scans
// of one Relation read the same rows and have one place in the query's offsets.
type Relation struct {
	Name      string // of its source, for printing
	Schema    types.Schema
	Streaming bool // whether it grows while the query runs

	// Rows is how many rows it has at most; 0 if that is not known.
	Rows int64
}

// Scan is the rows of a relation.
type Scan struct {
	Relation *Relation

	// Columns are the positions in the relation's schema of the columns that are read,
	// ascending.
	Columns []int

	// Predicate, if not nil, is a condition on the columns that are read. Only rows
	// for which it is true belong to the result.
	Predicate bound.Expr
}

// NewScan returns the whole relation.
func NewScan(relation *Relation) *Scan {
	scan := &Scan{Relation: relation, Columns: make([]int, relation.Schema.Len())}
	for i := range scan.Columns {
		scan.Columns[i] = i
	}
	return scan
}

// Output returns the columns that are read.
func (s *Scan) Output() []Column {
	columns := make([]Column, len(s.Columns))
	for i, field := range s.Columns {
		columns[i] = Column{Field: s.Relation.Schema.Fields[field]}
	}
	return columns
}

// Children returns nothing.
func (s *Scan) Children() []Node { return nil }

// With returns the scan itself.
func (s *Scan) With([]Node) Node { return s }

func (s *Scan) String() string {
	kind := "Scan "
	if s.Relation.Streaming {
		kind = "StreamScan "
	}
	names := s.Relation.Schema.Select(s.Columns).Names()
	text := kind + s.Relation.Name + " [" + strings.Join(names, ", ") + "]"
	if s.Predicate != nil {
		text += " where " + s.Predicate.String()
	}
	return text
}
