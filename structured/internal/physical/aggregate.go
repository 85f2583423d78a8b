package physical

import (
	"fmt"
	"strings"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/types"
)

// PartialAggregate groups the rows of its input as far as they are in one partition
// and one batch: its output has the keys and then a buffer for each function.
// Nulls are equal as keys, NaNs too, and -0.0 is 0.0. Groups leave in the order in
// which they were first seen. Without keys it gives exactly one row at each marker,
// even for no input; with keys none then.
type PartialAggregate struct {
	Input      Node
	Keys       []Key
	KeyExprs   []bound.Expr // over the input; as long as Keys
	Aggregates []bound.Aggregate
}

// Schema returns the keys and the buffers.
func (p *PartialAggregate) Schema() types.Schema { return aggregateSchema(p.Keys, p.Aggregates, nil) }

// Children returns the input.
func (p *PartialAggregate) Children() []Node { return []Node{p.Input} }

func (p *PartialAggregate) String() string {
	keys := make([]string, len(p.Keys))
	for i, key := range p.Keys {
		keys[i] = named(p.KeyExprs[i].String(), key.Name)
	}
	return aggregateText("PartialAggregate", keys, p.Aggregates)
}

// FinalAggregate merges the buffers of PartialAggregate and gives the result of
// each group when its input has ended, in first-seen order. Without keys it gives
// exactly one row.
type FinalAggregate struct {
	Input      Node // keys, then buffers
	Keys       []Key
	Aggregates []bound.Aggregate // their arguments are not evaluated again
	Names      []string          // of the results; as long as Aggregates
}

// Schema returns the keys and the results.
func (f *FinalAggregate) Schema() types.Schema {
	return aggregateSchema(f.Keys, f.Aggregates, f.Names)
}

// Children returns the input.
func (f *FinalAggregate) Children() []Node { return []Node{f.Input} }

func (f *FinalAggregate) String() string {
	return aggregateText("FinalAggregate", keyNames(f.Keys), f.Aggregates)
}

// StatefulAggregate merges the buffers of PartialAggregate into groups that are
// kept from batch to batch. What it gives at a marker follows from Mode:
//
//   - Append: the groups that the marker's watermark closes, which are then
//     forgotten. EventTime is never -1.
//   - Update: the groups touched since the last marker; those that the watermark
//     closes are forgotten silently.
//   - Complete: all groups; none is forgotten and no row is late.
//
// A watermark closes a group when the end of its window, or its time, is at or
// before it; a row whose group the marker's late mark closes is dropped and
// counted. A null time is never closed. Without keys there is one group, which is
// given at every marker in modes Update and Complete.
type StatefulAggregate struct {
	Input      Node   // keys, then buffers
	Name       string // by which its state is found again; unique in the plan
	Keys       []Key
	Aggregates []bound.Aggregate // their arguments are not evaluated again
	Names      []string          // of the results; as long as Aggregates

	// EventTime is the position in Keys of the event time (a time window or a
	// timestamp), or -1 if there is none: then nothing is ever closed.
	EventTime int

	Mode Mode
}

// Schema returns the keys and the results.
func (s *StatefulAggregate) Schema() types.Schema {
	return aggregateSchema(s.Keys, s.Aggregates, s.Names)
}

// Expires implements Stateful. As in Spark, it does not matter whether the event time
// is among the keys.
func (s *StatefulAggregate) Expires() bool { return s.Mode != Complete && Marked(s.Input) }

// StateName returns Name.
func (s *StatefulAggregate) StateName() string { return s.Name }

// Children returns the input.
func (s *StatefulAggregate) Children() []Node { return []Node{s.Input} }

func (s *StatefulAggregate) String() string {
	text := aggregateText("StatefulAggregate "+s.Name, keyNames(s.Keys), s.Aggregates) + " " + s.Mode.String()
	if s.EventTime >= 0 {
		text += ", closed by " + s.Keys[s.EventTime].Name
	}
	return text
}

// aggregateSchema is the keys and one column for each function: its result, or, if
// names is nil, its buffer.
func aggregateSchema(keys []Key, aggregates []bound.Aggregate, names []string) types.Schema {
	fields := make([]types.Field, 0, len(keys)+len(aggregates))
	for _, key := range keys {
		fields = append(fields, key.Field)
	}
	for i, aggregate := range aggregates {
		name := aggregate.String()
		if names != nil {
			name = names[i]
		}
		fields = append(fields, types.Field{Name: name, Type: aggregate.Of, Nullable: aggregate.Nullable()})
	}
	return types.Schema{Fields: fields}
}

func aggregateText(kind string, keys []string, aggregates []bound.Aggregate) string {
	functions := make([]string, len(aggregates))
	for i, aggregate := range aggregates {
		functions[i] = aggregate.String()
	}
	return fmt.Sprintf("%s [%s] [%s]", kind, strings.Join(keys, ", "), strings.Join(functions, ", "))
}

func keyNames(keys []Key) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.Name
	}
	return names
}
