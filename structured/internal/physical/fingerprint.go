package physical

import (
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
)

// Fingerprint identifies what a plan keeps from batch to batch: for each stateful
// operator its name, the types and window grids of its keys, its functions and its
// event-time key. Plans with equal fingerprints can take over each other's state.
// Stateless operators, the names of columns, the output mode and partitions do not
// count. The value is the same in every run and on every machine.
func Fingerprint(root Node) uint64 {
	var text strings.Builder
	Walk(root, func(node Node) {
		if stateful, ok := node.(Stateful); ok {
			text.WriteString(stateful.Signature())
			text.WriteByte('\n')
		}
	})
	return xxhash.Sum64String(text.String())
}

// Signature implements Stateful.
func (s *StatefulAggregate) Signature() string {
	var text strings.Builder
	fmt.Fprintf(&text, "aggregate %q keys%s functions", s.Name, keySignature(s.Keys))
	for _, aggregate := range s.Aggregates {
		text.WriteString(functionSignature(aggregate))
	}
	fmt.Fprintf(&text, " event-time %d", s.EventTime)
	return text.String()
}

// functionSignature is a function and what its buffer is.
func functionSignature(aggregate bound.Aggregate) string {
	if aggregate.User != nil {
		return fmt.Sprintf(" %s:%s", aggregate.Function, aggregate.User.Signature())
	}
	return fmt.Sprintf(" %s:%s", aggregate.Function, aggregate.Of)
}

// keySignature is the types of keys and the grids of those that are windows.
func keySignature(keys []Key) string {
	var text strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&text, " %s", key.Type)
		if key.Window != nil {
			fmt.Fprintf(&text, "@%d/%d+%d", key.Window.Size, key.Window.Slide, key.Window.Start)
		}
	}
	return text.String()
}
