package syntax

import "github.com/tidewheel/tidewheel/structured/internal/bound"

// Query is a table as it is written in SQL: names of tables and columns are not
// looked up yet. Its dynamic type is a pointer to one of the structs below. The
// methods of a DataFrame need no such tree, as each is analysed upon the plan of the
// one before; both go through the same methods of analyze.Analyzer.
type Query interface {
	isQuery()
}

// Table is a table or view by its name.
type Table struct {
	Parts []string
	At    Position
}

// Values is rows that are written out.
type Values struct {
	Rows [][]Node // at least one, all of one length
}

// TableFunction is a function that gives rows, such as range or explode.
type TableFunction struct {
	Name string // in lower case
	Args []Node
	User bound.User // the function, if it is none of the engine's
	At   Position
}

// Call is the call of the function.
func (f *TableFunction) Call() Call { return Call{Function: f.Name, Args: f.Args, User: f.User} }

// Aliased names a table and, if Columns is not nil, all of its columns.
type Aliased struct {
	Input   Query
	Name    string // "" leaves the qualifiers as they are
	Columns []string
}

// Select is one query block. Its clauses apply in the order of the fields, but for
// Items, which come after Having, and Distinct, which comes last.
type Select struct {
	From     Query // nil: one row without columns
	Where    Node  // nil: all rows
	GroupBy  *Grouping
	Having   Node // nil: all groups
	Windows  []NamedWindow
	Items    []Node // expressions, Star, Alias or Aliases
	Distinct bool
	Hints    []Hint // which change no result
}

// Hint says how a query is best computed. Args are the names of tables and columns, and
// numbers.
type Hint struct {
	Name string
	Args []Node
}

// Grouping is a GROUP BY clause.
type Grouping struct {
	// All groups by every item that has no aggregate function.
	All bool

	// Elements are crossed with each other. One that is an expression alone is a Set
	// of one set.
	Elements []GroupingElement
}

// GroupingElement is one element of a GROUP BY clause: an expression, or one of
// ROLLUP, CUBE and GROUPING SETS.
type GroupingElement struct {
	Kind GroupingKind
	Sets [][]Node          // of Rollup and Cube: the levels; of Plain: one set with one expression
	Of   []GroupingElement // of Sets: the elements whose sets are joined
}

// GroupingKind tells grouping elements apart.
type GroupingKind uint8

// The kinds of grouping elements.
const (
	Plain GroupingKind = iota
	Rollup
	Cube
	GroupingSets
)

// NamedWindow is an entry of a WINDOW clause.
type NamedWindow struct {
	Name string
	Over Over
}

// JoinKind tells what becomes of rows without a match.
type JoinKind uint8

// The kinds of joins.
const (
	Inner JoinKind = iota
	LeftOuter
	RightOuter
	FullOuter
	LeftSemi
	LeftAnti
	Cross
)

func (k JoinKind) String() string {
	return [...]string{"inner", "left outer", "right outer", "full outer", "left semi", "left anti", "cross"}[k]
}

// Join is the pairs of rows of two tables for which a condition is true. At most one
// of On, Using and Natural is given.
type Join struct {
	Left, Right Query
	Kind        JoinKind
	On          Node
	Using       []string
	Natural     bool

	// Lateral lets the right side name columns of the left one.
	Lateral bool
}

// LateralView joins each row with the rows that a generator makes of it.
type LateralView struct {
	Input     Query
	Outer     bool // keep rows for which there are none
	Generator Call
	Name      string
	Columns   []string // nil: as the generator calls them
}

// SetOperator tells set operations apart.
type SetOperator uint8

// The set operators.
const (
	Union SetOperator = iota
	Intersect
	Except
)

func (o SetOperator) String() string { return [...]string{"union", "intersect", "except"}[o] }

// SetOperation combines the rows of two tables by the position of their columns.
type SetOperation struct {
	Operator    SetOperator
	All         bool // whether equal rows stay
	Left, Right Query
}

// Sorted orders the rows. Its keys may name columns of the table that Input selects
// from as well as of Input itself.
type Sorted struct {
	Input  Query
	Orders []Node
}

// Limited keeps the rows after the first Offset, and of these the first Limit.
type Limited struct {
	Input         Query
	Limit, Offset Node // nil: all; none
}

// With names queries for use in another one.
type With struct {
	Tables []CommonTable
	Query  Query
}

// CommonTable is one entry of a WITH clause.
type CommonTable struct {
	Name    string
	Columns []string // nil: as the query calls them
	Query   Query
}

// Pivot turns the values of a column into columns of their own.
type Pivot struct {
	Input      Query
	Aggregates []Node // Alias or a call
	For        []Node // the columns whose values are turned, at least one
	Values     []Node // Alias or an expression
}

// Unpivot turns columns into rows: each gives the name of an entry and the values of
// its columns.
type Unpivot struct {
	Input        Query
	IncludeNulls bool     // keep rows whose values are all null
	Values       []string // the names of the values' columns
	Name         string
	Entries      []UnpivotEntry
}

// UnpivotEntry is columns that become one row.
type UnpivotEntry struct {
	Columns []Node // names, as many as there are values
	Name    string // "" stands for those of the columns
}

// Sample keeps some of the rows, chosen by chance.
type Sample struct {
	Input    Query
	Fraction float64
	Rows     Node  // instead of Fraction, if not nil: so many rows
	Seed     int64 // which rows are chosen; HasSeed says that the text gave it
	HasSeed  bool
}

func (*Table) isQuery()         {}
func (*Values) isQuery()        {}
func (*TableFunction) isQuery() {}
func (*Aliased) isQuery()       {}
func (*Select) isQuery()        {}
func (*Join) isQuery()          {}
func (*LateralView) isQuery()   {}
func (*SetOperation) isQuery()  {}
func (*Sorted) isQuery()        {}
func (*Limited) isQuery()       {}
func (*With) isQuery()          {}
func (*Pivot) isQuery()         {}
func (*Unpivot) isQuery()       {}
func (*Sample) isQuery()        {}
