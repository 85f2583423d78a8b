package plan

// Single is the one row of a table: of nulls, if it has none. More than one are the
// error SCALAR_SUBQUERY_TOO_MANY_ROWS.
type Single struct{ Input Node }

// Output returns the input's columns, which may be null.
func (s *Single) Output() []Column {
	columns := append([]Column{}, s.Input.Output()...)
	for i := range columns {
		columns[i].Nullable = true
	}
	return columns
}

// Children returns the input.
func (s *Single) Children() []Node { return []Node{s.Input} }

// With returns the same on another input.
func (s *Single) With(children []Node) Node { return &Single{Input: children[0]} }

func (s *Single) String() string { return "Single" }
