package plan

// Union has the rows of all its inputs, duplicates included. The inputs have columns of
// the same types in the same order.
type Union struct{ Inputs []Node } // two or more

// Output returns the first input's columns. They are nullable where one of any input
// is, and the event time where one of any input is: of the longest delay, as the
// watermark is held for the slowest.
func (u *Union) Output() []Column {
	columns := append([]Column{}, u.Inputs[0].Output()...)
	for _, input := range u.Inputs[1:] {
		for i, column := range input.Output() {
			columns[i].Nullable = columns[i].Nullable || column.Nullable
			columns[i].Table = ""
			if columns[i].Window != nil && (column.Window == nil || *column.Window != *columns[i].Window) {
				columns[i].Window = nil
			}
			if t := column.EventTime; t != nil && (columns[i].EventTime == nil || columns[i].EventTime.Delay < t.Delay) {
				columns[i].EventTime = t
			}
		}
	}
	return columns
}

// Children returns the inputs.
func (u *Union) Children() []Node { return u.Inputs }

// With returns the union of other inputs.
func (u *Union) With(children []Node) Node { return &Union{Inputs: children} }

func (u *Union) String() string { return "Union" }
