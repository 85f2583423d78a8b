package plan

import (
	"slices"
	"strings"
)

// Deduplicate keeps the first of the rows that are equal in the columns Keys, nulls
// being equal.
type Deduplicate struct {
	Input Node
	Keys  []int // columns of the input, ascending

	// Within says that a row counts only as long as its event time and the watermark's
	// delay are ahead of the watermark: afterwards an equal row is a first one again.
	Within bool
}

// Output returns the input's columns.
func (d *Deduplicate) Output() []Column { return d.Input.Output() }

// Children returns the input.
func (d *Deduplicate) Children() []Node { return []Node{d.Input} }

// With returns the same on another input.
func (d *Deduplicate) With(children []Node) Node {
	return &Deduplicate{Input: children[0], Keys: d.Keys, Within: d.Within}
}

// EventTime returns the position in Keys of the event time, or -1.
func (d *Deduplicate) EventTime() int {
	columns := d.Output()
	return slices.IndexFunc(d.Keys, func(key int) bool { return columns[key].EventTime != nil })
}

func (d *Deduplicate) String() string {
	columns := d.Output()
	names := make([]string, len(d.Keys))
	for i, key := range d.Keys {
		names[i] = columns[key].Name
	}
	text := "Deduplicate"
	if d.Within {
		text += " within watermark"
	}
	return text + " [" + strings.Join(names, ", ") + "]"
}
